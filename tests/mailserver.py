"""A mail server that can be told to misbehave: RFC 5321 as far as one client needs it, on a port of this host."""

import base64
import socketserver
import ssl
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import default


@dataclass
class MailServer:
    """What it accepts, and what it got."""

    tls: ssl.SSLContext | None = None  # offers STARTTLS, and wants it
    at_once: bool = False  # TLS from the first byte
    user: str = ""
    password: str = ""  # wants a login when there is one
    refuses: dict[str, int] = field(default_factory=dict)  # recipient: the code it gets
    answers: dict[str, str] = field(default_factory=dict)  # verb, or "." after a text: what it says instead of yes
    hangs_up_after: str = ""  # a verb, or "." when it has got a text
    waits: Callable[[], object] = lambda: None  # before its greeting
    port: int = 0
    raw: list[bytes] = field(default_factory=list)
    envelopes: list[tuple[str, list[str]]] = field(default_factory=list)
    encrypted: list[bool] = field(default_factory=list)
    connections: int = 0

    @property
    def mails(self) -> list[EmailMessage]:
        """What arrived, parsed."""
        return [message_from_bytes(one, policy=default) for one in self.raw]  # type: ignore[misc]


class _HungUp(Exception):  # noqa: N818 - what happened
    pass


class _Session(socketserver.StreamRequestHandler):
    server: "_Listener"

    def handle(self) -> None:
        box = self.server.box
        box.connections += 1
        try:
            if box.at_once:
                self._encrypt()
            box.waits()
            self._say("220 test ready")
            self._talk(box)
        except (OSError, _HungUp):
            pass
        finally:
            self.rfile.close()
            self.wfile.close()
            self.connection.close()

    def _talk(self, box: MailServer) -> None:
        sender, recipients = "", []
        while line := self.rfile.readline():
            verb = line.split(b" ")[0].strip().upper().decode()
            if verb in box.answers:
                self._say(box.answers[verb])
            elif verb == "EHLO":
                self._greet(box)
            elif verb == "STARTTLS":
                self._say("220 go ahead")
                self._encrypt()
            elif verb == "AUTH":
                expected = base64.b64encode(f"\0{box.user}\0{box.password}".encode())
                self._say("235 welcome" if line.split()[-1] == expected else "535 who are you")
            elif verb == "MAIL":
                sender, recipients = line.split(b"<")[1].split(b">")[0].decode(), []
                self._say("250 ok")
            elif verb == "RCPT":
                recipient = line.split(b"<")[1].split(b">")[0].decode()
                code = box.refuses.get(recipient, 250)
                recipients += [recipient] * (code == 250)
                self._say(f"{code} so be it")
            elif verb == "DATA":
                self._say("354 go on")
                self._take(box, sender, recipients)
            else:
                self._say("221 bye" if verb == "QUIT" else "250 ok")
            if verb in {"QUIT", box.hangs_up_after}:
                raise _HungUp

    def _greet(self, box: MailServer) -> None:
        encrypted = isinstance(self.connection, ssl.SSLSocket)
        offers = ["test", *(["STARTTLS"] if box.tls and not encrypted else []), *(["AUTH PLAIN"] if box.user else [])]
        for number, offer in enumerate(offers, start=1):
            self._say(f"250{' ' if number == len(offers) else '-'}{offer}")

    def _take(self, box: MailServer, sender: str, recipients: list[str]) -> None:
        text = b""
        while (line := self.rfile.readline()) not in {b".\r\n", b""}:
            text += line.removeprefix(b".") if line.startswith(b"..") else line
        box.raw.append(text)
        box.envelopes.append((sender, recipients))
        box.encrypted.append(isinstance(self.connection, ssl.SSLSocket))
        if box.hangs_up_after == ".":
            raise _HungUp
        self._say(box.answers.get(".", "250 taken"))

    def _encrypt(self) -> None:
        assert self.server.box.tls is not None
        self.rfile.close()
        self.connection = self.request = self.server.box.tls.wrap_socket(self.connection, server_side=True)
        self.rfile = self.connection.makefile("rb")
        self.wfile = self.connection.makefile("wb", buffering=0)

    def _say(self, line: str) -> None:
        self.wfile.write(f"{line}\r\n".encode())


class _Listener(socketserver.ThreadingTCPServer):
    daemon_threads = False  # closing waits for every conversation: none is left over for the next test
    block_on_close = True

    def __init__(self, box: MailServer) -> None:
        self.box = box
        super().__init__(("127.0.0.1", 0), _Session)


@contextmanager
def serving(box: MailServer) -> Iterator[MailServer]:
    """Let it listen."""
    with _Listener(box) as listener:
        box.port = listener.server_address[1]
        thread = threading.Thread(target=listener.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
        thread.start()
        try:
            yield box
        finally:
            listener.shutdown()
            thread.join()
