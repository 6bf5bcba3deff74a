"""The story, step by step: an organisation, a plan, holds, a refusal or two, a sweep, the proof, and who cheats."""

from __future__ import annotations

import shutil
from collections.abc import Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from pathlib import Path
from typing import Final

from msgspec import Struct

from retention import bootstrap
from retention.demo import said
from retention.demo.cheats import cheat
from retention.demo.databases import Databases
from retention.demo.kill import Killed, kill_and_settle
from retention.demo.organisation import Organisation, Size, configuration, people_sign
from retention.demo.place import Place, prepare
from retention.demo.shell import Ran, Shell, load
from retention.demo.steps import Planned, approve_all, held_late, hold, last_run, plan, sweep_arguments
from retention.demo.survivors import survivors
from retention.demo.telling import Teller
from retention.text import Language, Text

_LONGEST_LINE: Final = 150
_LONGEST_SENTENCE: Final = 320


def tell(where: Databases, root: Path, *, size: Size, language: Language, keep: bool = True) -> int:
    """Run the demonstration in a directory of its own, with its databases there or on a server.

    `keep` says whether those on a server stay to be looked at.

    Returns the exit status: 0 when everything ended as expected, 1 when something did not.

    Raises:
        UsageError: the directory, or a database of that name, is not the demonstration's.
        StoreError: the server refuses.

    """
    place = prepare(root, where.secrets)
    load(where.organisation.register.partition(":")[0])
    story = _Story(where, place, Shell(place.steps, language), Teller(language))
    try:
        with ThreadPoolExecutor(max_workers=1) as beside:
            return story.tell(size, beside)
    finally:
        if not keep:
            where.drop(place)


