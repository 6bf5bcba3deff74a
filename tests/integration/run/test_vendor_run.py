"""Whole runs on a vendor's database that does more than it is asked."""

import pytest

from retention.dataset import Kept
from retention.text import Language, Text
from tests.integration.run.acts import of, planned
from tests.integration.run.world import declare
from tests.integration.run.worlds import SERVERS, on_engine

KEPT = Kept(Text(nl="de leverancier bewaart mutaties", en="the vendor keeps mutations"))


@pytest.fixture
def versioned(place):
    with on_engine("mariadb", place / "org", 40) as world:
        world.sql("cvs", "ALTER TABLE dossier ADD SYSTEM VERSIONING", "ALTER TABLE contact ADD SYSTEM VERSIONING")
        yield world


def test_a_history_that_nobody_owned_up_to_refuses_its_dataset(versioned, evidence):
    estate, before = versioned.estate(), versioned.look()
    summary = estate.plan()
    refused = next(one for one in summary.datasets if one.id == "cvs.dossier")
    assert "SYSTEM VERSIONING" in refused.failed.en
    estate.approve(summary.digest)
    estate.sweep(summary.digest)
    assert evidence(versioned, estate, before)["cvs.dossier"] == set()


def test_what_stays_in_a_history_is_said_by_plan_and_run_and_counted_there(versioned, evidence):
    estate, before = versioned.estate(declared=declare(history=KEPT)), versioned.look()
    summary = estate.plan()
    dossier = next(one for one in summary.datasets if one.id == "cvs.dossier")
    assert [text.nl for text in dossier.history] == [
        "cvs.dossier: De database zelf kan bewaren wat hier verdwijnt of verandert: de leverancier bewaart mutaties.",
        "cvs.contact: De database zelf kan bewaren wat hier verdwijnt of verandert: de leverancier bewaart mutaties.",
    ]
    assert {one.where for one in summary.findings if one.code == "HISTORY_KEPT"} == {"cvs.dossier", "cvs.contact"}
    estate.approve(summary.digest)
    run = estate.sweep(summary.digest)
    assert run.exit_status == 0
    done = evidence(versioned, estate, before)
    left = versioned.rows("cvs", "SELECT dossier_id FROM dossier FOR SYSTEM_TIME ALL WHERE row_end < NOW(6)")
    assert len(left) == of(run, "cvs.dossier").history["cvs.dossier"]
    assert done["cvs.dossier"] <= {key for (key,) in left}
    said = [text.get(Language.EN) if hasattr(text, "get") else text.en for text in run.remarks]
    assert any("the vendor keeps mutations" in one and f"erased: {len(left)}." in one for one in said)


REFUSAL_AT_COMMIT = (
    (
        "CREATE FUNCTION blijft() RETURNS trigger LANGUAGE plpgsql AS"
        " $$BEGIN IF OLD.dossier_id = 4 THEN RAISE EXCEPTION 'blijft'; END IF; RETURN NULL; END$$"
    ),
    (
        "CREATE CONSTRAINT TRIGGER laat AFTER DELETE ON dossier DEFERRABLE INITIALLY DEFERRED FOR EACH ROW"
        " EXECUTE FUNCTION blijft()"
    ),
)


def test_what_a_deferred_constraint_refuses_at_the_commit_fails_alone(place, evidence):
    with on_engine("postgresql", place / "org", 40) as world:
        world.sql("cvs", *REFUSAL_AT_COMMIT)
        estate, before = world.estate(declared=declare(triggers=("laat",))), world.look()
        run = estate.sweep(planned(estate))
        assert run.exit_status == 1
        assert of(run, "cvs.dossier").failed == {"FAIL_STORE": 1}
        assert evidence(world, estate, before)["cvs.dossier"] == world.due()["cvs.dossier"] - {4}


def test_deferred_foreign_keys_of_declared_children_change_nothing(place, evidence):
    with on_engine("postgresql", place / "org", 40) as world:
        world.sql(
            "cvs",
            "ALTER TABLE contact ALTER CONSTRAINT contact_dossier_id_fkey DEFERRABLE INITIALLY DEFERRED",
            "ALTER TABLE document ALTER CONSTRAINT document_dossier_id_fkey DEFERRABLE INITIALLY DEFERRED",
        )
        estate, before = world.estate(), world.look()
        run = estate.sweep(planned(estate))
        assert run.exit_status == 0
        assert evidence(world, estate, before) == world.due()


CASCADE = {
    "postgresql": (
        "CREATE EXTENSION IF NOT EXISTS citext",
        "ALTER TABLE pagina DROP CONSTRAINT pagina_document_id_fkey",
        "ALTER TABLE document ALTER document_id TYPE citext",
        "ALTER TABLE pagina ALTER document_id TYPE citext",
        "ALTER TABLE pagina ADD FOREIGN KEY (document_id) REFERENCES document ON DELETE CASCADE",
    ),
    "mariadb": (
        "ALTER TABLE pagina DROP FOREIGN KEY pagina_ibfk_1",
        "ALTER TABLE pagina ADD FOREIGN KEY (document_id) REFERENCES document (document_id) ON DELETE CASCADE",
    ),
}


@pytest.mark.parametrize("engine", SERVERS)
def test_a_child_in_another_spelling_is_never_taken_along_without_proof(place, evidence, engine):
    with on_engine(engine, place / "org", 40) as world:
        world.sql("cvs", *CASCADE[engine])
        [(page, spelled, dossier)] = world.rows(
            "cvs",
            "SELECT p.pagina_id, p.document_id, d.dossier_id FROM pagina p JOIN document d"
            " ON d.document_id = p.document_id WHERE d.dossier_id = 4 ORDER BY 1 LIMIT 1",
        )
        assert spelled != spelled.swapcase()
        world.sql("cvs", f"UPDATE pagina SET document_id = '{spelled.swapcase()}' WHERE pagina_id = {page}")
        estate, before = world.estate(), world.look()
        run = estate.sweep(planned(estate))
        assert evidence(world, estate, before)["cvs.dossier"] == world.due()["cvs.dossier"] - {dossier}
        assert of(run, "cvs.dossier").failed == {"FAIL_STORE": 1}
        assert world.rows("cvs", f"SELECT 1 FROM pagina WHERE pagina_id = {page}")
