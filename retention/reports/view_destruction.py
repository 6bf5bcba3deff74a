"""What a stripped list and a declaration say where a template would have to think: phrases and orders, no markup."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from functools import cached_property

from retention.disposition import Action
from retention.reports.destruction import (
    Declaration,
    DestructionList,
    Disclosed,
    Exclusion,
    Failure,
    Kept,
    Line,
    Remains,
    together,
)
from retention.reports.page import Page
from retention.reports.run import Approved
from retention.reports.view_purpose import PurposeView
from retention.reports.view_run import approved_words
from retention.reports.words import Words


class _Destroyed(Page, frozen=True):
    """What both pages say of what was destroyed."""

    lines: tuple[Line, ...]

    def number(self, count: Kept) -> str:
        """A number as the page may say it."""
        return self.words.kept(count)

    def counted(self, count: Kept) -> str:
        """A number with its noun."""
        if isinstance(count, int):
            return self.words.records(count)
        return self.words.gettext("%(count)s records") % {"count": self.words.kept(count)}

    def along(self, line: Line) -> str:
        """What went with a line's records."""
        return self.words.listed(
            f"{self.titles.get(name, name)} ({self.number(count)})" for name, count in line.children.items()
        )

    @property
    def together(self) -> Kept:
        """Everything that was destroyed."""
        return together(line.records for line in self.lines)

    def act(self, line: Line) -> str:
        """What was done to a line's records, in a word or two."""
        word = self.words.gettext
        match Action(line.action):
            case Action.DELETE:
                return word("destroyed")
            case Action.ANONYMISE:
                return word("pseudonymised") if line.pseudonyms else word("anonymised")
            case Action.ERASE_FIELDS:
                return word("fields erased")

    def manner(self, line: Line) -> str:
        """In what way it was done, in a sentence or two."""
        word = self.words.gettext
        match Action(line.action):
            case Action.DELETE:
                said = word(
                    "Deleted by key from store %(store)s, each batch in one transaction with the records that belong "
                    "to it; then looked up again, and no longer found."
                )
            case Action.ANONYMISE | Action.ERASE_FIELDS:
                said = word(
                    "Overwritten by key in store %(store)s, each batch in one transaction; then read again, and found "
                    "erased."
                )
        return said % {"store": line.store}

    def techniques(self, line: Line) -> list[tuple[str, str]]:
        """How each field of a line was erased."""
        return [
            (name, self.words.text(line.techniques[name]) if name in line.techniques else "") for name in line.fields
        ]

    def why(self, line: Line, grounds: Mapping[str, PurposeView]) -> str:
        """The purposes that have rules for a line's records."""
        return self.words.listed(grounds[name].title if name in grounds else name for name in line.purposes)


class ListPage(_Destroyed, frozen=True, dict=True):
    """A stripped list as its page tells it, to one reader."""

    report: DestructionList

    @classmethod
    def of(cls, report: DestructionList, words: Words) -> ListPage:
        """The page of a stripped list."""
        return cls(words, report.organisation, report.tool, _titles(report.lines, words), (), report.lines, report)

    @property
    def heading(self) -> str:
        """What the page is."""
        return self.words.gettext("Destruction list, stripped")

    @property
    def sections(self) -> list[tuple[str, str]]:
        """What the page can be read by."""
        word = self.words.gettext
        return [("what", word("What was destroyed")), ("ground", word("On what ground"))]

    @cached_property
    def grounds(self) -> Mapping[str, PurposeView]:
        """The purposes, by id."""
        return {ground.purpose: PurposeView(ground.policy(), self.words) for ground in self.report.grounds}


