"""The settings: what they must say, and what they never say."""

import re
from pathlib import Path

import pytest

from retention import config
from retention.config import Settings
from retention.errors import ConfigError
from retention.initialise import Answers, configuration

LEAST = """
[organisation]
name = "Stichting Test"
[log]
origin = "test.example/2026"
"""


def load(folder: Path, more: str = "", **environ: str) -> Settings:
    file = folder / "retention.toml"
    file.write_text(LEAST + more)
    return config.load(file, environ)


def mistake(folder: Path, more: str, **environ: str) -> str:
    with pytest.raises(ConfigError) as caught:
        load(folder, more, **environ)
    return str(caught.value)


def test_what_is_not_said_has_its_default(tmp_path: Path):
    settings = load(tmp_path)
    assert (settings.organisation.zone, settings.limits.records, settings.holds.cooling_off_days) == (
        "Europe/Amsterdam",
        1000,
        7,
    )


def test_paths_begin_at_the_files_folder(tmp_path: Path):
    settings = load(tmp_path, '[state]\ndirectory = "memory"\n[stores.cvs]\nurl = "sqlite:///data/cvs.db"\n')
    assert settings.control_file == tmp_path / "memory" / "control.db"
    assert settings.stores["cvs"].url == f"sqlite:///{tmp_path}/data/cvs.db"


def test_an_unknown_key_is_an_error_that_lists_the_known_ones(tmp_path: Path):
    said = mistake(tmp_path, "[limits]\nrecord = 5\n")
    assert f"{tmp_path}/retention.toml: limits.record is unknown; known are records, share, at_least." == said


def test_every_mistake_is_named_at_once(tmp_path: Path):
    said = mistake(tmp_path, '[limits]\nrecords = "many"\n[holds]\nwait_seconds = 1.5\n[[people]]\nid = "ann"\n')
    assert [line.partition(": ")[2].split()[0] for line in said.splitlines()] == [
        "people[1].name",
        "limits.records",
        "holds.wait_seconds",
    ]


@pytest.mark.parametrize(
    ("more", "where"),
    [
        ("[limits]\nshare = 5\n", "limits.share"),
        ("[limits]\nrecords = -1\n", "limits.records"),
        ("[limits]\nrecords = true\n", "limits.records"),
        ("[sweep]\nbatch_milliseconds = 0\n", "sweep.batch_milliseconds"),
        ("[sweep]\nbudget_minutes = 0\n", "sweep.budget_minutes"),
        ("[sweep]\nrate = 0\n", "sweep.rate"),
        ("[sweep]\nreplica_lag_seconds = 0\n", "sweep.replica_lag_seconds"),
        ('[sweep]\nwindows = ["22:00-06:00", "23:00-23:00"]\n', "sweep.windows[2]"),
        ('[sweep]\nwindows = "22:00-06:00"\n', "sweep.windows"),
        ("[stores.cvs]\nurl = 'postgresql://h/d'\nreplica_urls = 'postgresql://h/d'\n", "stores.cvs.replica_urls"),
        ("[stores.cvs]\nurl = 'postgresql://h/d'\nreplica_urls = ['x']\n", "stores.cvs.replica_urls[1]"),
        ("[stores.cvs]\nurl = 'sqlite:///a'\nreplica_urls = ['sqlite:///b']\n", "stores.cvs.replica_urls[1]"),
        ('[schedule]\nsweep = "at night"\n', "schedule.sweep"),
        ('[policies]\nregister = "policies"\n', "policies.register"),
        ('[logging]\nformat = "xml"\n', "logging.format"),
        ('[[people]]\nid = "Ann Smith"\nname = "A"\naccount = "a"\n', "people.Ann Smith"),
        ('[[people]]\nid = "ann"\nname = "A"\n', "people.ann"),
        ("[stores]\ncvs = 1\n", "stores.cvs"),
        ("[stores.CVS]\nurl = 'sqlite:///a.db'\n", "stores.CVS"),
        ("[stores.cvs]\n", "stores.cvs.url"),
        ("[stores.cvs]\nurl = 'no url'\n", "stores.cvs.url"),
        ("[stores.cvs]\nurl = '${ABSENT}'\n", "stores.cvs.url"),
        ("people = 3\n", "log.people"),
    ],
    ids=lambda value: value if "\n" not in value else "",
)
def test_what_it_cannot_mean_is_refused_with_its_place(tmp_path: Path, more: str, where: str):
    assert f"{tmp_path}/retention.toml: {where} " in mistake(tmp_path, more)


