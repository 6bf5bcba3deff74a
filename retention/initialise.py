"""Set up an installation: configuration, keys, trust file, control store, and a log of one entry.

Nothing that is there is ever overwritten: a second run makes what is missing and says what was there. A log's key is
made only for a log that does not exist: a new key beside an old log, trust file or control store would be a second one.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from datetime import datetime
from importlib import resources
from pathlib import Path
from zoneinfo import ZoneInfo

from msgspec import Struct
from sqlalchemy.engine import make_url

from retention.audit.keys import (
    make_log_key,
    make_pseudonym_key,
    make_spool_key,
    pseudonym_key_path,
    write_trust,
)
from retention.audit.signer import from_uri
from retention.bootstrap import open_log
from retention.config import Settings
from retention.control.sqlite import SqliteControlStore
from retention.drafting.guess import Guess
from retention.drafting.write import Draft, draft
from retention.errors import ConfigError
from retention.policy import Register
from retention.pseudonyms import pseudonym_names
from retention.stores.registry import open_source


class Answers(Struct, frozen=True, kw_only=True):
    """What `init` must be told to write a configuration."""

    name: str
    origin: str
    zone: str
    person: str  # configured id of whoever runs this
    account: str  # their operating-system account
    store: str | None = None  # the store's name in dataset ids; None: to be added by hand
    url: str | None = None  # without a password


class Step(Struct, frozen=True):
    """One thing that an installation needs."""

    path: Path
    made: bool  # False: it was there already


def configuration(answers: Answers) -> str:
    """The text of a configuration: what was answered, and every other setting explained."""
    store = _template("store.toml.txt") if answers.store is not None else _template("no_store.toml.txt")
    text = _template("retention.toml.txt").replace("STORES\n", store.replace("STORE", answers.store or ""))
    said = {
        "NAME": answers.name,
        "ORIGIN": answers.origin,
        "ZONE": answers.zone,
        "PERSON": answers.person,
        "ACCOUNT": answers.account,
        "URL": answers.url or "",
    }
    # In one go: what was answered is no template, whatever it says.
    return re.sub(f'"({"|".join(said)})"', lambda word: json.dumps(said[word[1]], ensure_ascii=False), text)


def write_new(path: Path, text: str) -> Step:
    """Write a file that is not there yet, its folders too; one that is there is left as it is.

    Raises:
        ConfigError: it cannot be written.

    """
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        with path.open("x", encoding="utf-8") as file:
            file.write(text)
    except FileExistsError:
        return Step(path, made=False)
    except OSError as error:
        raise ConfigError(f"{path}: cannot be written ({error.strerror}). Check the folder and its mode.") from error
    return Step(path, made=True)


def initialise(settings: Settings, register: Register | None, *, now: datetime) -> Iterator[Step]:
    """Make what is missing of keys, trust file, control store and log, in the order in which they need each other.

    `register` names the pseudonym keys; None: it cannot be read yet.

    Raises:
        ConfigError: what is there does not fit together.
        ControlError, AuditError: the control store or the log cannot be made.

    """
    yield _log_key(settings)
    yield _spool_key(settings)
    yield from _pseudonym_keys(settings, register)
    yield _trust(settings)
    yield _control(settings, now)


def draft_policies(settings: Settings, store: str, *, prepared_by: str) -> Draft:
    """Policies drafted from a configured store's live schema.

    Raises:
        StoreError: it cannot be read.

    """
    source = open_source(store, settings.stores[store].source_url, zone=ZoneInfo(settings.organisation.zone))
    try:
        schema = source.schema()
    finally:
        source.close()
    guess = Guess(store, schema, make_url(settings.stores[store].source_url).get_backend_name())
    return draft(guess, zone=settings.organisation.zone, prepared_by=prepared_by)


def write_first_register(folder: Path, *, prepared_by: str) -> Step:
    """Write an empty register that shows how to begin; policies that are there already are left as they are."""
    if (folder / "policies").exists() or (folder / "policies.py").exists():
        return Step(folder / "policies", made=False)
    text = _template("first_register.py.txt").replace("PREPARED_BY", prepared_by)
    return write_new(folder / "policies" / "__init__.py", text)


def write_draft(drafted: Draft, folder: Path) -> Iterator[Step]:
    """Write a draft beside the configuration; policies that are there already are left as they are, all of them."""
    if (folder / "policies").exists() or (folder / "policies.py").exists():
        yield Step(folder / "policies", made=False)
        return
    for name, text in drafted.files.items():
        yield write_new(folder / name, text)


def _log_key(settings: Settings) -> Step:
    path = settings.log_key_file
    if path.exists():
        return Step(path, made=False)
    for known in (settings.log.trust, settings.control_file, settings.log_directory / "checkpoint"):
        if known.exists():
            raise ConfigError(
                f"{path}: is missing, and {known} is there: a log was begun with that key. Restore the key; a new one "
                "would sign a second history."
            )
    make_log_key(path, settings.log.origin)
    return Step(path, made=True)


def _spool_key(settings: Settings) -> Step:
    path = settings.keys.directory / "refkeys" / "spool.key"
    if path.exists():
        return Step(path, made=False)
    make_spool_key(settings.keys.directory)
    return Step(path, made=True)


def _pseudonym_keys(settings: Settings, register: Register | None) -> Iterator[Step]:
    for name in pseudonym_names(register) if register is not None else ():
        path = pseudonym_key_path(settings.keys.directory, name)
        made = not path.exists()
        if made:
            make_pseudonym_key(settings.keys.directory, name)
        yield Step(path, made)


def _trust(settings: Settings) -> Step:
    path = settings.log.trust
    if path.exists():
        return Step(path, made=False)
    write_trust(path, from_uri(f"file:{settings.log_key_file}").vkey)
    return Step(path, made=True)


def _control(settings: Settings, now: datetime) -> Step:
    """The control store and the log's first entry; one without the other is completed."""
    path = settings.control_file
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    made = not path.exists()
    if made and (settings.log_directory / "checkpoint").exists():
        raise ConfigError(
            f"{path}: is missing, and {settings.log_directory} holds a log. Restore the control store from its "
            "back-up; a new one would know no holds."
        )
    log = open_log(settings)
    store = SqliteControlStore.create(path) if made else SqliteControlStore.open(path)
    try:
        with store.transaction() as control:
            if control.size() == 0:
                log.initialise(control, time=now)
    finally:
        store.close()
    return Step(path, made)


def _template(name: str) -> str:
    return resources.files("retention.drafting").joinpath("templates", name).read_text("utf-8")
