"""E-mail, which only carries: a letter as a mail, over SMTP, each by a connection of its own and one after the other.

What surely did not happen is kept apart from what may have happened: until the text is handed over everything may be
tried again, from there on a silence is never taken for a no. Answers of mail servers quote addresses, so only their
codes are passed on.
"""

import hashlib
import hmac
import re
import ssl
from base64 import urlsafe_b64encode
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from email.headerregistry import Address
from email.message import EmailMessage
from email.policy import SMTP as ASCII
from email.policy import SMTPUTF8 as UNICODE
from email.utils import format_datetime, parseaddr
from html import escape
from typing import Any
from urllib.parse import unquote, urlsplit

from aiogram.methods import TelegramMethod
from aiosmtplib import SMTP, SMTPException, SMTPRecipientRefused, SMTPResponseException

from bot.platforms import Capabilities, Gone, Later, Outcome, Refused, Sent, Unsure
from bot.platforms.pace import Pace
from bot.platforms.playground.markup import Unreadable, read_html, shown

CONNECT, COMMAND, DATA = 8.0, 15.0, 60.0  # seconds for a connection, for a command, and until a text is taken
GREYLISTED, OUTAGE = 300, 600  # seconds: until a mailbox is tried again, and a server
PACE = 2.0  # mails a second at most
SIGNED = 20  # bytes of a signature
OF_POLICY = re.compile(r"[45]\.(?:2\.[23]|3\.\d|7\.\d{1,3})")  # full, too big, not allowed: no word on the address
CODE = re.compile(r"\b[245]\.\d{1,3}\.\d{1,3}\b")


class Mail(TelegramMethod[bool]):
    """A letter as a mail: to which address, about what, its text in Telegram's HTML, and the links under it.

    `reader` is whom its unsubscribe link unsubscribes, told of in the words `leave`.
    """

    __returning__ = bool
    __api_method__ = "mail"

    letter: int
    to: str
    reader: int
    shop: str
    subject: str
    text: str
    leave: str
    links: tuple[tuple[str, str], ...] = ()
    picture: bytes | None = None


@dataclass(frozen=True, slots=True)
class Server:
    """A mail server: `smtps://user:password@mail.example.com`, or `smtp://…?starttls` for TLS after the greeting."""

    host: str
    port: int
    user: str | None
    password: str | None
    tls: bool
    starttls: bool

    @classmethod
    def of(cls, url: str) -> "Server":
        """Read an address that the settings have checked."""
        parts = urlsplit(url)
        tls, starttls = parts.scheme == "smtps", parts.query == "starttls"
        port = parts.port or (465 if tls else 587 if starttls else 25)
        user, password = (unquote(part) if part else None for part in (parts.username, parts.password))
        return cls(parts.hostname or "", port, user, password, tls, starttls)

    def dial(self, sender: str, context: ssl.SSLContext | None = None) -> SMTP:
        """A client that is not connected yet."""
        return SMTP(
            hostname=self.host,
            port=self.port,
            username=self.user,
            password=self.password,
            use_tls=self.tls,
            start_tls=self.starttls,
            tls_context=context,
            timeout=CONNECT,
            local_hostname=sender.rpartition("@")[2],
        )


class Unsubscribing:
    """Links that unsubscribe one member from e-mail, signed so that nobody can make another's."""

    def __init__(self, public_url: str, secret: str) -> None:
        self._url, self._secret = public_url.rstrip("/"), secret.encode()

    def link(self, reader: int) -> str:
        """The link of one member."""
        return f"{self._url}/mail/off/{reader}.{self._sign(reader)}"

    def whose(self, token: str) -> int | None:
        """Whom a link unsubscribes; None where it is not one of ours."""
        number, _, signature = token.partition(".")
        if not re.fullmatch("[0-9]{1,18}", number, re.ASCII):
            return None
        return int(number) if hmac.compare_digest(self._sign(int(number)).encode(), signature.encode()) else None

    def _sign(self, reader: int) -> str:
        made = hmac.new(self._secret, f"no more e-mail:{reader}".encode(), hashlib.sha256).digest()
        return urlsafe_b64encode(made[:SIGNED]).rstrip(b"=").decode()


