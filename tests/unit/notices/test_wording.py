"""Every mail in both languages, as agreed and looked at. RETENTION_TEST_REWRITE=1 writes them anew."""

import os
import re
from datetime import UTC, datetime
from email import message_from_bytes
from email.policy import default
from pathlib import Path

import pytest

from retention.notices.mail import Letter, encoded, message
from retention.notices.wording import worded
from retention.text import Language
from tests.notices import CHECKPOINT, FACTS, voice
from tests.reports import EVIL

GOLDEN = Path(__file__).parent / "golden"


@pytest.mark.parametrize("language", Language)
@pytest.mark.parametrize("name", FACTS)
def test_a_mail_is_what_was_agreed(name: str, language: Language):
    said = worded(FACTS[name], voice(language))
    path = GOLDEN / f"{name}.{language.value}.txt"
    if os.environ.get("RETENTION_TEST_REWRITE"):
        path.write_text(f"{said.subject}\n\n{said.whole}")
    assert f"{said.subject}\n\n{said.whole}" == path.read_text()


@pytest.mark.parametrize("name", FACTS)
def test_no_golden_mail_has_a_blank_line_too_many_or_an_untranslated_place(name: str):
    for language in Language:
        text = worded(FACTS[name], voice(language)).whole
        assert "\n\n\n" not in text
        assert "%(" not in text
        assert "{{" not in text


def test_a_subject_begins_with_the_kind_so_that_it_can_be_filtered_on():
    for name, facts in FACTS.items():
        kind = re.sub("-(not-started|at-risk|verify|never|approved)$", "", name)
        assert worded(facts, voice(Language.NL)).subject.startswith(f"[retention {kind}] ")


def letter(**changes: object) -> Letter:
    given = {
        "kind": "plan",
        "id": "notice_1",
        "worded": worded(FACTS["plan"], voice()),
        "recipients": ("a@example.org", "b@example.org"),
        "at": datetime(2026, 7, 2, 6, tzinfo=UTC),
    }
    return Letter(**(given | changes))


def test_the_checkpoint_is_the_end_of_the_mail_byte_for_byte():
    raw = encoded(message(letter(), "retention@example.org", "en"))
    text = message_from_bytes(raw, policy=default).get_content().replace("\r\n", "\n")
    assert text.endswith(f"\n{CHECKPOINT}")


@pytest.mark.parametrize("name", ["Stichting\nBcc: evil@example.org", EVIL, "Zoë\r\n\r\nhallo", "\u2028x", "n" * 900])
def test_no_name_makes_a_header_or_steers_a_reader(name: str):
    said = worded(FACTS["failure"], voice(organisation=name))
    raw = encoded(message(letter(worded=said), "retention@example.org", "en"))
    parsed = message_from_bytes(raw, policy=default)
    assert parsed["Bcc"] is None
    assert len(parsed["Subject"]) < 150
    assert not set(parsed["Subject"]) & set("\n\r\u2028\u202e\x1b")
    assert not set(parsed.get_content().replace("\r\n", "\n")) & set("\u2028\u202e\x1b")
    assert max(len(line) for line in raw.splitlines()) < 998  # RFC 5322 2.1.1


@pytest.mark.parametrize("name", ["Stichting Welzijn Duinrand en Omstreken", "Stichting Zoë " * 4])
def test_a_subject_reads_as_it_was_written_however_it_is_folded(name: str):
    said = worded(FACTS["hold-review"], voice(Language.NL, organisation=name))
    raw = encoded(message(letter(worded=said), "retention@example.org", "nl"))
    assert message_from_bytes(raw, policy=default)["Subject"] == said.subject
    assert raw.startswith((b"Subject: [retention hold-review] ", b"Subject: =?utf-8?q?"))


def test_a_mail_asks_for_no_holiday_reply_and_names_its_kind():
    made = message(letter(), "retention@example.org", "nl")
    assert (made["Auto-Submitted"], made["X-Retention-Notice"]) == ("auto-generated", "plan")
    assert made["To"] == "a@example.org, b@example.org"
    assert made["Message-ID"] == "<notice_1@example.org>"


def test_without_a_published_log_a_mail_says_that_there_is_nothing_to_keep():
    assert "no checkpoint" in worded(FACTS["plan"], voice(checkpoint=None)).foot
