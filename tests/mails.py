"""A mail server on loopback, and what it can be made to answer."""

import email
import socket
from collections.abc import Callable
from email.message import EmailMessage
from email.policy import default
from typing import Any, Self

from aiosmtpd.controller import Controller

from bot.clock import Clock
from bot.platforms.email import Email, Server, Unsubscribing

SECRET = "a secret for the tests"
PUBLIC = "https://a-long-name-for-the-members-of-a-club.and-of-its-friends.example.com"
LEAVING = Unsubscribing(PUBLIC, SECRET)


class MailServer:
    """Keeps what it accepts. `rcpt` and `data` are what it answers instead; `cut`: it takes a text and hangs up."""

    def __init__(self) -> None:
        self.accepted: list[EmailMessage] = []
        self.rcpt = self.data = ""
        self.cut = False
        self.raw = ""  # the last one, as it came
        with socket.create_server(("127.0.0.1", 0)) as free:
            self._port = free.getsockname()[1]
        self._controller = Controller(self, hostname="127.0.0.1", port=self._port)

    def __enter__(self) -> Self:
        self._controller.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._controller.stop()

    async def handle_RCPT(self, _server: Any, _session: Any, envelope: Any, to: str, _options: Any) -> str:  # noqa: N802
        if self.rcpt:
            return self.rcpt
        envelope.rcpt_tos.append(to)
        return "250 OK"

    async def handle_DATA(self, server: Any, _session: Any, envelope: Any) -> str:  # noqa: N802
        if self.data:
            return self.data
        found = email.message_from_bytes(envelope.content, policy=default)
        assert isinstance(found, EmailMessage)
        self.accepted.append(found)
        self.raw = envelope.content.decode("ascii", "replace")
        if self.cut:
            server.transport.abort()
        return "250 OK"

    @property
    def url(self) -> str:
        """As SMTP_URL has it."""
        return f"smtp://127.0.0.1:{self._port}"

    def email(self, clock: Clock, chat: Callable[[str], str | None] = lambda _: None) -> Email:
        """E-mail by this server."""
        return Email(Server.of(self.url), "club@example.com", LEAVING, clock.now, chat)


def words(mail: EmailMessage) -> str:
    """The plain text of a mail."""
    body = mail.get_body(("plain",))
    assert body is not None
    return str(body.get_content())