def test_every_window_that_never_opens_is_named_at_once_with_what_to_write(tmp_path: Path):
    said = mistake(tmp_path, '[sweep]\nwindows = ["22-6", "zo 01:00-02:00", "05:00-05:00"]\nrate = 0\n')
    assert [line.split(": ", 1)[1].split(" ")[0] for line in said.splitlines()] == [
        "sweep.windows[1]",
        "sweep.windows[2]",
        "sweep.windows[3]",
        "sweep.rate",
    ]
    assert "write 00:00-24:00 for whole days" in said


def test_replicas_come_from_the_environment_with_one_password_and_are_shown_without_it(tmp_path: Path):
    more = "[stores.cvs]\nurl = 'postgresql://u@h/d'\n"
    settings = load(
        tmp_path,
        more,
        RETENTION_STORE_CVS_REPLICA_URLS="postgresql://u@one/d postgresql://u@two/d",
        RETENTION_STORE_CVS_REPLICA_PASSWORD="geheim@1",  # noqa: S106 - of nobody
    )
    assert settings.stores["cvs"].replica_urls == ("postgresql://u:geheim%401@one/d", "postgresql://u:geheim%401@two/d")
    assert "geheim" not in f"{settings!r}{settings.shown()}"


def test_a_zone_that_is_none_is_refused(tmp_path: Path):
    (tmp_path / "retention.toml").write_text(LEAST.replace('Test"', 'Test"\nzone = "Europe/Haarlem"'))
    with pytest.raises(ConfigError, match=r"organisation\.zone is no time zone"):
        config.load(tmp_path / "retention.toml", {})


def test_two_people_never_share_an_account(tmp_path: Path):
    two = '[[people]]\nid = "ann"\nname = "A"\naccount = "x"\n[[people]]\nid = "bob"\nname = "B"\naccount = "x"\n'
    assert "people.account 'x' belongs to 2 people" in mistake(tmp_path, two)


def test_what_is_no_toml_is_named_with_its_line(tmp_path: Path):
    assert "line 6" in mistake(tmp_path, "[[[\n")


HUSHED = '[stores.pg]\nurl = "postgresql://ann:${PW}@db/cvs?sslpassword=hush"\n'


def test_a_secret_of_the_environment_reaches_the_store(tmp_path: Path):
    settings = load(tmp_path, HUSHED, PW="oudewater")
    assert settings.stores["pg"].url == "postgresql://ann:oudewater@db/cvs?sslpassword=hush"


def test_a_password_of_its_own_variable_may_hold_any_character(tmp_path: Path):
    variables = {"RETENTION_STORE_PG_PASSWORD": "a@b/c:d"}
    settings = load(tmp_path, '[stores.pg]\nurl = "postgresql://ann@db/cvs"\n', **variables)
    assert settings.stores["pg"].url == "postgresql://ann:a%40b%2Fc%3Ad@db/cvs"


def test_a_whole_url_may_come_from_the_environment(tmp_path: Path):
    settings = load(tmp_path, "[stores.pg]\n", RETENTION_STORE_PG_URL="postgresql://ann:x@db/cvs")
    assert settings.stores["pg"].url == "postgresql://ann:x@db/cvs"


