"""A status in sentences: the verdict, what is the matter and what to do, then the figures of a good morning."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import datetime
from typing import Final
from zoneinfo import ZoneInfo

from msgspec import Struct

from retention.control.interface import RunStatus
from retention.status.code import Alarm, Level
from retention.status.value import DatasetState, KeyAge, PlanState, Status
from retention.text import Language, Text, records

_STYLE = {Level.RED: "red", Level.WAITS: "yellow"}
_ENDED = {
    RunStatus.DONE: Text(nl="geslaagd", en="done"),
    RunStatus.WAITING: Text(nl="goed, er wacht iets", en="good, something waits"),
    RunStatus.FAILED: Text(nl="mislukt", en="failed"),
    RunStatus.REFUSED: Text(nl="iets geweigerd", en="something refused"),
    RunStatus.AT_RISK: Text(nl="bewijs in gevaar", en="proof at risk"),
    RunStatus.ABORTED: Text(nl="gestopt", en="stopped"),
}
_AT_WORK: Final = Text(nl="nog bezig, of afgebroken", en="at work, or broken off")
_EXTERNAL: Final = Text(nl="staat niet in [schedule]", en="not in [schedule]")
_UNVERIFIED: Final = Text(nl=", nog niet gecontroleerd door verify_audit", en=", not yet verified by verify_audit")
_WAITING: Final = Text(nl="wacht op akkoord", en="waits for approval")
_REFUSED: Final = Text(nl="geweigerd", en="refused")
_RESIDUE: Final = Text(nl="niet aangetoond weg", en="not shown to be gone")


class Line(Struct, frozen=True):
    """A line, and its colour on a terminal."""

    text: str
    style: str = ""


class Saying(Struct, frozen=True):
    """How a status is said: in which language, zone, and as of when."""

    language: Language
    zone: ZoneInfo
    now: datetime

    def lines(self, found: Status) -> Iterator[Line]:
        """Everything, the gravest first."""
        yield self._verdict(found)
        for alarm in found.alarms:
            yield from self._alarm(alarm)
        yield Line("")
        for name, value in self._figures(found):
            yield Line(f"{self._say(name) + ':':<25} {value}")
        yield from self._overdue(found.datasets)

    def _say(self, text: Text) -> str:
        return text[self.language]

    def _verdict(self, found: Status) -> Line:
        if found.red:
            return Line(self._say(Text(nl="ROOD", en="RED")), "bold red")
        if found.waits:
            return Line(
                self._say(Text(nl="groen; er wacht iets op iemand", en="green; something waits")), "bold yellow"
            )
        return Line(self._say(Text(nl="groen", en="green")), "bold green")

    def _alarm(self, alarm: Alarm) -> Iterator[Line]:
        yield Line(f"• {self._say(alarm.what)} [{alarm.code.value}]", _STYLE[alarm.level])
        yield Line(f"  → {self._say(alarm.todo)}")

    def _figures(self, found: Status) -> Iterator[tuple[Text, str]]:
        """What is known: without our own memory, what lies beside it."""
        if found.readable:
            yield from self._nights(found)
            yield from self._holds(found)
        yield Text(nl="logboek", en="log"), self._log(found)
        yield Text(nl="sleutels", en="keys"), self._keys(found.keys)
        if found.disk is not None:
            free = found.disk.free >> 20
            yield Text(nl="schijf", en="disk"), self._say(Text(nl=f"{free} MB vrij", en=f"{free} MB free"))
        for plan in found.plans:
            yield Text(nl=f"plan {plan.digest[:12]}", en=f"plan {plan.digest[:12]}"), self._plan(plan)

    def _nights(self, found: Status) -> Iterator[tuple[Text, str]]:
        yield Text(nl="laatste goede nacht", en="last good night"), self._when(found.last_good)
        if (night := found.last_night) is not None:
            ended = _AT_WORK if night.status is None else _ENDED[night.status]
            yield Text(nl="nieuwste run", en="newest run"), f"{night.run} ({self._say(ended)})"
        upcoming = self._say(_EXTERNAL) if found.next_night is None else self._when(found.next_night)
        late = Text(nl=", te laat vanaf ", en=", late from ")
        if found.late_from is not None:
            upcoming += self._say(late) + self._when(found.late_from)
        yield Text(nl="volgende nacht", en="next night"), upcoming
        opened = ", ".join(map(str, found.open_intents)) or self._say(Text(nl="geen", en="none"))
        yield Text(nl="batches zonder uitkomst", en="without an outcome"), opened

    def _holds(self, found: Status) -> Iterator[tuple[Text, str]]:
        said = f"{found.holds}"
        if found.holds_to_review:
            said += self._say(
                Text(nl=f", {found.holds_to_review} te bekijken", en=f", {found.holds_to_review} to review")
            )
        if found.held:
            keep = Text(nl=f"; ze houden {records(found.held)} vast", en=f"; they keep {records(found.held)}")
            said += self._say(keep)
        yield Text(nl="bewaarblokkades", en="holds in force"), said
        if found.unlogged:
            yield Text(nl="nog niet in het logboek", en="not yet in the log"), f"{found.unlogged}"
        if found.postponed:
            yield Text(nl="uitgesteld", en="postponed"), f"{records(found.postponed)}{self._say(_nights(found.nights))}"

    def _keys(self, keys: Iterable[KeyAge] | None) -> str:
        if keys is None:
            return self._say(Text(nl="niet bekend", en="unknown"))
        return ", ".join(f"{key.name}{_times(key.count)} {self._day(key.made)}" for key in keys)

    def _plan(self, plan: PlanState) -> str:
        state = Text(nl="niet bij naam goedgekeurd", en="not approved by name")
        if plan.expired:
            state = Text(nl="verlopen", en="expired")
        elif plan.approved:
            state = Text(nl="akkoord", en="approved")
        on = self._say(Text(nl="peildatum", en="as of"))
        return f"{on} {plan.reference_date}, {records(plan.records)}, {self._say(state)}"

    def _log(self, found: Status) -> str:
        size = Text(nl="niet leesbaar", en="not readable")
        if found.log_size is not None:
            size = Text(nl=f"{found.log_size} regels", en=f"{found.log_size} entries")
        if found.anchor is None:
            return self._say(size) + self._say(_UNVERIFIED)
        kept = Text(nl=f"gecontroleerd tot {found.anchor.size} op", en=f"verified up to {found.anchor.size} on")
        return f"{self._say(size)}, {self._say(kept)} {self._when(found.anchor.at)}"

    def _overdue(self, datasets: Iterable[DatasetState]) -> Iterator[Line]:
        """What is due and still there, per dataset; nothing where nothing is."""
        due = [one for one in datasets if one.overdue]
        if not due:
            return
        yield Line("")
        heading = Text(nl="toe aan vernietiging (records, langst te laat):", en="due (records, longest overdue):")
        yield Line(self._say(heading), "bold")
        for one in due:
            days = Text(nl=f"{one.oldest_days} d", en=f"{one.oldest_days} d")
            oldest = "-" if one.oldest_days is None else self._say(days)
            yield Line(f"  {one.id:<30} {one.overdue:>8} {oldest:>9}  {self._stands(one)}")

    def _stands(self, one: DatasetState) -> str:
        """What becomes of it, and whose it is."""
        states = [
            said for count, said in ((one.waiting, _WAITING), (one.refused, _REFUSED), (one.residue, _RESIDUE)) if count
        ]
        purposes = [purpose for purpose, count in one.purposes.items() if count]
        return "; ".join([*(self._say(said) for said in states), ", ".join(purposes)])

    def _when(self, at: datetime | None) -> str:
        return (
            self._say(Text(nl="nooit", en="never")) if at is None else f"{at.astimezone(self.zone):%Y-%m-%d %H:%M %Z}"
        )

    def _day(self, at: datetime) -> str:
        days = max((self.now - at).days, 0)
        return self._say(Text(nl=f"van {at:%Y-%m-%d} ({days} d)", en=f"of {at:%Y-%m-%d} ({days} d)"))


def _times(count: int) -> str:
    return f" ({count})" if count > 1 else ""


def _nights(count: int | None) -> Text:
    """About how long it takes, in words; nothing where nobody knows."""
    if count is None:
        return Text(nl="", en="")
    return Text(
        nl=f", nog ongeveer {count} {'nacht' if count == 1 else 'nachten'}",
        en=f", about {count} more night{'' if count == 1 else 's'}",
    )
