"""Every number of a plan, in each of its forms, is what the stores give when somebody counts them by hand."""

import csv
import io
import json
import re
from html import unescape

import pytest
from rich.console import Console

from retention.holds import Scope
from retention.reporting import run_report
from retention.reports.render import files
from retention.reports.terminal import report_tables
from retention.text import Language

HELD = {12, 13, 14, 15}  # dossiers of client C3
ERASED = "of which fields to erase"
NUMBERS = ("Judged", "Goes", "Goes with another", "Stays", ERASED, "Held", "To review", "Already settled")


@pytest.fixture
def plan(world, estate):
    estate.hold(Scope(subjects=frozenset({("client", "C3")})))
    return estate.plan()


@pytest.fixture
def written(plan):
    return {name: content.decode("utf-8-sig") for name, content in files(plan).items()}


def rows(written, name):
    return list(csv.DictReader(io.StringIO(written[f"dry-run-{name}.csv"])))


def by_hand(world):
    """Per dataset, by the keys that are there and how they were made: judged, goes, and erased."""
    due, seen = world.due(), world.look()
    contacts = {key for key, dossier in seen.contact.items() if dossier in HELD}
    signups = {key for key, (client, _, _) in seen.signup.items() if client == "C3"}
    return {
        "cvs.dossier": (len(seen.dossier), due["cvs.dossier"] - HELD, due["cvs.dossier erased"] - HELD),
        "cvs.contact": (len(seen.contact), due["cvs.contact"] - contacts, set()),
        "crm.client": (len(seen.client), due["crm.client"] - {"C3"}, set()),
        "crm.aanmelding": (len(seen.signup), due["crm.aanmelding"] - signups, set()),
    }


def test_the_table_has_what_is_counted_in_the_stores(world, written):
    told = {row["Dataset"]: row for row in rows(written, "data")}
    for name, (judged, goes, erased) in by_hand(world).items():
        row = told[name]
        assert (int(row["Judged"]), int(row["Goes"]), int(row[ERASED])) == (judged, len(goes), len(erased))


def test_what_goes_stays_is_held_or_waits_adds_up_to_what_is_there(written):
    for row in rows(written, "data"):
        assert int(row["Judged"]) == sum(int(row[name]) for name in NUMBERS[1:] if name != ERASED)


def test_reasons_and_lateness_add_up_to_the_same(plan, written):
    for row in rows(written, "data"):
        mine = [one for one in rows(written, "reasons") if one["Dataset"] == row["Dataset"]]
        assert sum(int(one["Records"]) for one in mine) == int(row["Judged"])
        late = [one for one in rows(written, "how-late") if one["Dataset"] == row["Dataset"]]
        assert sum(int(n) for one in late for n in [*one.values()][2:]) in {0, int(row["Goes"])}


def test_what_goes_along_is_what_hangs_below_it(world, written):
    seen, (_, goes, _) = world.look(), by_hand(world)["cvs.dossier"]
    documents = {key for key, dossier in seen.document.items() if dossier in goes}
    below = {
        "cvs.contact": sum(dossier in goes for dossier in seen.contact.values()),
        "cvs.document": len(documents),
        "cvs.pagina": sum(document in documents for document in seen.page.values()),
    }
    told = {one["Then this"]: int(one["Records"]) for one in rows(written, "side-effects") if one["Then this"] in below}
    assert told == below


def cells(page, dataset):
    """The row of a dataset in the page's first table of numbers: what a reader sees in each column."""
    table = re.search(r'<section id="data".*?</table>', page, re.DOTALL)[0]
    heads = re.findall(r"<th scope=\"col\"[^>]*>(.*?)</th>", table, re.DOTALL)
    row = next(one for one in re.findall(r"<tr>.*?</tr>", table, re.DOTALL) if f">{dataset}<" in one)
    values = re.findall(r"<td[^>]*>(.*?)</td>", row, re.DOTALL)
    return dict(zip([unescape(head).strip() for head in heads[1:]], values, strict=True))


def test_the_page_and_the_json_have_the_numbers_of_the_table(plan, written):
    told = {one["id"]: one for one in json.loads(written["plan.json"])["datasets"]}
    for row in rows(written, "data"):
        seen = cells(written["dry-run.html"], row["Dataset"])
        assert {name: seen[name] for name in NUMBERS} == {name: row[name] for name in NUMBERS}  # all are under 1,000
        one = told[row["Dataset"]]
        assert (one["judged"], one["delete"] + one["anonymise"]) == (int(row["Judged"]), int(row["Goes"]))


def test_the_terminal_has_the_numbers_of_the_table(plan, written):
    console = Console(file=io.StringIO(), width=300)
    console.print(report_tables(plan, Language.EN))
    lines = console.file.getvalue().splitlines()
    for row in rows(written, "data"):
        line = next(line for line in lines if row["Dataset"] in line.split())
        shown = re.findall(r"(?<=\s)[\d,]+(?=\s)", line.rsplit(row["Dataset"], maxsplit=1)[1])
        assert shown[:5] == [row[name] for name in ("Goes", ERASED, "Stays", "Held", "To review")]


def test_the_plan_that_is_approved_lists_as_many_as_its_report_says(estate, plan, written):
    with estate.control.reading() as tx:
        listed = {one.id: one.count for one in tx.plan(plan.digest).datasets if one.count}
    assert listed == {one.id: one.planned for one in plan.datasets if one.planned}
    assert plan.planned == sum(int(row["Goes"]) + int(row[ERASED]) for row in rows(written, "data"))


def test_the_sweep_and_its_report_have_the_numbers_that_the_plan_announced(estate, plan):
    estate.approve(plan.digest)
    report = run_report(estate.installation, estate.sweep(plan.digest).run)
    announced = {one.id: one.planned for one in plan.datasets if one.planned}
    assert {one.id: one.destroyed for one in report.datasets} == announced
