"""What the demonstration says, in both languages: each step with what to notice, and the names of what was tried."""

from __future__ import annotations

import shutil
import sys
from collections import Counter
from collections.abc import Collection, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any, Final

from retention.demo.place import Place
from retention.demo.steps import held_late
from retention.text import Language, Text, many
from retention.text import records as counted_records

SET_UP: Final = Text(
    nl="Een kleine organisatie: databases, mensen met sleutels, een configuratie, en een log met één regel.",
    en="A small organisation: databases, people with keys, a configuration, and a log of one entry.",
)
CHECK: Final = Text(
    nl="Het beleid wordt vergeleken met de databases. Let op: elke fout in één keer, vóór er iets gebeurt.",
    en="The policies are compared with the databases. Notice: every mistake at once, before anything happens.",
)
HOLD: Final = Text(
    nl="Een rechtszaak over een persoon, en een betwist dossier. Let op: één blokkade werkt in alle systemen tegelijk.",
    en="A court case about one person, and a disputed dossier. Notice: one hold stops every system at once.",
)
PLAN: Final = Text(
    nl="De proefrun: wat weg zou gaan. Let op: er wordt alleen gelezen; de digest is wat een mens goedkeurt.",
    en="The dry run: what would go. Notice: it only reads; the digest is what a person approves.",
)
SELF_APPROVAL: Final = Text(
    nl="Wie het beleid schreef, keurt goed. Let op: dat mag niet; dit account is van de opsteller.",
    en="Who wrote the policies approves. Notice: refused; this account is the preparer's.",
)
LIMITS: Final = Text(
    nl="De proceseigenaar tekent, en de run begint. Let op: te veel is te veel; zo'n gegevensset wordt heel geweigerd.",
    en="The process owner signs, and the sweep starts. Notice: too much is too much; such a dataset is refused whole.",
)
ALLOW: Final = Text(
    nl="De eerste opschoning is groot en terecht: de proceseigenaar staat de aantallen bij naam toe.",
    en="The first clean-up is large and right: the process owner allows the numbers by name.",
)
LATE_HOLD: Final = Text(
    nl="Na het akkoord komt er nog een klacht binnen. Let op: een blokkade wint altijd, ook van een akkoord.",
    en="After the approval a complaint arrives. Notice: a hold always wins, also over an approval.",
)
SWEEP: Final = Text(
    nl="De run vernietigt. Let op: elke batch is vooraf ondertekend en achteraf bevestigd in het log.",
    en="The sweep destroys. Notice: every batch is signed for before, and confirmed in the log after.",
)
SURVIVED: Final = Text(nl="Wat er nog staat, en waarom.", en="What is still there, and why.")
VERIFY: Final = Text(
    nl="Het bewijs, nagerekend met alleen de publieke sleutel. Het checkpoint wordt apart bewaard.",
    en="The proof, checked with the public key alone. The checkpoint is kept elsewhere.",
)
EXPLAIN: Final = Text(
    nl="Waarom staat dit er nog? Van elk record is dat te zeggen.",
    en="Why is this still here? It can be said of every record.",
)
CHEAT: Final = Text(
    nl="Vals spelen, op kopieën. Let op: een ouder log klopt op zichzelf; alleen een bewaard checkpoint verraadt het.",
    en="Cheating, on copies. Notice: an older log is in order by itself; only a kept checkpoint gives it away.",
)
OPEN: Final = Text(nl="Wat er te zien is.", en="What there is to see.")

TRIED_INIT: Final = Text(nl="ingericht", en="set up")
TRIED_CHECK: Final = Text(nl="beleid vergeleken met de databases", en="policies compared with the databases")
TRIED_HOLD: Final = Text(nl="een persoon geblokkeerd, in alle systemen", en="a person held, in every system")
TRIED_RESTRICTION: Final = Text(nl="een betwist dossier beperkt", en="a disputed dossier restricted")
TRIED_PLAN: Final = Text(nl="proefrun", en="dry run")
TRIED_SELF_APPROVAL: Final = Text(nl="goedgekeurd door de opsteller", en="approved by who prepared it")
TRIED_SIGNATURE: Final = Text(nl="goedgekeurd met een handtekening", en="approved by a signature")
TRIED_LIMITS: Final = Text(nl="run met meer dan de limieten toestaan", en="a sweep of more than the limits allow")
TRIED_ALLOW: Final = Text(nl="de aantallen bij naam toegestaan", en="the numbers allowed by name")
TRIED_LATE_HOLD: Final = Text(nl="geblokkeerd na het akkoord", en="held after the approval")
TRIED_SWEEP: Final = Text(nl="run", en="the sweep")
TRIED_VERIFY: Final = Text(nl="log nagerekend", en="log verified")
TRIED_KILL: Final = Text(
    nl="een run gedood (SIGKILL) terwijl een batch liep; de volgende run",
    en="a sweep killed (SIGKILL) in mid-batch; the next",
)
TRIED_RECKONING: Final = Text(
    nl="daarna zelf geteld: verdwenen rijen tegen het log", en="then counted: rows gone against the log"
)

EXPLAINED: Final = (
    ("K12", "cvs.dossier", Text(nl="uitgelegd: geblokkeerd dossier", en="explained: a dossier under a hold")),
    ("K03", "fin.factuur", Text(nl="uitgelegd: factuur met bewaarplicht", en="explained: an invoice kept by law")),
)


