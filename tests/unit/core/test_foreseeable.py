"""What is judged of a record before its batch begins must not hang on what batches before it dispose of."""

from dataclasses import replace
from types import MappingProxyType

import pytest

from benchmarks.register import ATTACHMENT, CONTACT_MOMENT, POLICY, REGISTER
from retention.columns import foreseeable, stands_alone
from retention.dataset import Dataset, NoSubject, via
from retention.disposition import Child, Delete
from retention.policy import Register
from retention.text import Text

NOBODY = NoSubject(Text(nl="niemand", en="nobody"))
CLIENT = Dataset(id="crm.client", key=("id",), subjects=NOBODY)
ELSEWHERE = Dataset(id="org.client", key=("id",), subjects=NOBODY)


def moments(path, below=None):
    """A register of moments whose subjects are reached along a path, and those of their attachments along another."""
    moment = replace(CONTACT_MOMENT)
    attachment = replace(ATTACHMENT)
    then = Delete(children=(Child(attachment, on={"contact_moment_id": "id"}),))
    object.__setattr__(moment, "then", then)
    object.__setattr__(moment, "subjects", MappingProxyType({"client": path(moment)}))
    object.__setattr__(attachment, "subjects", MappingProxyType({"client": (below or up)(moment)}))
    [rule] = POLICY.rules
    policy = replace(POLICY, rules=(replace(rule, dataset=moment),))
    return Register(policies=(policy,), datasets=(moment, attachment, CLIENT, ELSEWHERE)), moment


def up(moment):
    return via({"id": "contact_moment_id"}, moment, "client_id")


@pytest.mark.parametrize(
    ("path", "below", "expected"),
    [
        (lambda _: "client_id", None, True),
        (lambda _: via({"id": "client_id"}, CLIENT, "number"), None, True),
        (lambda _: via({"id": "client_id"}, ELSEWHERE, "number"), None, False),
        (lambda moment: via({"id": "previous_id"}, moment, "client_id"), None, False),
        (lambda _: "client_id", lambda moment: via({"id": "about_id"}, moment, "client_id"), False),
    ],
    ids=["itself", "its store", "another store", "another record", "a child's other record"],
)
def test_subjects_are_foreseen_unless_other_batches_or_stores_may_change_them(path, below, expected):
    register, moment = moments(path, below)
    assert stands_alone(register, moment)
    assert foreseeable(register, moment) is expected


def test_what_is_measured_is_foreseeable():
    assert foreseeable(REGISTER, CONTACT_MOMENT)
