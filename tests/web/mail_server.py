"""A mail server for the tests: it speaks SMTP over a real socket and keeps what it was given."""

import socketserver
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from email import message_from_bytes, policy
from email.message import EmailMessage
from typing import Any

ANSWERS = {b"EHLO": b"250 here", b"HELO": b"250 here", b"MAIL": b"250 ok", b"RCPT": b"250 ok", b"RSET": b"250 ok"}


class MailServer(socketserver.ThreadingTCPServer):
    """Takes mail on a free port of this machine; `box` holds it. With `refuses`, every recipient is turned away."""

    allow_reuse_address = daemon_threads = True

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), Conversation)
        self.box: list[EmailMessage] = []
        self.refuses = False

    @property
    def port(self) -> int:
        return int(self.server_address[1])


class Conversation(socketserver.StreamRequestHandler):
    """One conversation: a line of theirs, a line of ours."""

    server: MailServer

    def handle(self) -> None:
        self.say(b"220 ready")
        while line := self.rfile.readline():
            verb = line[:4].upper().strip()
            if verb == b"QUIT":
                self.say(b"221 bye")
                return
            if verb == b"DATA":
                self.say(b"354 go on")
                self.server.box.append(self.letter())
                self.say(b"250 kept")
            elif verb == b"RCPT" and self.server.refuses:
                self.say(b"550 nobody here")
            else:
                self.say(ANSWERS.get(verb, b"502 not understood"))

    def letter(self) -> EmailMessage:
        lines = []
        while (line := self.rfile.readline()) != b".\r\n":
            lines.append(line[1:] if line.startswith(b"..") else line)
        found: Any = message_from_bytes(b"".join(lines), policy=policy.default)
        return found

    def say(self, line: bytes) -> None:
        self.wfile.write(line + b"\r\n")


@contextmanager
def running_mail_server() -> Iterator[MailServer]:
    """A mail server as long as the test lasts."""
    with MailServer() as server:
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True)
        thread.start()
        try:
            yield server
        finally:
            server.shutdown()
            thread.join()
