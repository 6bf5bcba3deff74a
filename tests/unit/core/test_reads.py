"""What judging reads: nothing less may be fetched, digested or protected."""

from retention.condition import And, Empty, Equals, Not, exists
from retention.dataset import Dataset, Day, NoSubject, Via, via
from retention.disposition import Child, Delete
from retention.period import AT_ONCE, years
from retention.policy import LegalBasis, Policy, Register, Rule, Source, SourceStatus
from retention.reads import (
    Reading,
    columns_read,
    datasets_read,
    readings,
    reads,
    subject_columns,
    subject_datasets,
)
from retention.relation import Join
from retention.technique import Nullify
from retention.text import Text
from retention.trigger import ends, followed_by, latest, latest_of, open_while_empty, year

NOBODY = NoSubject(Text(nl="niemand", en="nobody"))


def _dataset(name: str, **more: object) -> Dataset:
    return Dataset(id=f"cvs.{name}", **{"key": ("id",), "subjects": NOBODY, **more})  # type: ignore[arg-type]


def _register(*rules: Rule, datasets: tuple[Dataset, ...] = ()) -> Register:
    policy = Policy(
        purpose="hulp",
        title=Text(nl="Hulp", en="Help"),
        legal_basis=LegalBasis.CONTRACT,
        sources=(Source(status=SourceStatus.LAW, title="Wmo 2015"),),
        owner="team",
        prepared_by="jan",
        rules=rules,
    )
    return Register(policies=(policy,), datasets=datasets)


def test_every_part_of_a_trigger_and_a_condition_is_read() -> None:
    dossier = _dataset("dossier")
    rule = Rule(
        dossier,
        where=And(Equals("soort", "wmo"), Not(Empty("team"))),
        starts_on=latest(
            "gesloten", ends("tot"), year("jaar"), open_while_empty("af", activity="log", stale_after=years(2))
        ),
        keep_for=years(5),
    )
    columns = {column for _, column in reads(rule)}
    assert columns == {"id", "soort", "team", "gesloten", "tot", "jaar", "af", "log"}


def test_the_column_a_date_cannot_precede_is_read_with_it() -> None:
    dossier = _dataset("dossier", dates={"af": Day(not_before="aan"), "aan": Day(), "anders": Day()})
    rule = Rule(dossier, starts_on="af", keep_for=years(5))
    assert reads(rule) == {("cvs.dossier", "id"), ("cvs.dossier", "af"), ("cvs.dossier", "aan")}


def test_a_relation_is_read_on_both_sides_with_the_condition_on_it() -> None:
    regel = _dataset("regel", key=("nr",))
    dossier = _dataset("dossier")
    on = Join((("dossier", "id"),), where=Equals("soort", "D"))
    rule = Rule(dossier, starts_on=latest_of(regel, "op", on, if_none="aan"), keep_for=years(5))
    assert reads(rule) == {
        ("cvs.dossier", "id"),
        ("cvs.dossier", "aan"),
        ("cvs.regel", "nr"),
        ("cvs.regel", "dossier"),
        ("cvs.regel", "soort"),
        ("cvs.regel", "op"),
    }


def test_what_only_protects_can_be_left_out() -> None:
    client, dossier = _dataset("client"), _dataset("dossier")
    rule = Rule(client, starts_on="aan", keep_for=years(1), while_referenced_by=dossier, on={"client": "nr"})
    assert ("cvs.dossier", "client") in reads(rule)
    assert ("cvs.client", "nr") in reads(rule)
    assert reads(rule, references=False) == {("cvs.client", "id"), ("cvs.client", "aan")}
    assert datasets_read(rule) == (dossier,)
    assert datasets_read(rule, references=False) == ()


def test_readings_nest_level_by_level() -> None:
    regel, maatregel = _dataset("regel"), _dataset("maatregel")
    dossier = _dataset("dossier")
    inner = latest_of(maatregel, "tot", "regel_id")
    rule = Rule(dossier, starts_on=latest_of(regel, inner, "dossier_id"), keep_for=years(5))
    below = Reading(dataset=maatregel, on=Join((("regel_id", "regel_id"),)))
    expected = (Reading(dataset=regel, on=Join((("dossier_id", "dossier_id"),)), then=(below,)),)
    assert readings(_register(rule), dossier) == expected


def test_readings_of_one_relation_are_merged_with_everything_behind_each() -> None:
    regel, soort, team = _dataset("regel"), _dataset("soort"), _dataset("team")
    dossier = _dataset(
        "dossier", subjects={"client": Via(Join((("dossier_id", "id"),)), regel, via("team", team, "wie"))}
    )
    on = Join((("dossier_id", "id"),), where=exists(soort, "soort"))
    rule = Rule(dossier, where=exists(regel, on), keep_for=AT_ONCE)
    (reading,) = readings(_register(rule), dossier)
    assert reading.on == Join((("dossier_id", "id"),))
    assert [below.dataset for below in reading.then] == [soort, team]


def test_a_chain_is_looked_up_once_more_than_its_bound() -> None:
    dossier, regel = _dataset("dossier"), _dataset("regel")
    chain = followed_by(latest_of(regel, "op", "id"), {"vorige": "id"}, at_most=3)
    own, follows, precedes = readings(_register(Rule(dossier, starts_on=chain, keep_for=years(1))), dossier)
    assert (own.dataset, own.chain) == (regel, 1)
    assert (follows.dataset, follows.chain) == (dossier, 4)
    assert [below.dataset for below in follows.then] == [regel]
    assert (precedes.dataset, precedes.on, precedes.chain) == (dossier, Join((("id", "vorige"),)), 4)


def test_the_readings_of_another_dataset_are_not_ours() -> None:
    dossier, client = _dataset("dossier"), _dataset("client")
    rule = Rule(client, starts_on="aan", keep_for=years(1), while_referenced_by=dossier, on="client")
    register = _register(rule, Rule(dossier, starts_on="af", keep_for=years(5)))
    assert readings(register, dossier) == ()
    (reading,) = readings(register, client)
    assert (reading.dataset, reading.on) == (dossier, Join((("client", "client"),)))


def test_the_columns_of_a_dataset_include_what_others_read_of_it() -> None:
    kind = _dataset("kind", subjects={"client": "wie"})
    document = _dataset("document", subjects={"client": via({"nr": "dossier"}, kind, "wie")})
    dossier = _dataset(
        "dossier",
        key=("nr", "deel"),
        fields={"naam": Nullify()},
        subjects={"client": via({"dossier_nr": "nummer"}, kind, "wie")},
        then=Delete(children=(Child(document, on=Join((("dossier", "extern_nr"),), where=Equals("soort", "D"))),)),
    )
    client = _dataset("client")
    register = _register(
        Rule(client, starts_on="aan", keep_for=years(1), while_referenced_by=dossier, on="client_id"),
        Rule(dossier, starts_on="af", keep_for=years(5)),
        datasets=(kind, document),
    )
    assert columns_read(register, dossier) == ("af", "client_id", "deel", "extern_nr", "naam", "nr", "nummer")
    assert columns_read(register, document) == ("dossier", "id", "soort")
    assert columns_read(register, kind) == ("dossier_nr", "id", "nr", "wie")


def test_subject_paths_are_followed_to_their_column() -> None:
    client, koppel = _dataset("client"), _dataset("koppel")
    dossier = _dataset("dossier", subjects={"client": via("id", koppel, via("client_id", client, "nummer"))})
    assert subject_datasets(dossier) == (koppel, client)
    assert ("cvs.client", "nummer") in subject_columns(dossier)
    assert ("cvs.koppel", "client_id") in subject_columns(dossier)
