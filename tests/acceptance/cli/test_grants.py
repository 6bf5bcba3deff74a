"""What `retention grants` answers without a server."""

import pytest

from .conftest import Office

URL = "postgresql://veger:geheim-woord@db.example/cvs"


def test_a_script_holds_nothing_that_a_shell_or_a_server_would_run_but_statements_and_no_password(office: Office):
    said = office.run("grants", "--store", "cvs", RETENTION_STORE_CVS_URL=URL)
    assert said.exit_code == 0
    lines = [line for line in said.stdout.splitlines() if line]
    assert all(line.startswith(("-- ", "GRANT ", "ALTER ROLE ")) for line in lines)
    assert "geheim-woord" not in said.stdout
    assert "GRANT DELETE ON public.dossier TO veger;" in lines
    assert said.stdout == office.run("grants", RETENTION_STORE_CVS_URL=URL).stdout, "the same, in the same order"


def test_without_credentials_for_reading_the_script_says_what_that_costs(office: Office):
    alone = office.run("grants", RETENTION_STORE_CVS_URL=URL).stdout
    assert "[stores.cvs] has no read_url" in alone
    reads = URL.replace("veger", "kijker")
    both = office.run("grants", RETENTION_STORE_CVS_URL=URL, RETENTION_STORE_CVS_READ_URL=reads).stdout
    assert "has no read_url" not in both
    assert "GRANT CONNECT ON DATABASE cvs TO kijker;" in both


@pytest.mark.parametrize(
    ("options", "says"),
    [
        (("--store", "crm"), "the register has no dataset there. Stores: cvs."),
        (("--dry-run-account", "een", "--sweep-account", "een"), "so that a dry run could write"),
        (("--sweep-account", "een\nDROP TABLE dossier; --"), "is no name of an account"),
    ],
)
def test_what_cannot_be_meant_is_refused(office: Office, options: tuple[str, ...], says: str):
    said = office.run("grants", *options, RETENTION_STORE_CVS_URL=URL)
    assert (said.exit_code, says in said.stderr) == (2, True), said.output
