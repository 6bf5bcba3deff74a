"""A plan on a terminal, and as JSON."""

import io

import pytest
from rich.console import Console

from retention.reports.terminal import print_plan
from retention.summary import PlanSummary
from retention.text import Language
from tests.summaries import BUSY, EMPTY, HOSTILE, KEYLESS


def printed(summary: PlanSummary, language: Language = Language.NL, width: int = 100) -> str:
    out = io.StringIO()
    print_plan(Console(file=out, width=width), summary, language)
    return out.getvalue()


def test_the_first_thing_said_is_that_nothing_was_destroyed() -> None:
    assert "Dit is een proefrun. Er is niets gewijzigd of vernietigd." in printed(BUSY)
    assert "This is a dry run. Nothing was changed or destroyed." in printed(BUSY, Language.EN)


@pytest.mark.parametrize("width", [40, 80, 200])
def test_the_command_to_approve_stays_one_line(width: int) -> None:
    assert f"  {BUSY.approve_command}" in printed(BUSY, width=width).splitlines()


def test_the_numbers_of_a_dataset_that_could_not_be_judged_are_not_0() -> None:
    row = next(line for line in printed(BUSY, width=160).splitlines() if "web.klik" in line and "not" not in line)
    assert "0" not in row.replace("web.klik", "")


def test_an_empty_night_says_so() -> None:
    assert "Er is vandaag niets aan de beurt." in printed(EMPTY)
    assert "Er hoeft niets te worden beslist." in printed(EMPTY)


def test_without_keys_there_is_nothing_to_approve_and_it_says_why() -> None:
    said = " ".join(printed(KEYLESS).split())
    assert "zonder de sleutels gemaakt" in said
    assert "retention approve" not in said


@pytest.mark.parametrize("language", Language)
def test_a_hostile_text_cannot_steer_the_terminal(language: Language) -> None:
    said = printed(HOSTILE, language)
    assert "[31m" in said
    assert "\x1b" not in said
    assert "\u202e" not in said


@pytest.mark.parametrize("summary", [BUSY, EMPTY, KEYLESS, HOSTILE], ids=["busy", "empty", "keyless", "hostile"])
def test_json_is_the_whole_value(summary: PlanSummary) -> None:
    assert summary == PlanSummary.from_json(summary.to_json())
