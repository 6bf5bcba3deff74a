"""docs/notices.md shows what is sent: its mail, its JSON, its settings and its check of a signature are tried.

RETENTION_TEST_REWRITE=1 writes the first two anew.
"""

import base64
import json
import os
import re
import tomllib
from collections.abc import Callable
from pathlib import Path
from typing import Any

from retention import config
from retention.notice import NoticeKind
from retention.notices.webhook import body, signature
from retention.notices.wording import worded
from tests.notices import FACTS, voice

FILE = Path(__file__).parents[3] / "docs" / "notices.md"
PAGE = FILE.read_text()


def block(language: str) -> str:
    [found] = re.findall(rf"```{language}\n(.*?)```", PAGE, re.DOTALL)
    return str(found)


def shown(language: str, text: str) -> None:
    if os.environ.get("RETENTION_TEST_REWRITE"):
        FILE.write_text(FILE.read_text().replace(f"```{language}\n{block(language)}```", f"```{language}\n{text}```"))
    else:
        assert block(language) == text


def test_the_mail_on_the_page_is_the_one_that_is_sent():
    said = worded(FACTS["plan"], voice())
    shown("text", f"Subject: {said.subject}\n\n{said.whole}")


def test_the_json_on_the_page_is_the_one_that_is_posted():
    facts = FACTS["refusal"]
    posted = body(facts, worded(facts, voice()), voice(), id_="notice_0f6c1d2e3b4a59687786958493a2b1c0")
    shown("json", json.dumps(posted, ensure_ascii=False, indent=2, sort_keys=True) + "\n")


def test_the_facts_of_each_kind_are_those_that_the_page_names():
    for name, facts in FACTS.items():
        posted = body(facts, worded(facts, voice()), voice(), id_="x")
        [row] = [line for line in PAGE.splitlines() if re.match(rf"\| `{posted['kind']}` \| (?!.*\[retention)", line)]
        assert set(posted["facts"]) <= set(re.findall(r"`(\w+)`", row)), name


def test_the_page_has_every_kind_and_its_settings_hold(tmp_path: Path):
    assert [kind.value for kind in NoticeKind] == re.findall(r"^\| `([a-z-]+)` \|.*\[retention", PAGE, re.MULTILINE)
    assert set(tomllib.loads(block("toml"))["notify"]["kinds"]) == set(NoticeKind)
    file = tmp_path / "retention.toml"
    file.write_text(f'[organisation]\nname = "T"\n[log]\norigin = "t.example/1"\n{block("toml")}')
    smtp = config.load(file, {"RETENTION_SMTP_PASSWORD": "x"}).notify.smtp
    assert smtp is not None


def test_the_check_of_a_signature_on_the_page_takes_ours_and_no_other():
    given: dict[str, Any] = {}
    exec(block("python"), given)  # noqa: S102 - our own page
    genuine: Callable[..., bool] = given["genuine"]
    key = bytes(range(32))
    secret = f"whsec_{base64.b64encode(key).decode()}"
    headers = {"webhook-id": "n", "webhook-timestamp": "1000", "webhook-signature": signature(key, "n", 1000, b"{}")}
    assert genuine(secret, headers, b"{}", now=1010)
    assert not genuine(secret, headers, b"{ }", now=1010)
    assert not genuine(secret, headers, b"{}", now=9000)
