"""Approvals: the page, who may say yes, and what a yes is of."""

from datetime import date, timedelta

import pytest
from msgspec.structs import replace

from retention.approving import approve, one_page, sign, signed_by, withdraw
from retention.control.memory import MemoryControlStore
from retention.errors import PlanRefused, UsageError
from retention.people import People, Person
from retention.plan import ApprovalMode
from tests.conformance.control.control_values import FINGERPRINT, NOW, plan

REPORT = {"datasets": {"cvs.dossier": {"actions": {"delete": 2, "anonymise": 1}, "limit": 45}}}
PAGE = f"""\
retention-plan/v1

digest: {plan().digest}
made: 2026-07-01T02:00:00Z
reference date / peildatum: 2026-07-01
prepared by / opgesteld door: nightly
records: 3

cvs.client: 0
  root: {"00" * 32}
  fingerprint / vingerafdruk: {"cd" * 32}

cvs.dossier: 3
  anonymise: 1
  delete: 2
  of / van: 900
  limit / grens: 45
  root: {"11" * 32}
  fingerprint / vingerafdruk: {FINGERPRINT}

Wie dit ondertekent, keurt goed dat deze lijst wordt uitgevoerd, min wat intussen is geblokkeerd, gewijzigd of weg.
Met --standing geldt het akkoord ook voor latere lijsten met dezelfde vingerafdrukken, twaalf maanden lang.
Whoever signs this approves that this list is carried out, minus what has since been held, changed or gone.
With --standing the approval also covers later lists with the same fingerprints, for twelve months.
"""


@pytest.fixture
def store():
    store = MemoryControlStore(lock_wait=0.01)
    yield store
    store.close()


def _approve(store, **changes):
    given = {
        "signer": "k.smit",
        "role": "process-owner",
        "preparers": {"j.jansen"},
        "standing": False,
        "allow": {},
        "signature_sha256": None,
        "now": NOW,
    }
    return approve(store, plan(), **given | changes)


def _said(store):
    with store.reading() as control:
        return control.approvals()


def test_the_page_is_the_same_byte_for_byte():
    assert one_page(plan(), REPORT) == PAGE


def test_the_page_does_not_depend_on_order():
    assert one_page(replace(plan(), datasets=plan().datasets[::-1]), REPORT) == PAGE


def test_a_report_that_tells_nothing_still_makes_a_page():
    assert f"digest: {plan().digest}" in one_page(plan(), {})


def test_an_approval_is_of_the_list_for_thirty_days(store):
    (given,) = _approve(store)
    assert (given.of, given.mode, given.expires) == (plan().digest, ApprovalMode.LIST, date(2026, 7, 31))
    assert _said(store) == (given,)


def test_a_standing_approval_is_of_every_fingerprint_too_for_a_year(store):
    first, *standing = _approve(store, standing=True)
    assert first.mode is ApprovalMode.LIST
    assert [(a.of, a.dataset, a.mode, a.expires) for a in standing] == [
        ("cd" * 32, "cvs.client", ApprovalMode.STANDING, date(2027, 7, 1)),
        (FINGERPRINT, "cvs.dossier", ApprovalMode.STANDING, date(2027, 7, 1)),
    ]


@pytest.mark.parametrize("signer", ["nightly", "j.jansen"], ids=["made the plan", "prepared a policy"])
def test_nobody_approves_their_own_work(store, signer):
    with pytest.raises(UsageError, match="four eyes"):
        _approve(store, signer=signer)
    assert _said(store) == ()


def test_the_privacy_officer_advises_and_does_not_approve(store):
    with pytest.raises(UsageError, match="38"):
        _approve(store, role="privacy-officer")


def test_an_expired_plan_is_not_approved(store):
    with pytest.raises(PlanRefused, match="expired"):
        _approve(store, now=NOW + timedelta(days=31))


@pytest.mark.parametrize("allow", [{"cvs.dosier": 5}, {"cvs.dossier": 0}], ids=["unknown dataset", "nothing"])
def test_only_records_of_the_plan_are_allowed(store, allow):
    with pytest.raises(UsageError, match="--allow"):
        _approve(store, allow=allow)
    assert _said(store) == ()


def test_what_is_allowed_is_for_the_dataset_and_its_fingerprint(store):
    _approve(store, allow={"cvs.dossier": 50})
    with store.reading() as control:
        assert [a.records for a in control.allowances("cvs.dossier", FINGERPRINT)] == [50]


def test_typing_an_approval_twice_does_not_allow_twice_as_many(store):
    for _ in range(2):
        _approve(store, allow={"cvs.dossier": 50})
    with store.reading() as control:
        assert sum(a.records - a.used for a in control.allowances("cvs.dossier", FINGERPRINT)) == 50


def test_a_standing_approval_can_be_renewed(store):
    _approve(store, standing=True)
    _, renewed, _ = _approve(store, standing=True, now=NOW + timedelta(days=20))
    assert renewed.expires == date(2027, 7, 21)
    assert renewed in _said(store)


def test_a_withdrawal_is_the_last_word(store):
    _approve(store, standing=True)
    gone = withdraw(store, plan(), signer="k.smit", role="process-owner", standing=True, now=NOW)
    assert {a.of for a in gone} == {plan().digest, "cd" * 32, FINGERPRINT}
    assert not any(a.granted for a in _said(store)[-3:])


def test_a_withdrawal_of_a_list_leaves_standing_approvals(store):
    _approve(store, standing=True)
    gone = withdraw(store, plan(), signer="k.smit", role="process-owner", standing=False, now=NOW)
    assert [a.of for a in gone] == [plan().digest]


def test_nothing_approved_is_nothing_to_withdraw(store):
    with pytest.raises(UsageError, match="nothing to withdraw"):
        withdraw(store, plan(), signer="k.smit", role="process-owner", standing=True, now=NOW)


def _person(key=(), **changes):
    return replace(
        Person(id="k.smit", name="Karin Smit", roles=("process-owner",), account="ksmit", ssh_keys=key), **changes
    )


def test_a_signature_names_its_person(tmp_path, ssh_key):
    private, public = ssh_key("ed25519")
    (tmp_path / "page.sig").write_text(sign(PAGE, private))
    assert signed_by(PAGE, tmp_path / "page.sig", People([_person((public,))])).person.id == "k.smit"


def test_a_signature_of_nobody_says_what_to_add(tmp_path, ssh_key):
    private, public = ssh_key("ed25519")
    (tmp_path / "page.sig").write_text(sign(PAGE, private))
    with pytest.raises(UsageError) as refused:
        signed_by(PAGE, tmp_path / "page.sig", People([]))
    assert f'ssh_keys = ["{public}"]' in str(refused.value)


def test_an_account_of_nobody_says_what_to_add():
    with pytest.raises(UsageError) as refused:
        People([_person()]).by_account("DOMAIN\\jan")
    assert "[[people]]" in str(refused.value)


def test_an_account_names_its_person():
    assert People([_person()]).by_account("ksmit").id == "k.smit"


def test_one_key_is_one_person(ssh_key):
    _, public = ssh_key("ed25519")
    with pytest.raises(Exception, match="another person's"):
        People([_person((public,)), _person((public + " comment",), id="j.jansen")])


@pytest.mark.parametrize("roles", [("operator",), ("privacy-officer",)])
def test_a_person_without_a_deciding_role_may_not_approve(roles):
    with pytest.raises(UsageError, match="may not approve"):
        _person(roles=roles).approving_role(("process-owner", "privacy-officer"))
