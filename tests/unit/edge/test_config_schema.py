"""What editors and people are told about retention.toml is what the reader does."""

import json
import tomllib

import jsonschema
import pytest

from retention.config.schema import packaged, page, remarks, schema, written
from retention.config.sections import HoldSettings
from retention.initialise import Answers, configuration

LEAST = {"organisation": {"name": "Test"}, "log": {"origin": "test.example/2026"}}


def test_the_schema_and_the_page_are_those_of_the_settings():
    for path, text in written().items():
        assert path.read_text() == text, f"{path}: python -m retention.config.schema writes it anew"


def test_every_key_says_what_it_means():
    assert "|  |" not in page()


def test_a_remark_is_the_comment_behind_its_field():
    assert remarks(HoldSettings)["wait_seconds"].startswith("how long `hold place` waits")


def test_the_schema_is_a_schema():
    jsonschema.Draft202012Validator.check_schema(json.loads(packaged()))


def test_what_init_writes_fits_the_schema():
    said = Answers(
        name="Stichting Test",
        origin="test.example/2026",
        zone="Europe/Amsterdam",
        person="ann",
        account="ann",
        store="cvs",
        url="sqlite:///cvs.db",
    )
    jsonschema.validate(tomllib.loads(configuration(said)), schema())


@pytest.mark.parametrize(
    "wrong",
    [
        {"limits": {"record": 5}},
        {"limits": {"records": "many"}},
        {"organisation": {}},
        {"logging": {"format": "xml"}},
        {"stores": {"cvs": {"adres": "x"}}},
        {"people": {"id": "ann"}},
    ],
    ids=str,
)
def test_what_the_reader_refuses_the_schema_refuses(wrong):
    jsonschema.validate(LEAST, schema())
    with pytest.raises(jsonschema.ValidationError):
        jsonschema.validate(LEAST | wrong, schema())
