"""How rights are said to an administrator: names of any spelling, no password, and what an account has compared."""

import pytest

from retention.dataset import Dataset, Day
from retention.grants import Needs, needs
from retention.period import years
from retention.policy import Register, Rule
from retention.stores.grants import Held, Purpose, Right, Statement, missing, surplus
from retention.stores.registry import grant_script
from tests.integration.run.world import policy

PASSWORD = "geheim-woord"  # noqa: S105 - of nobody


@pytest.fixture
def wanted() -> Needs:
    """Of a table whose names are written otherwise than SQL likes."""
    order = Dataset(
        id="zorg.order",
        collection="Oud_Archief.Order",
        key=("order",),
        subjects={"client": "Cliënt Nr"},
        dates={"op": Day()},
    )
    register = Register(policies=(policy("hulp", Rule(order, starts_on="op", keep_for=years(5))),))
    return needs(register, "zorg", alone=True)


def script(engine: str, wanted: Needs, account: str) -> list[str]:
    url = f"{engine}://veger:{PASSWORD}@host/zorg_1"
    return [one.sql for one in grant_script("zorg", url, wanted, Purpose.SWEEP, account).statements]


def test_names_are_quoted_where_postgresql_needs_it(wanted):
    assert script("postgresql", wanted, "Veger") == [
        'GRANT CONNECT ON DATABASE zorg_1 TO "Veger"',
        'GRANT USAGE ON SCHEMA "Oud_Archief" TO "Veger"',
        'GRANT SELECT ("Cliënt Nr", op, "order") ON "Oud_Archief"."Order" TO "Veger"',
        'GRANT DELETE ON "Oud_Archief"."Order" TO "Veger"',
        'GRANT UPDATE ("order") ON "Oud_Archief"."Order" TO "Veger"',
    ]


def test_names_are_quoted_where_mariadb_needs_it_and_a_databases_is_no_pattern(wanted):
    assert script("mariadb", wanted, "ve'ger@10.0.%") == [
        "GRANT REFERENCES ON `Oud\\_Archief`.* TO 've''ger'@'10.0.%'",
        "GRANT REFERENCES ON `zorg\\_1`.* TO 've''ger'@'10.0.%'",
        "GRANT SELECT (`Cliënt Nr`, op, `order`) ON `Oud_Archief`.`Order` TO 've''ger'@'10.0.%'",
        "GRANT DELETE ON `Oud_Archief`.`Order` TO 've''ger'@'10.0.%'",
    ]


@pytest.mark.parametrize("engine", ["postgresql", "mariadb"])
def test_every_grant_can_be_taken_back_and_says_why_it_is_there(wanted, engine):
    for purpose in Purpose:
        found = grant_script("zorg", f"{engine}://veger:{PASSWORD}@host/zorg", wanted, purpose, "veger")
        assert PASSWORD not in repr(found)
        for one in found.statements:
            assert one.why
            if one.rights:
                assert one.undo == one.sql.replace("GRANT", "REVOKE", 1).replace(" TO ", " FROM ", 1)


def test_a_right_to_the_whole_makes_none_missing_and_is_too_much():
    one = Statement(sql="", undo="", why="", rights=(Right("t", "SELECT", "a"), Right("t", "DELETE")))
    whole = Held(right=Right("t", "SELECT"), undo="REVOKE SELECT ON t FROM x")
    assert missing([one], [whole], lambda right: [Right(right.on, right.verb)]) == (Right("t", "DELETE"),)
    assert surplus([one], [whole, Held(right=Right("t", "DELETE"))]) == (whole,)


@pytest.mark.parametrize(("engine", "name"), [("postgresql", '"btw 21%"'), ("mariadb", "`btw 21%`")])
def test_a_name_with_a_percent_sign_is_said_as_it_is(engine, name):
    order = Dataset(id="zorg.order", collection="btw 21%", key=("id",), subjects={"client": "nr"}, dates={"op": Day()})
    register = Register(policies=(policy("hulp", Rule(order, starts_on="op", keep_for=years(5))),))
    said = "\n".join(script(engine, needs(register, "zorg", alone=True), "veger"))
    assert name in said
    assert "%%" not in said
