"""E-mail: what each answer of a mail server means, and what a mail looks like on the wire."""

from collections.abc import Iterator
from typing import Any

import pytest

from bot.clock import Clock
from bot.platforms import Gone, Later, Outcome, Refused, Sent, Unsure
from bot.platforms.email import Email, Mail, Server
from tests.mails import LEAVING, PUBLIC, MailServer, words


@pytest.fixture
def post() -> Iterator[MailServer]:
    with MailServer() as server:
        yield server


def a_mail(**more: Any) -> Mail:
    about = {"letter": 7, "to": "ann@example.org", "reader": 42, "shop": "Tea House", "subject": "Your receipt"}
    return Mail(**(about | {"text": "<b>20</b> points &amp; tea", "leave": "No more:"} | more))


@pytest.mark.parametrize(
    ("rcpt", "data", "outcome"),
    [
        ("", "", Sent()),
        ("421 4.3.2 closing, ann@example.org", "", Later(300, "SMTP 421 4.3.2")),
        ("451 greylisted", "", Later(300, "SMTP 451")),
        ("550 5.1.1 <ann@example.org> unknown", "", Gone("SMTP 550 5.1.1")),
        ("550 no such user", "", Gone("SMTP 550")),
        ("552 5.2.2 mailbox full", "", Refused("SMTP 552 5.2.2")),
        ("554 5.7.1 relaying denied", "", Refused("SMTP 554 5.7.1")),
        ("", "451 later", Later(300, "SMTP 451")),
        ("", "554 5.6.0 no such text", Refused("SMTP 554 5.6.0")),
    ],
)
async def test_an_answer_means(post: MailServer, clock: Clock, rcpt: str, data: str, outcome: Outcome) -> None:
    post.rcpt, post.data = rcpt, data
    assert await post.email(clock).send(a_mail()) == outcome
    assert len(post.accepted) == isinstance(outcome, Sent)


async def test_silence_after_the_text_is_no_no(post: MailServer, clock: Clock) -> None:
    post.cut = True
    assert isinstance(await post.email(clock).send(a_mail()), Unsure)
    assert len(post.accepted) == 1


async def test_a_server_that_is_away_was_told_nothing(clock: Clock) -> None:
    away = Email(Server.of("smtp://127.0.0.1:9"), "club@example.com", LEAVING, clock.now, lambda _: None)
    assert await away.send(a_mail()) == Later(600, "SMTPConnectError")


async def test_a_mail_is_plain_rich_and_can_be_left(post: MailServer, clock: Clock) -> None:
    picture = b"\x89PNG and more"
    links = (("Open the chat", "https://t.me/club?start=menu"),)
    await post.email(clock).send(a_mail(picture=picture, links=links, text="<b>茶</b> &lt;1&gt; /notify"))
    [mail] = post.accepted
    leave = LEAVING.link(42)
    assert f"List-Unsubscribe: <{leave}>\r\n" in post.raw  # as it stands: encoded, no program could follow it
    assert mail["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    assert mail["From"] == "Tea House <club@example.com>"
    assert mail["Date"].datetime.year == 2027
    assert words(mail).splitlines() == [
        "茶 <1> /notify",
        "",
        "Open the chat: https://t.me/club?start=menu",
        "",
        "-- ",
        "No more:",
        leave,
    ]
    rich = mail.get_body(("html",)).get_content()  # type: ignore[union-attr]
    assert "<b>茶</b> &lt;1&gt; /notify<" in rich
    assert leave in rich
    assert [part.get_content() for part in mail.walk() if part.get_content_maintype() == "image"] == [picture]


async def test_no_name_writes_a_header(post: MailServer, clock: Clock) -> None:
    trick = "Tea\r\nBcc: eve@example.org\r\n\r\n<script>"
    await post.email(clock).send(
        a_mail(shop=trick, subject=trick + "\u2028X-Mark: 1", leave=trick, links=((trick, PUBLIC),))
    )
    [mail] = post.accepted
    assert set(mail.keys()) == {
        *("From", "To", "Subject", "Date", "Message-ID", "Auto-Submitted", "List-Unsubscribe"),
        *("List-Unsubscribe-Post", "MIME-Version", "Content-Type", "X-Peer", "X-MailFrom", "X-RcptTo"),
    } - {"X-Peer", "X-MailFrom", "X-RcptTo"}
    assert mail["Subject"] == "Tea Bcc: eve@example.org <script> X-Mark: 1"
    assert "<script>" not in mail.get_body(("html",)).get_content()  # type: ignore[union-attr]


def test_a_link_is_good_for_one_reader() -> None:
    token = LEAVING.link(42).removeprefix(f"{PUBLIC}/mail/off/")
    assert LEAVING.whose(token) == 42
    number, _, signature = token.partition(".")
    forged = (
        f"43.{signature}",
        f"{number}.",
        number,
        "",
        ".",
        f"042.{signature}x",
        f"{number}.{signature[:-1]}é",
        "²." + signature,
    )
    assert [LEAVING.whose(each) for each in forged] == [None] * len(forged)