class Email:
    """The e-mail of a shop: by which server, from which address, and where its readers unsubscribe.

    `chat` makes the link that opens the private chat; `now` tells the time that mails bear.
    """

    name = "email"
    capabilities = Capabilities(rest=0, group_minute=0)

    def __init__(
        self,
        server: Server,
        sender: str,
        leaving: Unsubscribing,
        now: Callable[[], datetime],
        chat: Callable[[str], str | None],
    ) -> None:
        self._server, self._leaving, self._now, self._chat = server, leaving, now, chat
        self._name, self._sender = parseaddr(sender)
        self.pace = PACE
        self._turns = Pace(PACE)

    async def send(self, method: TelegramMethod[Any]) -> Outcome:
        """Carry one letter in its turn; never raises for what the network or the server does."""
        if not isinstance(method, Mail):
            return Refused("e-mail carries letters only")
        await self._turns.turn()
        client = self._server.dial(self._sender)
        try:
            await client.connect()
            options = [] if method.to.isascii() else ["SMTPUTF8"]
            if options and not client.supports_extension("smtputf8"):
                return Refused("the mail server takes no such address")
            encoding = "utf-8" if options else "ascii"
            await client.mail(self._sender, options=options, encoding=encoding, timeout=COMMAND)
            await client.rcpt(method.to, encoding=encoding, timeout=COMMAND)
        except SMTPRecipientRefused as error:
            return _no(error, Gone)
        except (SMTPException, OSError, ValueError) as error:
            return Later(OUTAGE, _plain(error))
        else:
            return await self._hand_over(client, method)
        finally:
            client.close()

    async def _hand_over(self, client: SMTP, mail: Mail) -> Outcome:
        try:
            await client.data(self._written(mail), timeout=DATA)
        except SMTPResponseException as error:
            return _no(error, Refused)
        except (SMTPException, OSError) as error:
            return Unsure(_plain(error))
        return Sent()

    def deep_link(self, payload: str) -> str | None:
        """A link that opens the private chat with `/start payload`."""
        return self._chat(payload)

    def _written(self, mail: Mail) -> bytes:
        """A mail as it goes out: plain and in HTML, with the headers by which a reader's program unsubscribes."""
        leave = self._leaving.link(mail.reader)
        message = EmailMessage(ASCII if mail.to.isascii() else UNICODE)
        message["From"] = Address(_line(self._name or mail.shop), addr_spec=self._sender)
        message["To"] = Address(addr_spec=mail.to)
        message["Subject"] = _line(mail.subject)
        message["Date"] = format_datetime(self._now())
        mark = hmac.new(leave.encode(), str(mail.letter).encode(), hashlib.sha256).hexdigest()[:32]
        message["Message-ID"] = f"<{mark}@{self._sender.rpartition('@')[2]}>"  # the same where it is sent once more
        message["Auto-Submitted"] = "auto-generated"
        message["List-Unsubscribe-Post"] = "List-Unsubscribe=One-Click"
        plain, rich = _texts(mail.text)
        below = "".join(f"\n{label}: {url}" for label, url in mail.links)
        message.set_content(f"{plain}\n{below}\n\n-- \n{mail.leave}\n{leave}\n")
        message.add_alternative(_page(rich, mail, leave), subtype="html")
        if mail.picture:
            kind = "png" if mail.picture.startswith(b"\x89PNG") else "jpeg"
            page = message.get_body(("html",))
            assert isinstance(page, EmailMessage)
            page.add_related(mail.picture, "image", kind, cid="<picture>", filename=f"picture.{kind}")
        # Written by hand: the library would encode a long address, and then no program could follow it.
        return f"List-Unsubscribe: <{leave}>\r\n".encode() + message.as_bytes()


def _texts(text: str) -> tuple[str, str]:
    """A letter without any HTML, and with such as a mail may show."""
    try:
        plain, entities = read_html(text)
    except Unreadable:  # nothing that Telegram would have taken
        return text, escape(text)
    return plain, shown(plain, entities, marked=["url"])


def _page(rich: str, mail: Mail, leave: str) -> str:
    picture = '<p><img src="cid:picture" alt="" style="max-width:100%"></p>' if mail.picture else ""
    links = "".join(f'<p><a href="{escape(url)}">{escape(label)}</a></p>' for label, url in mail.links)
    below = (
        f'<p style="color:#777;font-size:85%">{escape(mail.leave)}<br><a href="{escape(leave)}">{escape(leave)}</a></p>'
    )
    body = f'{picture}<div style="white-space:pre-wrap">{rich}</div>{links}<hr>{below}'
    return f'<!doctype html><html><head><meta charset="utf-8"></head><body>{body}</body></html>\n'


def _line(text: str) -> str:
    """A header's text: one line, nothing that a program would act on."""
    return " ".join("".join(c if c.isprintable() else " " for c in text).split())


def _no(error: SMTPResponseException, never: type[Gone] | type[Refused]) -> Outcome:
    """What a server's no means: one for now, one to this letter, or one to the address for good."""
    if error.code < 500:
        return Later(GREYLISTED, _plain(error))
    return Refused(_plain(error)) if OF_POLICY.search(error.message) else never(_plain(error))


def _plain(error: Exception) -> str:
    """What went wrong, without anything that the server quoted."""
    if isinstance(error, SMTPResponseException):
        code = CODE.search(error.message)
        return f"SMTP {error.code}" + (f" {code[0]}" if code else "")
    return type(error).__name__