def databases(urls: Mapping[str, str], rows: int) -> Text:
    """How large the organisation is, and on which engine."""
    engine = next(iter(urls.values())).partition(":")[0]
    name = {"sqlite": "SQLite", "postgresql": "PostgreSQL", "mariadb": "MariaDB"}[engine]
    return Text(
        nl=f"{len(urls)} databases in {name} met samen {rows} rijen.",
        en=f"{len(urls)} databases in {name}, {rows} rows together.",
    )


def signs(digest: str) -> Text:
    """How the process owner signs."""
    command = f"ssh-keygen -Y sign -n retention-plan -f keys/proceseigenaar.ssh out/{digest[:8]}….txt"
    return Text(nl=f"(getekend zoals met {command})", en=f"(signed as by {command})")


def counted(findings: Sequence[str], language: Language) -> list[str]:
    """How many findings of each severity there are."""
    found = Counter(line.split()[0] for line in findings if line)
    word = Text(nl="bevindingen", en="findings")[language]
    return [f"{count} x {severity} ({word})" for severity, count in sorted(found.items())]


def refused(datasets: Sequence[Mapping[str, Any]], status: int, language: Language) -> str:
    """How much was refused, and that nothing of it was destroyed."""
    records, destroyed = (sum(one[name] for one in datasets) for name in ("refused", "destroyed"))
    over = counted_records(records)
    return Text(
        nl=f"{over} in {len(datasets)} gegevenssets geweigerd, daarvan {destroyed} vernietigd [{status}]",
        en=f"{over} in {len(datasets)} datasets refused, {destroyed} of them destroyed [{status}]",
    )[language]


def refusals(datasets: Sequence[Mapping[str, Any]], language: Language) -> Iterator[str]:
    """Which datasets were refused, in a few words each, and for one the whole reason."""
    listed = ", ".join(f"{one['id']} ({one['refused']})" for one in datasets[:4])
    more = len(datasets) - 4
    rest = Text(nl=f" en nog {more}", en=f" and {more} more")[language] if more > 0 else ""
    yield Text(nl=f"geweigerd: {listed}{rest}", en=f"refused: {listed}{rest}")[language]
    yield from (str(one["why"][language.value]) for one in datasets[:1])


def swept(run: Mapping[str, Any], status: int, language: Language) -> str:
    """What the sweep did of its plan, and what it left for a hold or for the next plan."""
    count, changed = (sum(one[name] for one in run["datasets"]) for name in ("destroyed", "changed"))
    late = held_late(run)
    nl, en = (
        f"{counted_records(count)} vernietigd, {late} alsnog geblokkeerd",
        f"{counted_records(count)} destroyed, {late} held after all",
    )
    if changed:
        nl, en = f"{nl}, {changed} gewijzigd sinds het plan", f"{en}, {changed} changed since the plan"
    return Text(nl=f"{nl} [{status}]", en=f"{en} [{status}]")[language]


def killed(left: int, settled: int, language: Language) -> str:
    """What a killed sweep left behind, and what was settled of it."""
    return Text(
        nl=f"{many(left, 'batch', 'batches')} zonder uitkomst achtergelaten, {settled} nagezocht en afgerond",
        en=f"{many(left, 'batch', 'batches')} left without an outcome, {settled} looked up and settled",
    )[language]


def reckoned(gone: Collection[bytes], logged: Collection[bytes], language: Language) -> str:
    """What is gone beside what the log says."""
    same = "=" if gone == logged else "≠"
    return Text(
        nl=f"{len(gone)} rijen weg {same} {len(logged)} referenties vernietigd",
        en=f"{len(gone)} rows gone {same} {len(logged)} references destroyed",
    )[language]


def to_open(place: Place, seconds: float) -> Iterator[Text]:
    """What to open, and what to type next."""
    root = place.root
    program = "retention" if shutil.which("retention") else str(Path(sys.executable).with_name("retention"))
    yield Text(
        nl=f"{root}/out/proefrun.html   de proefrun, in het Nederlands", en=f"{root}/out/dry-run.html   the dry run"
    )
    yield Text(
        nl=f"{root}/out/dry-run.html    dezelfde, in het Engels", en=f"{root}/out/proefrun.html  the same, in Dutch"
    )
    yield Text(
        nl=f"{root}/out/steps/          wat elke opdracht zei", en=f"{root}/out/steps/         what every command said"
    )
    yield Text(nl=f"{root}/retention.toml      de configuratie", en=f"{root}/retention.toml     the configuration")
    yield Text(nl="Typ nu bijvoorbeeld:", en="Type next, for example:")
    for variable in place.secrets:
        yield Text(
            nl=f"  export {variable}=…   het wachtwoord van de server: het is nergens opgeschreven",
            en=f"  export {variable}=…   the server's password: it is written down nowhere",
        )
    for command in ("status", "hold list", "policies show schuldhulp", "audit verify --since out/checkpoint-kept"):
        line = f"  (cd {root} && {program} {command})"
        yield Text(nl=line, en=line)
    yield Text(nl=f"Duur: {seconds:.0f} s.", en=f"It took {seconds:.0f} s.")
