"""`retention policies`: whether they hold, and what they say in plain sentences."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import click

from retention import bootstrap
from retention.checking import PolicyCheck, check_policies
from retention.cli import complete
from retention.cli.controller import controller
from retention.cli.edge import Edge, EdgeGroup, json_option, pass_edge
from retention.cli.giving import give, out_option
from retention.cli.parse import DAY
from retention.cli.progress import shown
from retention.cli.show import finding_line, print_json, print_lines
from retention.comparing import Named, compare
from retention.config import Settings
from retention.errors import UsageError
from retention.holds import Hold
from retention.policy import Policy, Register
from retention.reports.activities import processing_register
from retention.reports.public import public_table
from retention.reports.sentences import rule_sentence
from retention.reports.sources import legal_basis_words, source_words
from retention.text import Language, Text, many


@click.group(cls=EdgeGroup)
def policies() -> None:
    """Check the policies, show them in plain sentences or as a register, or compare them."""


@policies.command(short_help="Check them, by themselves and against the live schemas.")
@json_option
@pass_edge
def check(edge: Edge) -> int:
    """Check policies and data map, by themselves and against the live schemas; every mistake at once.

    Exit status 0 in order, warnings included; 2 with an error: its dataset is refused; 1 when a store cannot be asked.
    """
    register = bootstrap.open_register(edge.settings)
    found = check_policies(register, bootstrap.Stores(edge.settings, register), _holds(edge.settings))
    if edge.as_json:
        print_json(found)
    else:
        print_lines(_lines(found, register, edge.language))
    return found.exit_status


@policies.command()
@click.argument("purpose", required=False, shell_complete=complete.purposes)
@json_option
@pass_edge
def show(edge: Edge, purpose: str | None) -> None:
    """Show every policy, or one, as sentences that its owner can confirm."""
    register = bootstrap.open_register(edge.settings)
    chosen = [policy for policy in register if purpose in (None, policy.purpose)]
    if not chosen:
        known = ", ".join(policy.purpose for policy in register) or "none"
        raise UsageError(f"There is no policy {purpose!r}. Known: {known}.")
    if edge.as_json:
        return print_json([_plain(policy) for policy in chosen])
    return print_lines(line for policy in chosen for line in _sentences(policy, edge.language))


@policies.command(short_help="As the record of processing activities that the GDPR asks for.")
@click.option("--public", is_flag=True, help="As a table for a website: plain words, no internal names.")
@out_option
@json_option
@pass_edge
def register(edge: Edge, out: Path | None, *, public: bool) -> None:
    """Show the policies as the record of processing activities (GDPR art. 30).

    Purposes, data subjects, personal data, recipients, transfers, time limits, security: what policies and data map
    say, what [organisation] in the configuration adds, and `not declared` where nobody said it. With --public the table
    of retention periods for a website.

    Exit status 0; 2 when the policies cannot be read, or when the folder cannot be written.
    """
    found, whose = bootstrap.open_register(edge.settings), controller(edge.settings)
    made = bootstrap.now().astimezone(edge.settings.zone).date()
    if public:
        return give(edge, public_table(found, whose, made=made), out)
    return give(edge, processing_register(found, whose, tool=bootstrap.TOOL, made=made), out)


@policies.command(short_help="What a change of policies says, and does to real data.")
@click.argument("old", metavar="OLD")
@click.argument("new", metavar="NEW")
@click.option("--today", type=DAY, help="Judge as of this day; else today.")
@out_option
@json_option
@pass_edge
def diff(edge: Edge, old: str, new: str, today: date | None, out: Path | None) -> int:
    """Compare two registers: the sentences that changed, and what the change does to the records there are.

    Every dataset that the two govern differently is judged by both, read only: what leaves the due list, what joins
    it, and, by the log, at most how much is already gone that NEW would have kept. OLD and NEW are each a directory
    with policies (a checkout, or the package itself) or a register as module:attribute. Loading a register runs it:
    compare only what you would also configure.

    Exit status 0; 1 when a store could not be judged; 2 when a register cannot be read or judged by, or when the folder
    cannot be written.
    """
    with bootstrap.open_retention(edge.settings) as service, shown("diff") as progress:
        before, after = (Named(one, bootstrap.open_other_register(edge.settings, one)) for one in (old, new))
        day = today or service.installation.today()
        found = compare(service.installation, before, after, today=day, progress=progress)
    give(edge, found, out)
    return 0 if found.judged else 1


def _holds(settings: Settings) -> tuple[Hold, ...]:
    if not settings.control_file.exists():
        return ()
    with bootstrap.open_control(settings) as control, control.reading() as view:
        return view.holds()


def _lines(found: PolicyCheck, register: Register, language: Language) -> list[str]:
    purposes, datasets = len(register.policies), len(register.all_datasets)
    counted = Text(
        nl=f"{many(purposes, 'doel', 'doelen')}, {many(datasets, 'gegevensset', 'gegevenssets')}: ",
        en=f"{many(purposes, 'purpose', 'purposes')}, {many(datasets, 'dataset', 'datasets')}: ",
    )
    verdict = {
        0: Text(nl="in orde", en="in order"),
        1: Text(nl="niet alles kon worden nagegaan", en="not everything could be checked"),
        2: Text(nl="niet in orde", en="not in order"),
    }[found.exit_status]
    return [
        *(finding_line(one, language) for one in found.findings),
        *(f"{'unknown':7} {store}: {why}" for store, why in found.unreachable.items()),
        counted[language] + verdict[language],
    ]


def _sentences(policy: Policy, language: Language) -> list[str]:
    basis = Text(nl="grondslag", en="legal basis")
    owner = Text(nl="eigenaar", en="owner")
    source = Text(nl="bron", en="source")
    return [
        f"{policy.title[language]} ({policy.purpose})",
        f"  {basis[language]}: {legal_basis_words(policy.legal_basis)[language]}",
        f"  {owner[language]}: {policy.owner}",
        *(f"  {source[language]}: {source_words(one)[language]}" for one in policy.sources),
        *(f"  - {rule_sentence(rule)[language]}" for rule in policy.rules),
        "",
    ]


def _plain(policy: Policy) -> dict[str, object]:
    return {
        "purpose": policy.purpose,
        "title": policy.title,
        "legal_basis": policy.legal_basis,
        "owner": policy.owner,
        "prepared_by": policy.prepared_by,
        "version": policy.version,
        "sources": policy.sources,
        "rules": [
            {"dataset": rule.dataset.id, "keep_for": rule.keep_for.iso, "sentence": rule_sentence(rule)}
            for rule in policy.rules
        ],
    }
