import stat

import pytest

from retention.audit import keys
from retention.audit.note import VerifierKey
from retention.audit.signer import from_uri
from retention.audit.trust import parse_trust
from retention.errors import ConfigError

ORIGIN = "duinrand.example/retention/2026"


def test_a_log_key_signs_what_its_vkey_verifies(tmp_path):
    vkey = keys.make_log_key(tmp_path / "log.key", ORIGIN)
    signer = from_uri(f"file:{tmp_path / 'log.key'}")
    assert vkey == signer.vkey
    assert vkey.verify(b"text", signer.sign(b"text"))


def test_a_log_key_has_the_form_of_the_go_note_package(tmp_path):
    vkey = keys.make_log_key(tmp_path / "log.key", ORIGIN)
    assert (tmp_path / "log.key").read_text().startswith(f"PRIVATE+KEY+{ORIGIN}+{vkey.id.hex()}+A")


def test_a_vkey_reads_back(tmp_path):
    vkey = keys.make_log_key(tmp_path / "log.key", ORIGIN)
    assert vkey == VerifierKey.parse(str(vkey))


def test_a_reference_key_reads_back(tmp_path):
    made = keys.make_reference_key(tmp_path, "cvs.dossier", 2026)
    found = keys.read_reference_key(tmp_path, "cvs.dossier", 2026)
    assert (made.id, made.key32) == (found.id, found.key32) == ("cvs.dossier-2026", made.key32)


def test_a_reference_key_that_was_never_made_is_none(tmp_path):
    assert keys.read_reference_key(tmp_path, "cvs.dossier", 2026) is None


def test_a_spool_key_reads_back(tmp_path):
    assert keys.make_spool_key(tmp_path) == keys.read_spool_key(tmp_path)


MAKE = {
    "log.key": lambda path: keys.make_log_key(path / "log.key", ORIGIN),
    "refkeys/a.b-2026.key": lambda path: keys.make_reference_key(path, "a.b", 2026),
    "refkeys/spool.key": keys.make_spool_key,
}
READ = {
    "log.key": lambda path: keys.read_log_key(path / "log.key"),
    "refkeys/a.b-2026.key": lambda path: keys.read_reference_key(path, "a.b", 2026),
    "refkeys/spool.key": keys.read_spool_key,
}


@pytest.mark.parametrize("name", MAKE)
def test_a_new_key_is_its_owners_only(tmp_path, name):
    MAKE[name](tmp_path)
    assert stat.S_IMODE((tmp_path / name).stat().st_mode) == 0o600


@pytest.mark.parametrize("name", MAKE)
def test_an_existing_key_is_never_overwritten(tmp_path, name):
    MAKE[name](tmp_path)
    before = (tmp_path / name).read_bytes()
    with pytest.raises(ConfigError, match="exists already"):
        MAKE[name](tmp_path)
    assert before == (tmp_path / name).read_bytes()


@pytest.mark.parametrize("mode", [0o640, 0o604, 0o620, 0o610])
@pytest.mark.parametrize("name", MAKE)
def test_a_key_file_that_others_may_use_is_refused_with_the_remedy(tmp_path, name, mode):
    MAKE[name](tmp_path)
    (tmp_path / name).chmod(mode)
    with pytest.raises(ConfigError, match=f"chmod 600 {tmp_path / name}"):
        READ[name](tmp_path)


@pytest.mark.parametrize("content", [b"", b"\xff", b"00" * 31, b"AA" * 32, b"PRIVATE+KEY+x"])
@pytest.mark.parametrize("name", MAKE)
def test_a_damaged_key_is_refused_without_showing_it(tmp_path, name, content):
    MAKE[name](tmp_path)
    (tmp_path / name).write_bytes(content)
    with pytest.raises(ConfigError, match="is not a") as refusal:
        READ[name](tmp_path)
    assert "AAAA" not in str(refusal.value)


def test_a_log_key_whose_hash_is_of_another_key_is_refused(tmp_path):
    vkey = keys.make_log_key(tmp_path / "log.key", ORIGIN)
    text = (tmp_path / "log.key").read_text()
    (tmp_path / "log.key").write_text(text.replace(vkey.id.hex(), "00000000"))
    with pytest.raises(ConfigError, match="whole and unchanged"):
        keys.read_log_key(tmp_path / "log.key")


@pytest.mark.parametrize("origin", ["", "https://a.example", "a b", "a+b", "a\nb", "-"])
def test_an_origin_that_cannot_name_a_log_is_refused(tmp_path, origin):
    with pytest.raises(ConfigError, match="log origin"):
        keys.make_log_key(tmp_path / "log.key", origin)
    assert not (tmp_path / "log.key").exists()


def test_a_dataset_that_would_leave_the_directory_of_keys_is_refused(tmp_path):
    with pytest.raises(ConfigError, match="reference key"):
        keys.make_reference_key(tmp_path, "../x", 2026)


@pytest.mark.parametrize("uri", ["log.key", "hsm:1", ""])
def test_an_unknown_key_uri_is_refused_with_the_known_ones(uri):
    with pytest.raises(ConfigError, match="known: file"):
        from_uri(uri)


def test_a_missing_key_is_one_clear_line(tmp_path):
    with pytest.raises(ConfigError, match="cannot be read: No such file"):
        from_uri(f"file:{tmp_path / 'log.key'}")


def test_a_first_trust_file_trusts_the_log_and_no_witness(tmp_path):
    vkey = keys.make_log_key(tmp_path / "log.key", ORIGIN)
    keys.write_trust(tmp_path / "trust", vkey)
    trust = parse_trust((tmp_path / "trust").read_text())
    assert (trust.logs, trust.quorum) == ((vkey,), "none")
