"""Compare two registers on real data: every dataset that they govern differently is judged by both, read only.

Where both have the same canonical text for a dataset, they say the same of every record, and nothing is read. The due
list counts records that something would be done to and that no hold keeps; a record that only goes along with another
is counted with none.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack
from datetime import date

from msgspec import Struct, field
from msgspec.structs import replace

from retention.audit.annals import destructions
from retention.coverage import held_records
from retention.dataset import Dataset
from retention.errors import PolicyError, RetentionError
from retention.fingerprint import sha256
from retention.holds import stands
from retention.installation import Installation, Reached, reach
from retention.irrecoverable import Gone, irrecoverable
from retention.judge import Judgement, State
from retention.narrow import expiries
from retention.policy import Register
from retention.reason import Reason
from retention.record import Key
from retention.recording import texts_in_force
from retention.reports.activities import title_of
from retention.reports.policy_change import Impact, PolicyChange, sentences
from retention.scan import Judged, Scanner
from retention.start import Day
from retention.stores.interface import Expiry
from retention.survey import survey
from retention.text import Text

Progress = Callable[[str, int], None]
_DUE = frozenset({Reason.DUE_EXPIRED, Reason.PARTIAL_PURPOSE})


class Named(Struct, frozen=True):
    """A register, by the name under which it was asked for."""

    name: str
    register: Register


class _Side(Struct, frozen=True):
    """One register, ready to judge."""

    installation: Installation
    reached: Reached
    scanner: Scanner
    texts: Mapping[str, bytes]  # by dataset id: how it is governed; those whose store can be read
    refused: Mapping[str, Text]  # by dataset id: why it cannot be judged

    @property
    def register(self) -> Register:
        """Whose judgement it is."""
        return self.installation.register

    def dataset(self, name: str) -> Dataset | None:
        """A dataset that it governs by rules of its own; None: it does not."""
        found = next((one for one in self.register.all_datasets if one.id == name), None)
        return None if found is None or not self.register.rules_for(found) else found


class _Counts(Struct):
    """What is counted while the two read the same dataset."""

    old_due: int = 0
    new_due: int = 0
    leaves: int = 0
    joins: int = 0
    otherwise: int = 0
    kept_by: Counter[str] = field(default_factory=Counter)
    freed_by: Counter[str] = field(default_factory=Counter)

    def add(self, old: Judgement | None, new: Judgement | None, *, was: bool, will: bool) -> None:
        """Count one record; None: that register has no rules for it."""
        self.old_due += was
        self.new_due += will
        if was and not will:
            self.leaves += 1
            self.kept_by.update(_keepers(new))
        elif will and not was:
            self.joins += 1
            self.freed_by.update(_keepers(old))
        elif was and will and old is not None and new is not None:
            self.otherwise += (old.action, old.fields) != (new.action, new.fields)


def compare(
    installation: Installation,
    old: Named,
    new: Named,
    *,
    today: date,
    progress: Progress = lambda _name, _count: None,
) -> PolicyChange:
    """What changes from one register to another, and what that does to the records there are.

    Raises:
        PolicyError: one of them cannot be judged by; the message says which.
    """
    with ExitStack() as stack:
        before, after = (_side(installation, one, today, stack) for one in (old, new))
        names = sorted(
            one.id
            for one in {one.id: one for side in (before, after) for one in side.register.all_datasets}.values()
            if before.dataset(one.id) or after.dataset(one.id)
        )
        fingerprints = {name: sha256(text) for name, text in before.texts.items()}
        with installation.ledger.control.reading() as tx:
            gone = irrecoverable(
                destructions(tx),
                old.register,
                new.register,
                fingerprints=fingerprints,
                zone=installation.zone,
                today=today,
            )
        # What refers to a record, or lies below it, is not in its text; what that would have kept is in `gone`.
        touched = [name for name in names if _differs(name, before, after) or gone.get(name, Gone()).together]
        impacts = tuple(_impact(name, before, after, gone.get(name, Gone()), progress) for name in touched)
    return PolicyChange(
        organisation=installation.organisation,
        zone=installation.zone.key,
        tool=installation.tool,
        reference_date=today,
        old=old.name,
        new=new.name,
        sentences=sentences(old.register, new.register),
        impacts=impacts,
        unaffected=len(names) - len(touched),
        purposes={policy.purpose: policy.title for register in (old.register, new.register) for policy in register},
    )


def _side(installation: Installation, named: Named, today: date, stack: ExitStack) -> _Side:
    mine = replace(installation, register=named.register, keyring=None)
    reached = stack.enter_context(reach(mine, {one.store for one in named.register.all_datasets}))
    try:
        surveyed = survey(mine, reached)
    except PolicyError as error:
        raise PolicyError(f"{named.name}: {error}") from error
    with mine.ledger.control.reading() as tx:
        holds = tx.holds()
    now, day = mine.clock(), Day(today, mine.zone)
    standing = tuple(hold for hold in holds if stands(hold, now))
    held = held_records(named.register, standing, reached.sources, day=day, now=now)
    scanner = Scanner(named.register, day, standing, now, {}, held, listing=False)
    texts = {dataset.id: text for dataset, text in texts_in_force(mine, reached).items()}
    return _Side(mine, reached, scanner, texts, surveyed.refused)


def _differs(name: str, before: _Side, after: _Side) -> bool:
    """Whether the two may say different things of a dataset; what cannot be told may differ."""
    texts = before.texts.get(name), after.texts.get(name)
    return None in texts or texts[0] != texts[1]


def _impact(name: str, before: _Side, after: _Side, gone: Gone, progress: Progress) -> Impact:
    sides = [side for side in (after, before) if side.dataset(name) is not None]
    dataset = sides[0].dataset(name)
    told = Impact(
        dataset=name,
        title=Text(nl=name, en=name) if dataset is None else title_of(dataset),
        gone=dict(gone.by_purpose),
        gone_together=gone.together,
        gone_since=gone.since,
        unknown=gone.unknown,
    )
    why = next((side.refused[name] for side in sides if name in side.refused), None)
    if why is None and len({one.key for side in sides if (one := side.dataset(name))}) > 1:
        why = Text(
            nl="de twee registers noemen een andere sleutel, dus is niet te zien welk record welk is",
            en="the two registers name different keys, so which record is which cannot be seen",
        )
    if why is not None:
        return replace(told, why=why)
    try:
        counts = _counted(name, before, after, progress)
    except RetentionError as error:
        if error.exit_status != 1:
            raise
        return replace(told, why=Text(nl=str(error), en=str(error)))
    return replace(
        told,
        old_due=counts.old_due,
        new_due=counts.new_due,
        leaves=counts.leaves,
        joins=counts.joins,
        otherwise=counts.otherwise,
        kept_by=dict(counts.kept_by),
        freed_by=dict(counts.freed_by),
    )


def _counted(name: str, before: _Side, after: _Side, progress: Progress) -> _Counts:
    counts = _Counts()
    narrow = _narrow(name, before, after)
    pairs = _side_by_side(_pages(name, before, narrow), _pages(name, after, narrow))
    for number, (old, new) in enumerate(pairs, start=1):
        counts.add(_judgement(old), _judgement(new), was=_due(old), will=_due(new))
        if number % 500 == 0:  # often enough to see it move
            progress(name, 500)
    return counts


def _narrow(name: str, before: _Side, after: _Side) -> tuple[Expiry, ...] | None:
    """What leaves out only records that are due by neither."""
    found: dict[Expiry, None] = {}
    for side in (before, after):
        dataset = side.dataset(name)
        if dataset is None:
            continue
        said = expiries(side.register, dataset, side.scanner.day.today)
        if said is None:
            return None
        found |= dict.fromkeys(said)
    return tuple(found)


def _pages(name: str, side: _Side, narrow: tuple[Expiry, ...] | None) -> Iterator[list[Judged]] | None:
    dataset = side.dataset(name)
    return None if dataset is None else side.scanner.scan(dataset, side.reached.sources, narrow=narrow)


def _side_by_side(
    old: Iterator[list[Judged]] | None, new: Iterator[list[Judged]] | None
) -> Iterator[tuple[Judged | None, Judged | None]]:
    """Each record with both verdicts; one that came or went while we read is left out."""
    if old is None or new is None:
        for page in old or new or ():
            yield from ((None, one) if old is None else (one, None) for one in page)
        return
    first, second = dict[Key, Judged](), dict[Key, Judged]()
    more = True
    while more:
        more = False
        for pages, mine in ((old, first), (new, second)):
            for page in pages:
                mine |= {one.record.key: one for one in page}
                more = True
                break
        for key in [key for key in first if key in second]:
            yield first.pop(key), second.pop(key)


def _due(judged: Judged | None) -> bool:
    return judged is not None and judged.reason in _DUE


def _judgement(judged: Judged | None) -> Judgement | None:
    return None if judged is None else judged.judgement


def _keepers(judgement: Judgement | None) -> tuple[str, ...]:
    """The purposes by which a record stays; "" where no rule says so."""
    if judgement is None:
        return ("",)
    own = [one.policy.purpose for one in judgement.readings if one.state is not State.EXPIRED]
    below = [] if judgement.decider is None else [judgement.decider.policy.purpose]
    return tuple(dict.fromkeys(own or below)) or ("",)
