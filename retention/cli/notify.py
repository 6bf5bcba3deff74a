"""`retention notify`: tell people what there is to say, or see what that would be, or whether it arrives."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import datetime
from typing import Final

import click

from retention import logconfig, opening
from retention.cli.edge import Edge, EdgeCommand, json_option, pass_edge
from retention.cli.show import plain, print_json, print_lines
from retention.control.interface import ControlStore
from retention.errors import ConfigError, UsageError
from retention.notice import Trouble
from retention.notices.due import due
from retention.notices.facts import Facts, Tested, kind_of
from retention.notices.telling import Told, bodies, seen, tell, try_out, voice
from retention.notices.wording import worded
from retention.text import Text

_NOTHING: Final = Text(nl="er is niets te melden dat niet al gemeld is", en="there is nothing to say that was not said")
_TROUBLE: Final[Mapping[Trouble, Text]] = {
    Trouble.UNREACHABLE: Text(
        nl="niet te bereiken: controleer naam en poort", en="cannot be reached: check name and port"
    ),
    Trouble.TIMEOUT: Text(nl="antwoordt niet op tijd", en="does not answer in time"),
    Trouble.TLS: Text(
        nl="geen versleutelde verbinding met een vertrouwd certificaat: controleer security en ca_file",
        en="no encrypted connection with a certificate to trust: check security and ca_file",
    ),
    Trouble.LOGIN: Text(nl="gebruiker of wachtwoord geweigerd", en="user or password refused"),
    Trouble.RECIPIENTS: Text(nl="alle ontvangers geweigerd", en="every recipient refused"),
    Trouble.MAILBOX_FULL: Text(nl="de postbus van elke ontvanger is vol", en="the mailbox of every recipient is full"),
    Trouble.REJECTED: Text(nl="geweigerd door de server", en="rejected by the server"),
    Trouble.REDIRECT: Text(nl="verwijst door, en dat wordt niet gevolgd", en="redirects, which is not followed"),
    Trouble.UNCONFIRMED: Text(
        nl="misschien aangekomen: de verbinding brak op het eind af; vandaag niet opnieuw geprobeerd",
        en="perhaps it arrived: the connection broke off at the end; not tried again today",
    ),
}


@click.command(cls=EdgeCommand, short_help="Tell people by mail and webhook what there is to say.")
@click.option("--print", "--dry-run", "only_print", is_flag=True, help="Show what there is to say, and send nothing.")
@click.option("--test", "only_test", is_flag=True, help="Send a test to every channel, and say how that went.")
@json_option
@pass_edge
def notify(edge: Edge, *, only_print: bool, only_test: bool) -> int:
    """Tell people by mail and webhook of refusals, failures, lateness, a new plan to read, holds to review.

    Each job does so at its end. At most one notice of a kind goes out a day; what did not arrive is tried again.

    Exit status 0; 1 when a notice could not be delivered, or a recipient was refused.
    """
    settings, now = edge.settings, opening.now()
    logconfig.configure(settings.logging.format)
    if only_print and only_test:
        raise UsageError("--print sends nothing and --test sends something. Give one of them.")
    if only_print:
        return _print(edge, now)
    if not settings.notify.anybody:
        raise ConfigError(
            f"{settings.file}: nobody is to be told anything. Add [notify.smtp] or set RETENTION_WEBHOOK_URL; "
            "`retention notify --print` shows what there is to say."
        )
    speaking = voice(settings, edge.language)
    if only_test:
        told = try_out(settings, speaking, Tested(of=now.astimezone(settings.zone).date()), now=now)
    else:
        with opening.open_control(settings) as control:
            told = tell(control, settings, speaking, now=now)
    if edge.as_json:
        print_json([plain(one) for one in told])
    else:
        print_lines([_line(edge, one) for one in told] or [edge.say(_NOTHING)])
    return 0 if all(one.whole for one in told) else 1


def _print(edge: Edge, now: datetime) -> int:
    settings, speaking = edge.settings, voice(edge.settings, edge.language)
    with opening.open_control(settings) as control:
        found = _due(edge, control, now)
    if edge.as_json:
        print_json(bodies(settings, found, speaking, now))
        return 0
    for facts in found:
        said = worded(facts, speaking)
        click.echo(f"{', '.join(_to(edge, facts)) or '-'}\n{said.subject}\n\n{said.whole}")
    if not found:
        print_lines([edge.say(Text(nl="er is niets te melden", en="there is nothing to say"))])
    return 0


def _due(edge: Edge, control: ControlStore, now: datetime) -> tuple[Facts, ...]:
    with control.reading() as tx:
        found = due(seen(tx, edge.settings, now=now))
    return tuple(one for one in found if kind_of(one) in edge.settings.notify.kinds)


def _to(edge: Edge, facts: Facts) -> Iterator[str]:
    smtp, webhook = edge.settings.notify.smtp, edge.settings.notify.webhook
    if smtp is not None:
        yield from smtp.recipients(kind_of(facts))
    if webhook.url is not None:
        yield "webhook"


def _line(edge: Edge, one: Told) -> str:
    where = f"{one.kind}, {one.channel.value}, {one.host}"
    if one.trouble is not None:
        return f"{where}: {edge.say(_TROUBLE[one.trouble])}"
    if one.refused:
        said = Text(
            nl=f"verstuurd, maar {one.refused} ontvanger(s) geweigerd",
            en=f"sent, but {one.refused} recipient(s) refused",
        )
        return f"{where}: {edge.say(said)}"
    return f"{where}: {edge.say(Text(nl='verstuurd', en='sent'))}"
