"""Lists and declarations: what is kept for good names nobody, and what names somebody does not stay."""

import csv
import dataclasses
import hashlib
import importlib
import io
import json
import stat
from datetime import date, timedelta

import pytest
from msgspec.structs import replace

from retention.declaring import LIST_FILE, declaration, destruction_list
from retention.errors import ConfigError, UsageError
from retention.holds import Scope
from retention.lists import write_full_list
from retention.plan import Limits
from retention.reporting import run_report
from retention.reports.activities import Controller, Declared
from retention.reports.destruction import FEW, StoreFacts, kept, together
from retention.reports.pdf import pdfs
from retention.reports.render import files
from retention.reports.values import as_json
from retention.summary import PlanSummary
from retention.text import Language
from retention.tidying import tidy
from tests import servers
from tests.integration.run.acts import planned, sql
from tests.integration.run.test_privacy import KEYS, NAMES, forms, seed
from tests.integration.run.test_privacy import kept as files_kept
from tests.integration.run.world import World, declare, done

CONTROLLER = Controller(
    name="x", everywhere=Declared(recipients="gemeente"), of={"gesprekken": Declared(recipients="tolken")}
)
STORES = {"cvs": StoreFacts(engine="sqlite", backup_days=35), "crm": StoreFacts(engine="sqlite")}


def declared(estate, run="last"):
    return declaration(estate.installation, run, controller=CONTROLLER, stores=STORES)


def full_list(estate, digest, **more):
    with estate.control.reading() as tx:
        plan, report = tx.plan(digest), tx.plan_report(digest)
    summary = PlanSummary.from_json(report)
    return write_full_list(estate.installation, plan, summary, Language.NL, **more)


def at(estate, day):
    """The same installation on another day."""
    now = estate.installation.clock()
    moved = now + (day - estate.installation.today())
    return replace(estate.installation, clock=lambda: moved)


# what is kept for good ------------------------------------------------------------------------------------------


def test_a_declaration_declares_what_is_gone_from_the_stores_and_no_more(place):
    world = World(place / "org", 80).create()
    sql(
        world.cvs,
        "CREATE TRIGGER vast BEFORE DELETE ON pagina WHEN old.pagina_id < 24 BEGIN SELECT RAISE(ABORT, 'x'); END",
    )
    estate, before = world.estate(declared=declare(triggers=("vast",))), world.look()
    digest = planned(estate)
    estate.hold(Scope(subjects=frozenset({("client", "C3")})))  # dossier 12 is hers
    estate.sweep(digest)
    said, _ = declared(estate)
    happened = done(before, world.look())
    assert {(one.dataset, one.action): one.records for one in said.lines} == {
        ("cvs.dossier", "delete"): kept(len(happened["cvs.dossier"])),
        ("cvs.dossier", "erase-fields"): kept(len(happened["cvs.dossier erased"])),
        ("cvs.contact", "delete"): kept(len(happened["cvs.contact"])),
        ("crm.client", "delete"): kept(len(happened["crm.client"])),
        ("crm.aanmelding", "anonymise"): kept(len(happened["crm.aanmelding"])),
    }
    assert len(happened["cvs.dossier"]) == 14
    assert [(one.dataset, one.records) for one in said.failures] == [("cvs.dossier", 5)]  # 0, 4, 8, 16, 20
    assert ("cvs.dossier", "SKIP_HOLD_LATE", FEW) in {(o.dataset, o.reason, o.records) for o in said.exclusions}
    assert said.final


def test_the_list_has_the_hash_that_the_declaration_prints_and_keeps_it(world, estate):
    run = estate.run().run
    said, listed = declared(estate, run)
    written = files(listed)[LIST_FILE]
    assert hashlib.sha256(written).hexdigest() == said.list_sha256
    digest = planned(estate)
    estate.sweep(digest)
    estate.hold(Scope(subjects=frozenset({("client", "C3")})))
    again = files(destruction_list(estate.installation, run))[LIST_FILE]
    assert again == written
    assert as_json(declared(estate, run)[0]) == as_json(said)


def test_no_number_under_five_comes_in_by_another_door(world, estate):
    digest = estate.plan().digest
    estate.approve(digest, allow={"cvs.dossier": 3})
    limited = dataclasses.replace(
        estate, installation=replace(estate.installation, limits=Limits(records=4, at_least=4))
    )
    limited.sweep(digest)
    said, _ = declared(estate)
    assert {one.reason for one in said.exclusions} == {"refused"}
    assert all(not one.allow for one in said.approvals)
    assert "limiet van" not in as_json(said)


def test_a_declaration_of_a_run_that_destroyed_nothing_says_that(estate):
    estate.sweep(estate.plan().digest)
    said, _ = declared(estate)
    assert (said.lines, said.records) == ((), 0)
    assert "In deze uitvoering is niets vernietigd." in files(said)["verklaring-van-vernietiging.html"].decode()
    assert {one.reason for one in said.exclusions} == {"waiting"}


