"""What is swept: contact moments and what is attached to them, five years after they were closed.

A benchmark copies this file beside its configuration, as `policies.py`.
"""

from retention.dataset import Dataset, Day, via
from retention.disposition import Child, Delete
from retention.period import years
from retention.policy import LegalBasis, Policy, Register, Rule, Source, SourceStatus
from retention.text import Text

CONTACT_MOMENT = Dataset(
    id="crm.contact_moment",
    key=("id",),
    subjects={"client": "client_id"},
    then=Delete(children=(Child("crm.attachment", on={"contact_moment_id": "id"}),)),
    dates={"closed_at": Day()},
)
ATTACHMENT = Dataset(
    id="crm.attachment",
    key=("id",),
    subjects={"client": via({"id": "contact_moment_id"}, CONTACT_MOMENT, "client_id")},
)
POLICY = Policy(
    purpose="advice",
    title=Text(nl="Advies", en="Advice"),
    legal_basis=LegalBasis.PUBLIC_TASK,
    sources=(
        Source(
            status=SourceStatus.OWN_CHOICE,
            reasoning=Text(nl="Verzonnen, om te meten.", en="Invented, to measure with."),
        ),
    ),
    owner="team advice",
    prepared_by="preparer",
    rules=(Rule(CONTACT_MOMENT, starts_on="closed_at", keep_for=years(5)),),
)
REGISTER = Register(policies=(POLICY,), datasets=(CONTACT_MOMENT, ATTACHMENT))