class _Story(Struct):
    where: Databases
    place: Place
    shell: Shell
    teller: Teller

    @property
    def organisation(self) -> Organisation:
        return self.where.organisation

    def tell(self, size: Size, beside: ThreadPoolExecutor) -> int:
        self._set_up(size)
        self._check()
        self._hold()
        killed = beside.submit(self._kill, self.where.copy(self.place, "killed", size))
        planned = self._plan()
        self._refuse(planned)
        older = self._keep_log()
        self._sweep(planned)
        self._verify()
        self._explain()
        self._cheat(older, killed)
        return self._end()

    def _set_up(self, size: Size) -> None:
        self.teller.step(said.SET_UP)
        count = self.where.create(self.place, size)
        urls = self.where.urls(self.place)
        self.teller.say(said.databases(urls, count))
        keys = people_sign(self.place)
        text = configuration(self.organisation, urls, bootstrap.account(), keys, self.teller.language)
        self.place.configuration.write_text(text, encoding="utf-8")
        self.teller.show(self._expect(said.TRIED_INIT, 0, "init"))

    def _check(self) -> None:
        self.teller.step(said.CHECK)
        ran = self._expect(said.TRIED_CHECK, 0, "policies", "check")
        self.teller.show(ran, [*said.counted(ran.lines[:-1], self.teller.language), ran.said])

    def _hold(self) -> None:
        self.teller.step(said.HOLD)
        for number, tried in (("K12", said.TRIED_HOLD), ("K14", said.TRIED_RESTRICTION)):
            ran = hold(self.shell, self.place, self.organisation.cases[number].holds[0])
            self.teller.judge(tried, _first(ran), expected=ran.status == 0, quiet=True)
            self.teller.show(ran, _short(ran.lines))

    def _plan(self) -> Planned:
        self.teller.step(said.PLAN)
        ran, planned = plan(self.shell, self.place)
        self.teller.judge(said.TRIED_PLAN, _first(ran), expected=ran.status == 0, quiet=True)
        self.teller.show(ran, _short(ran.lines[-4:]))
        return planned

    def _refuse(self, planned: Planned) -> None:
        """Two refusals: of who prepared the policies, and of too many records at once."""
        self.teller.step(said.SELF_APPROVAL)
        ran = self.shell.run(self.place, "approve", planned.digest)
        self.teller.judge(said.TRIED_SELF_APPROVAL, _ended(ran), expected=ran.status == 2)  # noqa: PLR2004 - usage
        self.teller.show(ran)
        self.teller.step(said.LIMITS)
        planned.sign()
        self.teller.say(said.signs(planned.digest))
        approved = self._expect(said.TRIED_SIGNATURE, 0, "approve", planned.digest, "--signature", planned.signature)
        self.teller.show(approved)
        ran = self.shell.run(self.place, *sweep_arguments(planned))
        refused = [one for one in last_run(self.place)["datasets"] if one["refused"]]
        self.teller.judge(
            said.TRIED_LIMITS,
            said.refused(refused, ran.status, self.teller.language),
            expected=ran.status == 3 and not any(one["destroyed"] for one in refused),  # noqa: PLR2004 - refused
        )
        self.teller.show(ran, said.refusals(refused, self.teller.language))

    def _keep_log(self) -> Path:
        """The log as it is now, for who will put it back later."""
        older = self.place.root / "copies" / "older"
        shutil.copytree(self.place.log, older)
        return older

    def _sweep(self, planned: Planned) -> None:
        self.teller.step(said.ALLOW)
        ran = approve_all(self.shell, planned)
        self.teller.judge(said.TRIED_ALLOW, _first(ran), expected=ran.status == 0, quiet=True)
        self.teller.show(ran, _short(ran.lines))
        self.teller.step(said.LATE_HOLD)
        late = hold(self.shell, self.place, self.organisation.cases["K13"].holds[0])
        self.teller.judge(said.TRIED_LATE_HOLD, _first(late), expected=late.status == 0, quiet=True)
        self.teller.show(late, _short(late.lines))
        self.teller.step(said.SWEEP)
        swept = self.shell.run(self.place, *sweep_arguments(planned))
        run = last_run(self.place)
        self.teller.judge(
            said.TRIED_SWEEP,
            said.swept(run, swept.status, self.teller.language),
            expected=swept.status == 0 and held_late(run) == 1,
        )
        self.teller.show(swept, swept.lines[-4:])
        self.teller.step(said.SURVIVED)
        headers, rows = survivors(self.place, planned.report, self.teller.language)
        self.teller.table(headers, rows, numbers=1)

    def _verify(self) -> None:
        self.teller.step(said.VERIFY)
        ran = self.shell.run(self.place, "audit", "verify")
        self.teller.judge(said.TRIED_VERIFY, f"{ran.lines[0]} [{ran.status}]", expected=ran.status == 0)
        self.teller.show(ran)
        shutil.copy(self.place.log / "checkpoint", self.place.kept)

    def _explain(self) -> None:
        self.teller.step(said.EXPLAIN)
        for number, dataset, tried in said.EXPLAINED:
            (key,) = next(one.key for one in self.organisation.cases[number].expected if one.dataset == dataset)
            ran = self._expect(tried, 0, "explain", dataset, str(key))
            self.teller.show(ran, _short(ran.lines, _LONGEST_SENTENCE))

    def _kill(self, copied: Place) -> Killed:
        return kill_and_settle(Shell(self.place.steps, self.shell.language, "killed-"), copied)

    def _cheat(self, older: Path, killing: Future[Killed]) -> None:
        self.teller.step(said.CHEAT)
        cheat(self.shell, self.place, self.teller, older)
        killed = killing.result()
        self.teller.judge(
            said.TRIED_KILL,
            said.killed(killed.open, killed.settled, self.teller.language),
            expected=killed.prepared and killed.open == killed.settled > 0 and killed.sweep.status == 0,
        )
        self.teller.judge(
            said.TRIED_RECKONING,
            said.reckoned(killed.reckoned.gone, killed.reckoned.logged, self.teller.language),
            expected=killed.verify.status == 0 and bool(killed.reckoned.gone) and killed.reckoned.agrees,
        )
        self.teller.print_verdicts()

    def _end(self) -> int:
        self.teller.step(said.OPEN)
        for line in said.to_open(self.place, self.teller.seconds):
            self.teller.say(line)
        return 0 if self.teller.all_expected else 1

    def _expect(self, tried: Text, status: int, *arguments: str) -> Ran:
        """Type a command, and note whether it ended as it should."""
        ran = self.shell.run(self.place, *arguments)
        self.teller.judge(tried, _ended(ran), expected=ran.status == status, quiet=True)
        return ran


def _first(ran: Ran) -> str:
    """What says most of how it ended: its error, else its last line."""
    return next((line.removeprefix("Error: ") for line in ran.lines if line.startswith("Error:")), ran.said)


def _ended(ran: Ran) -> str:
    return f"{_short([_first(ran)])[0]} [{ran.status}]"


def _short(lines: Sequence[str], longest: int = _LONGEST_LINE) -> list[str]:
    return [line if len(line) <= longest else f"{line[: longest - 2]} …" for line in lines]