def test_back_ups_are_counted_from_the_end_of_the_run_or_said_to_be_unknown(estate):
    estate.run()
    said, _ = declared(estate)
    ended = said.ended.astimezone(estate.installation.zone).date()
    assert {one.store: one.backups_until for one in said.remains} == {"crm": None, "cvs": ended + timedelta(days=35)}


def test_recipients_are_those_of_every_purpose_of_what_went_or_went_along_and_telling_them_is_not_known(world, estate):
    sql(world.cvs, "DELETE FROM contact WHERE dossier_id % 4 = 2")  # those that would go alone
    estate.run()
    said, _ = declared(estate)
    pairs = {(one.dataset, one.purpose) for one in said.disclosed}
    assert pairs >= {(line.dataset, purpose) for line in said.lines for purpose in line.purposes}
    assert "cvs.contact" not in {line.dataset for line in said.lines}
    assert ("cvs.contact", "gesprekken") in pairs
    assert {one.recipients for one in said.disclosed if one.purpose == "gesprekken"} == {"tolken"}
    assert {one.recipients for one in said.disclosed if one.purpose != "gesprekken"} == {"gemeente"}
    assert {one.informed for one in said.disclosed} == {None}


@pytest.mark.parametrize(
    ("counts", "sum_"),
    [
        ((), 0),
        ((12, 30), 42),
        ((2,), FEW),
        ((12, 3), "\u226513"),
        ((1, 2, 3), "\u22653"),
        ((0, 0), 0),
    ],
    ids=str,
)
def test_no_number_under_five_follows_from_a_sum(counts, sum_):
    assert together(kept(one) for one in counts) == sum_


# what does not stay ---------------------------------------------------------------------------------------------


def test_a_full_list_has_the_key_of_every_record_that_waits_and_nothing_else_of_it(world, estate):
    digest = planned(estate)
    text = full_list(estate, digest).read_text("utf-8-sig")
    rows = [line.split(";") for line in text.splitlines()[1:]]
    listed = {(row[1], row[3]) for row in rows}
    due = world.due()
    assert listed == {
        *(("cvs.dossier", str(key)) for key in due["cvs.dossier"] | due["cvs.dossier erased"]),
        *(("cvs.contact", str(key)) for key in due["cvs.contact"]),
        *(("crm.client", str(key)) for key in due["crm.client"]),
        *(("crm.aanmelding", str(key)) for key in due["crm.aanmelding"]),
    }
    assert not [name for name in ("verhaal", "Naam", "voorbeeld.example", "gebeld") if name in text]


def test_a_key_in_a_full_list_is_no_formula_and_breaks_no_line(world, estate):
    for key in ("=1+1", "a;b\r\n-2"):
        sql(world.crm, "INSERT INTO client VALUES (?, 'x', 'x', '2015-01-01')", key)
    text = full_list(estate, planned(estate)).read_text("utf-8-sig")
    rows = list(csv.reader(io.StringIO(text, newline=""), delimiter=";"))
    assert {len(row) for row in rows} == {9}
    assert {"'=1+1", "a;b -2"} <= {row[3] for row in rows}


def test_a_full_list_is_its_owners_alone_and_says_on_every_line_when_it_must_go(estate):
    path = full_list(estate, planned(estate))
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert stat.S_IMODE(path.parent.stat().st_mode) == 0o700
    last = path.name.removeprefix("volledig-tot-")[:10]
    lines = path.read_text("utf-8-sig").splitlines()
    assert lines[0].startswith("Persoonsgegevens: vernietigen na;")
    assert {line[:10] for line in lines[1:]} == {last}


def test_the_job_removes_a_full_list_after_its_last_day_and_not_before(world, estate):
    digest = planned(estate)
    last = estate.installation.today() + timedelta(days=3)
    path = full_list(estate, digest, until=last)
    for day in (last - timedelta(days=1), last):
        dataclasses.replace(estate, installation=at(estate, day)).sweep(digest)
        assert path.exists()
    dataclasses.replace(estate, installation=at(estate, last + timedelta(days=1))).sweep(digest)
    assert not path.exists()


def test_what_was_left_half_written_goes_at_once_and_what_is_not_ours_stays(estate):
    path = full_list(estate, planned(estate))
    half = path.with_name(f".{path.name}.4711.tmp")
    half.write_text("keys")
    other = path.with_name("notes.txt")
    other.write_text("")
    assert tidy(estate.installation.state, estate.installation.today()) is None
    assert (path.exists(), half.exists(), other.exists()) == (True, False, True)


def test_a_list_that_cannot_be_removed_is_said_and_stops_nothing(estate):
    digest = planned(estate)
    path = full_list(estate, digest)
    stuck = path.with_name(path.name.replace(path.name[13:23], "2020-01-01"))
    stuck.mkdir()  # a folder cannot be unlinked, whoever asks
    run = estate.sweep(digest)
    assert run.destroyed
    assert run.exit_status == 1
    assert [remark for remark in run.remarks if "cannot be removed" in remark.en]