class DeclarationPage(_Destroyed, frozen=True, dict=True):
    """A declaration as its page tells it, to one reader."""

    report: Declaration

    @classmethod
    def of(cls, report: Declaration, words: Words) -> DeclarationPage:
        """The page of a declaration."""
        titles = _titles((*report.lines, *report.exclusions, *report.failures, *report.disclosed), words)
        return cls(words, report.organisation, report.tool, titles, (), report.lines, report)

    @property
    def heading(self) -> str:
        """What the page is; of a run that has not come to its end it is a draft."""
        if self.report.final:
            return self.words.gettext("Declaration of destruction")
        return self.words.gettext("Draft of a declaration of destruction")

    @property
    def sections(self) -> list[tuple[str, str]]:
        """What the page can be read by."""
        word = self.words.gettext
        return [
            ("what", word("What was destroyed")),
            ("ground", word("On what ground")),
            ("manner", word("In what manner")),
            ("who", word("When and by whom")),
            ("stayed", word("What stayed")),
            ("told", word("Who should be told")),
            ("remains", word("What may remain")),
            ("proof", word("Proof")),
            ("sign", word("Signature")),
        ]

    @cached_property
    def grounds(self) -> Mapping[str, PurposeView]:
        """The purposes, by id."""
        return {ground.purpose: PurposeView(ground.policy(), self.words) for ground in self.report.grounds}

    @property
    def unfinished(self) -> str:
        """What is said on top of what is no declaration yet; empty when it is one."""
        word = self.words.gettext
        if self.report.ended is None:
            return word("This is no declaration yet: the run has not ended. The numbers are those certain by now.")
        if self.report.open_intents:
            return word(
                "This is no declaration yet: of part of the records nobody knows what became of them. "
                "The next run looks them up; make this page again after it."
            )
        return ""

    def approval(self, approved: Approved) -> str:
        """What an approval is of."""
        return approved_words(approved, self.words, self.titles.get(approved.dataset or "", approved.dataset or ""))

    def reason(self, exclusion: Exclusion) -> str:
        """Why records stayed."""
        match exclusion.reason:
            case "refused":
                return self.words.gettext("refused: over a limit, or what was approved has changed")
            case "waiting":
                return self.words.gettext("not approved, or not announced long enough")
            case "postponed":
                return self.words.gettext("postponed to another night: there was no more time")
            case code:
                return self.words.reason(code)

    def failure(self, failure: Failure) -> str:
        """Why records are not shown to be gone."""
        if failure.open:
            return self.words.gettext("no outcome yet: the next run looks them up")
        if not failure.reasons:
            return self.words.gettext("not shown to be gone")
        return self.words.listed(self.words.reason(code) for code in failure.reasons)

    def purpose(self, disclosed: Disclosed) -> str:
        """What the data may have been disclosed for."""
        return self.words.text(disclosed.purpose_title) or disclosed.purpose

    def recipients(self, disclosed: Disclosed) -> str:
        """Who may have received it, or that nobody said so."""
        return disclosed.recipients or self.words.gettext("not declared")

    def informed(self, disclosed: Disclosed) -> str:
        """When they were told."""
        return self.words.gettext("not known") if disclosed.informed is None else self.words.date(disclosed.informed)

    def left(self, remains: Remains) -> str:
        """What may still be found in a store."""
        return _left(remains.engine, self.words)

    def backups(self, remains: Remains) -> str:
        """Until when back-ups of a store may still hold it."""
        if remains.backups_until is None:
            return self.words.gettext(
                "How long back-ups of this store are kept was not configured ([stores.%(store)s] backup_days): "
                "until the last of them is gone, the data may still be in it."
            ) % {"store": remains.store}
        day = self.words.date(remains.backups_until)
        return self.words.gettext("Final after the back-up cycle, on %(day)s.") % {"day": day}

    def check(self) -> str:
        """What to type to hold the log to a printed checkpoint."""
        return "retention audit verify --since checkpoint.txt"

    def check_list(self) -> str:
        """What to type to hold the list to its hash."""
        return f"sha256sum {self.report.list_file}"

    def signatories(self) -> list[tuple[str, str]]:
        """Who signs for what."""
        word = self.words.gettext
        return [
            (word("For the organisation"), word("declares that this was destroyed")),
            (word("Privacy officer"), word("advises; does not decide (GDPR art. 38(6))")),
            (word("Archivist"), word("where the Archives Act applies")),
        ]


def _titles(known: Iterable[Line | Exclusion | Failure | Disclosed], words: Words) -> dict[str, str]:
    return {one.dataset: words.text(one.title) or one.dataset for one in known}


def _left(engine: str, words: Words) -> str:
    match engine:
        case "sqlite":
            return words.gettext(
                "The database overwrites what is deleted. Copies of the file, and a write-ahead log that is not "
                "emptied yet, may still hold it."
            )
        case "postgresql":
            return words.gettext(
                "Deleted rows stay in the table's files until a vacuum, and in archived write-ahead log and on "
                "replicas until those are cleaned up."
            )
        case "mariadb" | "mysql":
            return words.gettext(
                "Deleted rows stay in freed pages until these are used again, and in the binary log and on replicas "
                "until those are cleaned up."
            )
        case _:
            return words.gettext("What the store itself keeps of deleted data is not known here.")
