"""What was declared and approved stays as it is."""

from msgspec import Struct
from msgspec.structs import replace

from retention import condition, dataset, disposition, period, policy, relation, technique, text, trigger
from tests.unit.core.judging import dataset as declared
from tests.unit.core.judging import register, rule

MODULES = (condition, dataset, disposition, period, policy, relation, technique, text, trigger)


def test_nothing_of_a_declaration_can_be_changed_once_it_is_made():
    made = [
        one
        for module in MODULES
        for one in vars(module).values()
        if isinstance(one, type) and issubclass(one, Struct) and one.__module__ == module.__name__
    ]
    assert len(made) > 30
    assert [one for one in made if not one.__struct_config__.frozen or one.__struct_config__.dict] == []


def test_a_register_made_out_of_another_has_tables_of_its_own():
    one, other = (rule(declared(name)) for name in ("dossier", "nota"))
    before = register(one)
    after = replace(before, policies=register(other).policies, datasets=())
    assert {found.id for found in before.all_datasets}.isdisjoint(found.id for found in after.all_datasets)
