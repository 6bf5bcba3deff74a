"""What the register of processing activities and the public table say where a template would have to think."""

from __future__ import annotations

from retention.period import AtOnce, Permanent
from retention.policy import LegalBasis, SourceStatus
from retention.reports.activities import Activity, Category, ProcessingRegister, TimeLimit
from retention.reports.page import Page
from retention.reports.public import Kept, PublicPurpose, PublicTable
from retention.reports.sources import legal_basis_words, status_words, statutory, summary_words
from retention.reports.words import Words, parse_period
from retention.summary import SourceSummary

PUBLIC_TOOL = "retention"  # which version made a page is nobody's business on a website


class _Grounded(Page, frozen=True):
    """What both pages say of a purpose."""

    def basis(self, name: str) -> str:
        """A legal basis, as a sentence begins."""
        return self.sentence(legal_basis_words(LegalBasis(name)))

    def mark(self, source: SourceSummary) -> tuple[str, str]:
        """How a source was established, and the mark that gets."""
        status = SourceStatus(source.status)
        return self.words.text(status_words(status)), "law" if statutory(status) else ""

    def source(self, source: SourceSummary) -> str:
        """A source in sentences."""
        return self.words.text(summary_words(source))

    def length(self, period: str) -> str:
        """How long, as a sentence begins."""
        said = self.words.period(parse_period(period))
        return said[:1].upper() + said[1:]


class RegisterPage(_Grounded, frozen=True):
    """The register of processing activities, to one reader."""

    report: ProcessingRegister

    @classmethod
    def of(cls, report: ProcessingRegister, words: Words) -> RegisterPage:
        """The page of a register."""
        titles = {name: words.text(title) for name, title in report.titles.items()}
        return cls(words, report.organisation, report.tool, titles, (), report)

    @property
    def heading(self) -> str:
        """What the page is."""
        return self.words.gettext("Record of processing activities")

    @property
    def sections(self) -> list[tuple[str, str]]:
        """What the page can be read by."""
        word = self.words.gettext
        return [("controller", word("Controller")), ("overview", word("Overview")), ("activities", word("Activities"))]

    @property
    def opening(self) -> str:
        """The register in a sentence."""
        many = len(self.report.activities)
        said = self.words.ngettext("%(count)s processing activity", "%(count)s processing activities", many)
        day = self.words.date(self.report.made)
        return f"{said % {'count': self.words.number(many)}}, {day}."

    def declared(self, answer: str | None) -> str:
        """An answer, or that nobody gave one."""
        return self.words.gettext("not declared") if answer is None else answer

    def subjects(self, one: Activity) -> str:
        """The categories of data subjects."""
        return self.words.listed(one.subjects) or self.words.gettext("nobody who could be named")

    def data(self, one: Activity) -> str:
        """The categories of personal data, by their datasets."""
        return self.words.listed(self.titles[category.dataset] for category in one.data)

    def fields(self, one: Category) -> str:
        """The personal fields of a category."""
        said = self.words.listed(one.fields) or self.words.gettext("the record as a whole")
        return f"{said} ({self.words.gettext('goes along')})" if one.along else said

    def limit(self, one: TimeLimit) -> str:
        """A time limit without what it is of: how long, from when."""
        keep_for, trigger = parse_period(one.period), self.words.text(one.trigger)
        match keep_for:
            case Permanent():
                return self.length(one.period)
            case AtOnce():
                said = self.words.gettext("at once: %(trigger)s") % {"trigger": trigger}
            case _:
                said = self.words.gettext("%(period)s after %(trigger)s") % {
                    "period": self.words.period(keep_for),
                    "trigger": trigger,
                }
        return said[:1].upper() + said[1:]

    def limits(self, one: Activity) -> str:
        """The lengths of an activity's time limits, each once."""
        said = "; ".join(dict.fromkeys(self.words.period(parse_period(limit.period)) for limit in one.limits))
        return said[:1].upper() + said[1:]

    def action(self, one: TimeLimit) -> str:
        """What is done then."""
        keep = isinstance(parse_period(one.period), Permanent)
        return self.words.gettext("nothing") if keep else self.words.text(one.action)


class PublicPage(_Grounded, frozen=True):
    """The public retention table, to one reader."""

    report: PublicTable

    @classmethod
    def of(cls, report: PublicTable, words: Words) -> PublicPage:
        """The page of a public table."""
        return cls(words, report.organisation, PUBLIC_TOOL, {}, (), report)

    @property
    def heading(self) -> str:
        """What the page is."""
        return self.words.gettext("How long do we keep your data?")

    @property
    def sections(self) -> list[tuple[str, str]]:
        """What the page can be read by."""
        word = self.words.gettext
        return [("table", word("How long")), ("why", word("Why this long")), ("rights", word("Your rights"))]

    def data(self, kept: Kept) -> str:
        """What is kept equally long."""
        return self.words.listed(self.words.text(one) for one in kept.data)

    def after(self, kept: Kept) -> str:
        """What happens then, in a word people use."""
        word = self.words.gettext
        if kept.action is None:
            return word("kept for good")
        match kept.action.en:
            case "destroy":
                return word("destroyed")
            case "anonymise":
                return word("made anonymous")
            case "pseudonymise":
                return word("stripped of names")
            case _:
                return word("erased")

    def duty(self, purpose: PublicPurpose) -> bool:
        """Whether something of a purpose must be kept by law."""
        return any(kept.minimum for kept in purpose.kept)
