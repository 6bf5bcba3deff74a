"""What a plan's page says where a template would have to think: phrases and orders, no markup."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from functools import cached_property

from retention.holds import HoldKind
from retention.period import first_day_destructible, last_day_kept, years
from retention.reports.figures import figures, pseudonymises
from retention.reports.kinds import kind_words
from retention.reports.page import Page, Tile
from retention.reports.view_change import ChangeView
from retention.reports.view_cover import CoverView
from retention.reports.view_dataset import DatasetView
from retention.reports.view_purpose import PurposeView
from retention.reports.view_time import TimeView
from retention.reports.words import Words
from retention.summary import DatasetSummary, HoldSummary, PlanSummary


class PlanPage(Page, frozen=True, dict=True):
    """A plan as its page tells it, to one reader."""

    summary: PlanSummary

    @classmethod
    def of(cls, summary: PlanSummary, words: Words) -> PlanPage:
        """The page of a plan."""
        titles = {dataset.id: words.text(dataset.title) or dataset.id for dataset in summary.datasets}
        return cls(words, summary.organisation, summary.tool, titles, summary.findings, summary)

    @cached_property
    def datasets(self) -> tuple[DatasetView, ...]:
        """The datasets, what asks for attention first, then where most goes."""
        ordered = sorted(
            self.summary.datasets,
            key=lambda d: (d.failed is None, not d.refused, not d.planned, -d.planned, self.titles[d.id]),
        )
        return tuple(
            DatasetView(d, self.words, self.titles, self.summary.reference_date, self.purpose_titles) for d in ordered
        )

    @cached_property
    def purposes(self) -> tuple[PurposeView, ...]:
        """The purposes, in the register's order."""
        return tuple(PurposeView(policy, self.words) for policy in self.summary.policies)

    @cached_property
    def purpose_titles(self) -> dict[str, str]:
        """What each purpose is called."""
        return {policy.purpose: self.words.text(policy.title) for policy in self.summary.policies}

    @cached_property
    def time(self) -> TimeView:
        """What is late, and what is ahead."""
        return TimeView(self.summary.datasets, self.words, self.summary.reference_date)

    @cached_property
    def changes(self) -> ChangeView | None:
        """What changed since the plan before; None: there is none to compare with."""
        since = self.summary.since
        return None if since is None else ChangeView(since, self.words, {**self.titles, **self.purpose_titles})

    @cached_property
    def coverage(self) -> CoverView:
        """Every table, governed or not."""
        return CoverView(self.summary.coverage, self.words)

    @property
    def unread(self) -> list[str]:
        """The stores of which the tables could not be listed."""
        known = {one.store for one in self.summary.coverage}
        return sorted({name for one in self.summary.datasets if (name := one.id.partition(".")[0]) not in known})

    @property
    def effects(self) -> list[DatasetView]:
        """The datasets of which something else goes or changes along."""
        return [view for view in self.datasets if view.data.planned and view.touches]

    @property
    def anonymised(self) -> list[DatasetView]:
        """The datasets of which records are anonymised as a whole."""
        return [view for view in self.datasets if view.data.remains is not None]

    @property
    def heading(self) -> str:
        """What the page is, and of which day."""
        return self.words.gettext("Dry run of %(day)s") % {"day": self.words.date(self.summary.reference_date)}

    @property
    def sections(self) -> list[tuple[str, str]]:
        """What the page can be read by."""
        word = self.words.gettext
        return [
            ("decide", word("To decide now")),
            *((("changes", word("What changed")),) if self.changes else ()),
            ("data", word("Per dataset")),
            ("time", word("Late and ahead")),
            ("purposes", word("Per purpose")),
            ("effects", word("Side effects")),
            ("holds", word("Holds")),
            ("findings", word("Findings")),
            ("coverage", word("Coverage")),
            ("approve", word("Approve")),
            ("sign", word("Sign-off")),
        ]

    @cached_property
    def pseudonyms(self) -> bool:
        """Whether any field becomes a pseudonym."""
        return any(pseudonymises(d) for d in self.summary.datasets)

    def seen(self, dataset: DatasetSummary) -> DatasetView:
        """A dataset as the page tells it."""
        return self._seen[dataset.id]

    @cached_property
    def _seen(self) -> dict[str, DatasetView]:
        return {view.data.id: view for view in self.datasets}

    def titles_of(self, datasets: Iterable[DatasetSummary]) -> list[str]:
        """What several datasets are called."""
        return [self.titles[dataset.id] for dataset in datasets]

    def unknown(self, dataset_id: str) -> bool:
        """Whether a dataset's numbers are not known, since it could not be judged: never shown as 0."""
        return dataset_id in self._seen and self._seen[dataset_id].unknown

    def opening(self) -> str:
        """A plan under which something goes, in two sentences."""
        total = figures(self.summary.datasets)
        first = min(view.earliest for view in self.datasets if view.data.planned)
        said = self.words.ngettext(
            "%(goes)s record is due, %(stays)s stay. Nothing goes before %(day)s, and nothing without approval.",
            "%(goes)s records are due, %(stays)s stay. Nothing goes before %(day)s, and nothing without approval.",
            total.goes,
        )
        return said % {
            "goes": self.words.count(total.goes),
            "stays": self.words.count(total.stays + total.held + total.review),
            "day": self.words.date(first),
        }

    def still_personal(self) -> str:
        """What must be said wherever a pseudonym is left behind."""
        return self.words.gettext(
            "In part of these records a pseudonym takes the place of a name. "
            "A pseudonym is still personal data: such records are not anonymous."
        )

    def tiles(self) -> tuple[Tile, ...]:
        """The numbers at a glance."""
        total, word = figures(self.summary.datasets), self.words.gettext
        along = word("and %(count)s that go along") % {"count": self.words.count(total.children)}
        still = Tile("goes", word("To pseudonymise"), total.pseudonymise, word("still personal data"))
        return (
            Tile("goes", word("To destroy"), total.delete, along if total.children else ""),
            Tile("goes", word("To anonymise"), total.anonymise, word("the record stays, the person does not")),
            *((still,) if total.pseudonymise else ()),
            Tile("goes", word("Fields to erase"), total.erase_fields, word("of records that stay")),
            Tile("stays", word("Stays"), total.stays, word("the period runs, or another purpose needs it")),
            Tile("held", word("Held"), total.held, word("by a hold, a restriction, a request or cooling-off")),
            Tile("review", word("To review"), total.review, word("in doubt, so never destroyed")),
            Tile("error", word("Over the limit"), total.over_limit, word("refused until allowed by name")),
        )

    def kind(self, hold: HoldSummary) -> str:
        """What kind of hold it is, as the start of a sentence."""
        words = self.words.text(kind_words(HoldKind(hold.kind)))
        return words[:1].upper() + words[1:]

    def review(self, hold: HoldSummary) -> str:
        """When somebody looks at a hold again, or until when it cools off."""
        if hold.cooling_until is not None:
            until = self.words.moment(hold.cooling_until, self.summary.zone)
            return self.words.gettext("released; cooling off until %(moment)s") % {"moment": until}
        return self.words.gettext("not set") if hold.review_on is None else self.words.date(hold.review_on)

    def review_late(self, hold: HoldSummary) -> bool:
        """Whether a hold should have been looked at again by now."""
        return (
            hold.cooling_until is None and hold.review_on is not None and hold.review_on < self.summary.reference_date
        )

    def signing(self) -> str:
        """What to type to approve by a detached signature, two lines."""
        text, key = f"{self.summary.digest}.txt", self.words.gettext("KEY")
        sign = f"ssh-keygen -Y sign -n retention-plan -f {key} {text}"
        return f"{sign}\n{self.summary.approve_command} --signature {text}.sig"

    def no_approval(self) -> str:
        """Why there is nothing to approve."""
        if self.summary.digest is None:
            return self.words.gettext(
                "This plan was made without the keys, so there is nothing to approve. "
                "Make it again on the machine where the job runs."
            )
        return self.words.gettext("There is nothing to approve in this plan.")

    def example(self) -> dict[str, str]:
        """A worked example of both dates."""
        start = date(2011, 6, 30)
        last = last_day_kept(start, years(15)) or start
        first = first_day_destructible(last) or last
        return {"start": self.words.date(start), "last": self.words.date(last), "first": self.words.date(first)}

    def signatories(self) -> list[tuple[str, str]]:
        """Who signs for what."""
        word = self.words.gettext
        return [
            (word("Process owner"), word("decides")),
            (word("Privacy officer"), word("advises; does not decide (GDPR art. 38(6))")),
            (word("Archivist"), word("where the Archives Act applies")),
        ]
