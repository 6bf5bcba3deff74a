"""[notify]: who is told is checked when the configuration is read, and no secret of it is repeated."""

import base64
from pathlib import Path

import pytest

from retention.notice import NoticeKind

from .test_config import load, mistake

SMTP = '[notify.smtp]\nhost = "mail.example.org"\nsender = "retention@example.org"\nto = ["fg@example.org"]\n'
SECRET = "whsec_" + base64.b64encode(b"k" * 32).decode()


def test_a_mail_server_needs_a_host_a_sender_and_somebody(tmp_path: Path):
    smtp = load(tmp_path, SMTP).notify.smtp
    assert smtp is not None
    assert (smtp.port, smtp.security.value, smtp.recipients(NoticeKind.PLAN)) == (587, "starttls", ("fg@example.org",))


def test_a_kind_may_have_recipients_of_its_own_and_a_test_goes_to_all(tmp_path: Path):
    smtp = load(tmp_path, SMTP + '[notify.smtp.to_of]\nplan = ["owner@example.org"]\n').notify.smtp
    assert smtp is not None
    assert smtp.recipients(NoticeKind.PLAN) == ("owner@example.org",)
    assert smtp.recipients(NoticeKind.FAILURE) == ("fg@example.org",)
    assert smtp.recipients(None) == ("fg@example.org", "owner@example.org")


@pytest.mark.parametrize(
    ("more", "where"),
    [
        (SMTP.replace("fg@example.org", "fg example.org"), "notify.smtp.to"),
        (SMTP.replace("fg@example.org", "F G <fg@example.org>"), "notify.smtp.to"),
        (SMTP.replace("fg@example.org", "fg@example.org\\nBcc: x@example.org"), "notify.smtp.to"),
        (SMTP.replace('["fg@example.org"]', "[]"), "notify.smtp.to"),
        (SMTP.replace("retention@", ""), "notify.smtp.sender"),
        (SMTP.replace("mail.example.org", "smtp://mail"), "notify.smtp.host"),
        (SMTP + "port = 0\n", "notify.smtp.port"),
        (SMTP + 'security = "none"\n', "notify.smtp.security"),
        (SMTP + 'user = "night"\n', "notify.smtp.user"),
        (SMTP + 'user = "night"\npassword = "pässword"\n', "notify.smtp.user"),
        (SMTP + "timeout_seconds = 0\n", "notify.smtp.timeout_seconds"),
        (SMTP + 'ca_file = "missing.pem"\n', "notify.smtp.ca_file"),
        (SMTP + '[notify.smtp.to_of]\nplans = ["a@example.org"]\n', "notify.smtp.to_of.plans"),
        ('[notify]\nkinds = ["plan", "plan"]\n', "notify.kinds"),
        ('[notify]\nkinds = ["plans"]\n', "notify.kinds[1]"),
        ('[notify]\nreports_url = "intranet"\n', "notify.reports_url"),
        ('[notify.webhook]\nurl = "http://chat.example.org/x"\n', "notify.webhook.url"),
        ('[notify.webhook]\nurl = "https://user:pw@chat.example.org/x"\n', "notify.webhook.url"),
        ('[notify.webhook]\nurl = "ftp://chat.example.org/x"\n', "notify.webhook.url"),
        ('[notify.webhook]\nurl = "https://chat.example.org:99999/x"\n', "notify.webhook.url"),
        ('[notify.webhook]\nsigning_secret = "whsec_x"\n', "notify.webhook.url"),
        (
            '[notify.webhook]\nurl = "https://chat.example.org/x"\nsigning_secret = "c2VjcmV0"\n',
            "notify.webhook.signing_secret",
        ),
    ],
)
def test_what_it_cannot_mean_is_refused_with_its_place(tmp_path: Path, more: str, where: str):
    assert f"retention.toml: {where} " in mistake(tmp_path, more)


@pytest.mark.parametrize("host", ["localhost", "127.0.0.1", "::1"])
def test_a_relay_on_this_host_may_do_without_encryption(tmp_path: Path, host: str):
    load(tmp_path, SMTP.replace("mail.example.org", host) + 'security = "none"\n')


def test_a_webhook_on_this_host_may_do_without_encryption(tmp_path: Path):
    load(tmp_path, '[notify.webhook]\nurl = "http://127.0.0.1:8080/x"\n')


def test_the_environment_alone_can_name_a_signed_webhook_and_neither_is_shown(tmp_path: Path):
    url = "https://chat.example.org/hooks/very-secret"
    settings = load(tmp_path, RETENTION_WEBHOOK_URL=url, RETENTION_WEBHOOK_SECRET=SECRET)
    assert settings.notify.anybody
    assert (settings.notify.webhook.url, settings.notify.webhook.signing_secret) == (url, SECRET)
    for text in (repr(settings), str(settings.shown())):
        assert "very-secret" not in text
        assert SECRET not in text


def test_without_either_nobody_is_told(tmp_path: Path):
    assert not load(tmp_path).notify.anybody
