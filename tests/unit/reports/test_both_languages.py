"""Every text that the program itself says is there in both languages, and neither is a copy of the other."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

import retention
from retention.finding import Severity
from retention.holds import HoldKind
from retention.reason import SENTENCE, Reason
from retention.reports.kinds import kind_words
from retention.reports.page import Page
from retention.reports.words import Words
from retention.text import Language, Text

ROOT = Path(retention.__file__).parent
ENGLISH = re.compile(
    r"\b(?:the|this|that|with|from|which|nothing|because|record is|records are|cannot|must)\b", re.IGNORECASE
)
DUTCH = re.compile(r"\b(?:het|een|niet|geen|wordt|worden|deze|zijn|voor|naar|welke|moet)\b", re.IGNORECASE)
DEMO = "demo"  # commands and words of files stand in its texts as they are typed


def said() -> Iterator[tuple[str, str, str]]:
    """Every `Text(nl=..., en=...)` in the code: where, and what is literal of both."""
    for path in sorted(ROOT.rglob("*.py")):
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == "Text":
                given = {one.arg: _literal(one.value) for one in node.keywords}
                yield f"{path.relative_to(ROOT)}:{node.lineno}", given.get("nl", ""), given.get("en", "")


def _literal(node: ast.expr) -> str:
    if isinstance(node, ast.Constant):
        return str(node.value)
    if isinstance(node, ast.JoinedStr):
        return "".join(str(one.value) if isinstance(one, ast.Constant) else "\x00" for one in node.values)
    return "\x00"


TEXTS = [*said()]


def test_no_text_is_empty_in_either_language():
    assert len(TEXTS) > 300
    assert [where for where, nl, en in TEXTS if bool(nl) != bool(en)] == []


def test_no_dutch_text_is_english_and_no_english_text_is_dutch():
    own = [one for one in TEXTS if DEMO not in one[0]]
    assert [(where, nl) for where, nl, _ in own if ENGLISH.search(re.sub(r"`[^`]*`", "", nl))] == []
    assert [(where, en) for where, _, en in own if DUTCH.search(re.sub(r"`[^`]*`", "", en))] == []


def test_a_text_of_three_words_or_more_is_not_the_same_in_both():
    assert [(where, nl) for where, nl, en in TEXTS if nl == en and len(re.findall(r"[a-z]{2,}", nl)) > 2] == []


@pytest.mark.parametrize("reason", Reason)
def test_every_reason_has_its_own_sentence_in_both_languages(reason: Reason):
    text = SENTENCE[reason]
    assert text.nl
    assert text.en
    for language in Language:
        assert [other for other in Reason if SENTENCE[other][language] == text[language]] == [reason]


@pytest.mark.parametrize("kind", HoldKind)
def test_every_kind_of_hold_has_words_in_both_languages(kind: HoldKind):
    words: Text = kind_words(kind)
    assert words.nl != words.en


@pytest.mark.parametrize("severity", Severity)
def test_every_weight_of_a_finding_has_words_in_both_languages(severity: Severity):
    nl, en = (Page(Words(language), "", "", {}, ()).severity(severity) for language in Language)
    assert nl != en