def test_a_password_may_be_the_first_line_of_a_file_that_the_environment_names(tmp_path: Path):
    (tmp_path / "secret").write_text("a@b/c:d\n")
    variables = {"RETENTION_STORE_PG_PASSWORD_FILE": str(tmp_path / "secret")}
    settings = load(tmp_path, '[stores.pg]\nurl = "postgresql://ann@db/cvs"\n', **variables)
    assert settings.stores["pg"].url == "postgresql://ann:a%40b%2Fc%3Ad@db/cvs"


def test_a_password_file_that_cannot_be_read_is_named_by_its_variable(tmp_path: Path):
    said = '[stores.pg]\nurl = "postgresql://ann@db/cvs"\n'
    with pytest.raises(ConfigError, match="RETENTION_STORE_PG_PASSWORD_FILE names a file that cannot be read"):
        load(tmp_path, said, RETENTION_STORE_PG_PASSWORD_FILE=str(tmp_path / "absent"))


def test_secrets_stand_in_no_repr_no_listing_and_no_error(tmp_path: Path):
    settings = load(tmp_path, HUSHED, PW="oudewater")
    for shown in (repr(settings), str(settings.shown())):
        assert "oudewater" not in shown
        assert "hush" not in shown
    assert "hush" not in mistake(tmp_path, HUSHED)


def test_the_digest_is_of_the_settings_and_not_of_the_secrets(tmp_path: Path):
    one = load(tmp_path, HUSHED, PW="oudewater").digest()
    other = load(tmp_path, HUSHED, PW="changed").digest()
    stricter = load(tmp_path, HUSHED + "[limits]\nrecords = 5\n", PW="changed").digest()
    assert one == other
    assert one != stricter


def test_the_file_that_was_named_goes_before_the_variable_and_the_folder(tmp_path: Path):
    for name in ("retention.toml", "named.toml", "variable.toml"):
        (tmp_path / name).write_text(LEAST)
    variable = {"RETENTION_CONFIG": str(tmp_path / "variable.toml")}
    assert config.find(tmp_path / "named.toml", variable, tmp_path).name == "named.toml"
    assert config.find(None, variable, tmp_path).name == "variable.toml"
    assert config.find(None, {}, tmp_path).name == "retention.toml"


def test_without_a_configuration_somebody_is_told_how_to_make_one(tmp_path: Path):
    with pytest.raises(ConfigError, match="retention init"):
        config.find(None, {}, tmp_path)


def test_a_first_configuration_names_the_variable_of_a_password_as_it_is_read(tmp_path):
    answers = Answers(
        name="STORE ORIGIN", origin="ORIGIN", zone="Europe/Amsterdam", person="ann", account="ann",
        store="pg", url="postgresql://ann@STORE/cvs",
    )  # fmt: skip
    text = configuration(answers)
    [named] = set(re.findall(r"(\w+_<NAME>_PASSWORD)\b", text))
    file = tmp_path / "retention.toml"
    file.write_text(text)
    settings = config.load(file, {named.replace("<NAME>", "PG"): "secret"})
    assert settings.stores["pg"].url == "postgresql://ann:secret@STORE/cvs"
    assert (settings.organisation.name, settings.log.origin) == ("STORE ORIGIN", "ORIGIN")


@pytest.mark.parametrize("given", ["variable", "file", "setting"])
def test_a_secret_setting_is_read_from_the_environment_and_masked_where_it_is_shown(tmp_path, given):
    (tmp_path / "alive").write_text("https://alive.example/t0ken\nnot this\n")
    said = {
        "variable": {"RETENTION_ALIVE_URL": "https://alive.example/t0ken"},
        "file": {"RETENTION_ALIVE_URL_FILE": str(tmp_path / "alive")},
        "setting": {},
    }[given]
    more = '[alive]\nurl = "https://alive.example/t0ken"\n' if given == "setting" else ""
    settings = load(tmp_path, more, **said)
    assert settings.alive.url == "https://alive.example/t0ken"
    assert settings.shown()["alive"]["url"] == "***"
    assert "t0ken" not in repr(settings)
