"""The tables of a change of policies, for a spreadsheet."""

from __future__ import annotations

from retention.reports.policy_change import PolicyChange
from retention.reports.table import Sheet
from retention.reports.view_policies import ChangePage
from retention.reports.words import Words


def change_sheets(report: PolicyChange, words: Words) -> tuple[Sheet, ...]:
    """A change as tables: per dataset, per purpose, the sentences."""
    page, word = ChangePage.of(report, words), words.gettext
    return (
        _data(page),
        _purposes(page),
        Sheet(
            name=word("sentences"),
            columns=(word("About"), word("Dataset"), word("Old"), word("New")),
            rows=tuple(
                (
                    page.about(one),
                    one.dataset,
                    None if one.old is None else words.text(one.old),
                    None if one.new is None else words.text(one.new),
                )
                for one in report.sentences
            ),
        ),
    )


def _data(page: ChangePage) -> Sheet:
    word = page.words.gettext
    return Sheet(
        name=word("data"),
        columns=(
            word("Dataset"),
            word("Data"),
            word("Due, old"),
            word("Leaves"),
            word("Joins"),
            word("Due, new"),
            word("Otherwise"),
            word("Irrecoverable"),
            word("Irrecoverable since"),
            word("Destroyed under other rules"),
            word("Remark"),
        ),
        rows=tuple(
            (
                one.dataset,
                page.titles[one.dataset],
                one.old_due,
                one.leaves,
                one.joins,
                one.new_due,
                one.otherwise,
                one.gone_together,
                one.gone_since,
                one.unknown,
                page.remark(one),
            )
            for one in page.report.impacts
        ),
    )


def _purposes(page: ChangePage) -> Sheet:
    word = page.words.gettext
    return Sheet(
        name=word("purposes"),
        columns=(word("Purpose"), word("Dataset"), word("Leaves"), word("Joins"), word("Irrecoverable")),
        rows=tuple((one.purpose, one.dataset, one.leaves, one.joins, one.gone) for one in page.purposes),
    )