def test_once_a_record_has_its_outcome_no_full_list_can_have_it(estate):
    digest = planned(estate)
    estate.sweep(digest)
    with pytest.raises(UsageError, match="were erased with their outcome"):
        full_list(estate, digest)


@pytest.mark.parametrize("days", [-1, 31, 400])
def test_a_full_list_is_never_there_longer_than_its_plan(estate, days):
    digest = planned(estate)
    with pytest.raises(UsageError, match="last day of a full list"):
        full_list(estate, digest, until=estate.installation.today() + timedelta(days=days))


def test_an_account_without_keys_gets_no_full_list(estate):
    digest = planned(estate)
    with pytest.raises(ConfigError, match="sweep account"):
        full_list(dataclasses.replace(estate, installation=replace(estate.installation, keyring=None)), digest)


def test_names_and_keys_stand_in_the_full_list_alone(world, estate):
    seed(world)
    digest = planned(estate)
    listed = full_list(estate, digest).relative_to(estate.root)
    estate.sweep(digest)
    said, stripped = declared(estate)
    reports = [run_report(estate.installation, "last"), said, stripped]
    with estate.control.reading() as tx:
        reports.append(PlanSummary.from_json(tx.plan_report(digest)))
    out = {f"out/{name}": content for report in reports for name, content in files(report).items()}
    estate.control.close()
    every = {**files_kept(estate), **out}
    found = {(n, text) for n, data in every.items() for text in [*NAMES, *KEYS] for f in forms(text) if f in data}
    assert {name for name, _ in found} == {str(listed)}
    assert {text for _, text in found} == {KEYS[2]}  # of the dossier that is due; the others' are on no list


# PDF/A ----------------------------------------------------------------------------------------------------------


@pytest.fixture
def pikepdf():
    servers.need("pango")
    return importlib.import_module("pikepdf")


def test_a_declaration_as_pdf_is_an_archive_file_with_its_numbers_inside(estate, pikepdf, tmp_path):
    estate.run()
    said, listed = declared(estate)
    for language, name in (
        (Language.NL, "verklaring-van-vernietiging.pdf"),
        (Language.EN, "declaration-of-destruction.pdf"),
    ):
        path = tmp_path / name
        path.write_bytes(pdfs(said, listed)[name])
        with pikepdf.open(path) as pdf:
            assert pdf.check_pdf_syntax() == []
            with pdf.open_metadata() as about:
                assert (about["pdfaid:part"], about["pdfaid:conformance"]) == ("3", "B")
            assert str(pdf.Root.Lang) == language.value
            [intent] = pdf.Root.OutputIntents
            assert (str(intent.S), intent.DestOutputProfile.N) == ("/GTS_PDFA1", 3)
            attached = {key: file.get_file().read_bytes() for key, file in pdf.attachments.items()}
            assert {str(one.AFRelationship) for one in pdf.Root.AF} == {"/Data"}
            assert {str(one.EF.F.Subtype) for one in pdf.Root.AF} == {"/application/json"}
            assert (bool(pdf.Root.MarkInfo.Marked), "/StructTreeRoot" in pdf.Root) == (True, True)
            fonts = [font for page in pdf.pages for font in page.Resources.Font.values()]
        assert attached == {
            "declaration-of-destruction.json": as_json(said).encode(),
            LIST_FILE: as_json(listed).encode(),
        }
        assert hashlib.sha256(attached[LIST_FILE]).hexdigest() == said.list_sha256
        embedded = [f.DescendantFonts[0].FontDescriptor for f in fonts if "/DescendantFonts" in f]
        assert embedded
        assert all({"/FontFile2", "/FontFile3"} & set(one.keys()) for one in embedded)


def test_a_pdf_has_no_script_no_link_out_and_no_encryption(estate, pikepdf, tmp_path):
    estate.run()
    path = tmp_path / "x.pdf"
    path.write_bytes(pdfs(*declared(estate))["verklaring-van-vernietiging.pdf"])
    with pikepdf.open(path) as pdf:
        assert not pdf.is_encrypted
        everything = " ".join(str(one) for one in pdf.objects if not isinstance(one, pikepdf.Stream))
    assert not [name for name in ("/JavaScript", "/JS", "/URI", "/Launch", "/OpenAction") if name in everything]


def test_a_json_of_a_declaration_is_what_a_program_expects(estate):
    estate.run()
    said, _ = declared(estate)
    told = json.loads(files(said)["declaration-of-destruction.json"])
    assert told["id"] == said.id
    assert date.fromisoformat(told["reference_date"]) == said.reference_date


def test_a_name_with_a_day_that_does_not_exist_stops_no_night(tmp_path):
    (tmp_path / "lists").mkdir()
    name = "full-until-2026-02-31-0123456789ab.csv"
    (tmp_path / "lists" / name).touch()
    assert tidy(tmp_path, date(2026, 2, 28)) is None
    assert (tmp_path / "lists" / name).exists()
    assert tidy(tmp_path, date(2026, 3, 1)) is None
    assert not (tmp_path / "lists" / name).exists()
