"""The routes of the playground page: what they do, what they refuse, and whom they let in."""

import asyncio
from datetime import UTC, datetime
from io import BytesIO
from pathlib import Path

import pytest
from PIL import Image

from bot.web import playground as page
from bot.web.guard import LOCKED_SECONDS, TRIES, Guard, Refusal

BOSS, MEI, LILY = 1, 3, 7


def code(answer):
    return answer.status_code, answer.json()["error"]["code"]


async def state(client, viewer):
    answer = await client.get("/playground/state", params={"viewer": viewer})
    assert answer.status_code == 200
    return answer.json()


async def say(client, person, chat, text, **more):
    return await client.post("/playground/say", json={"person": person, "chat": chat, "text": text} | more)


async def test_the_page_and_its_files_come_from_here_alone(client):
    answer = await client.get("/playground")
    assert answer.status_code == 200
    assert "default-src 'self'" in answer.headers["content-security-policy"]
    for name in page.ASSETS:
        assert (await client.get(f"/playground/static/{name}")).status_code == 200
    assert code(await client.get("/playground/static/playground.html")) == (404, "unknown_file")
    for file in page.STATIC.iterdir():
        outside = [
            word for word in ("https://", "http://", "//cdn") if word in file.read_text().replace("www.w3.org", "")
        ]
        assert file.name in ("icon.svg", "playground.js", "view.js") or not outside, file


async def test_every_file_of_the_page_is_served():
    assert {file.name for file in Path(page.STATIC).iterdir()} == {*page.ASSETS, "playground.html"}


async def test_a_text_is_answered(client, playground):
    assert (await say(client, MEI, MEI, "hi <b>")).status_code == 200
    seen = await state(client, MEI)
    assert [message["html"] for message in seen["chats"]["private"]] == ["hi &lt;b&gt;", "<b>Echo</b>: hi &lt;b&gt;"]
    assert seen["chats"]["private"][1]["rows"][1] == [
        {"label": "Talk in private", "data": "https://t.me/regulars_bot?start=hello"}
    ]
    assert (await state(client, BOSS))["chats"]["private"] == []


async def test_only_buttons_that_are_there_can_be_pressed(client):
    await say(client, MEI, MEI, "hi")
    message = (await state(client, MEI))["chats"]["private"][1]["id"]
    press = {"person": MEI, "chat": MEI, "message": message}
    assert code(await client.post("/playground/press", json=press | {"data": "forged"})) == (409, "no_button")
    answer = await client.post("/playground/press", json=press | {"data": "again"})
    seen = await state(client, MEI)
    assert seen["notices"] == [{"tap": answer.json()["tap"], "text": "Once more", "alert": False, "url": ""}]
    assert seen["chats"]["private"][1]["edited"]


async def test_pictures_are_shown_and_files_are_downloaded(client):
    drawn = BytesIO()
    Image.new("RGB", (8, 6)).save(drawn, "PNG")
    for name, data, picture in (("p.png", drawn.getvalue(), True), ("页.html", b"<script>", False)):
        given = {"person": MEI, "chat": MEI, "name": name, "caption": "look", "picture": picture}
        assert (await client.post("/playground/file", params=given, content=data)).status_code == 200
    shown, kept = [message["file"] for message in (await state(client, MEI))["chats"]["private"]]
    answer = await client.get(shown["url"])
    assert (answer.content, answer.headers["content-type"], shown["width"]) == (drawn.getvalue(), "image/png", 8)
    answer = await client.get(kept["url"])
    assert answer.headers["content-type"] == "application/octet-stream"
    assert answer.headers["content-disposition"].startswith("attachment;")
    assert code(await client.get("/playground/files/other")) == (404, "unknown_file")
    given = {"person": MEI, "chat": MEI, "name": "p.png", "picture": True}
    assert code(await client.post("/playground/file", params=given, content=b"none")) == (409, "not_a_picture")


async def test_the_group_is_entered_and_left(client, playground):
    group = playground.group.id
    for person, act, status in (
        (LILY, "join", 204),
        (LILY, "leave", 204),
        (LILY, "promote", 409),
        (BOSS, "promote", 204),
    ):
        assert (await client.post("/playground/act", json={"person": person, "act": act})).status_code == status
    assert code(await say(client, LILY, group, "hi")) == (409, "not_member")
    assert (await state(client, BOSS))["bot"]["standing"] == "administrator"
    await say(client, LILY, LILY, "hi")
    await client.post("/playground/act", json={"person": LILY, "act": "block"})
    assert (await state(client, LILY))["people"][6]["blocks"]


async def test_a_link_opens_the_private_chat(client):
    await client.post("/playground/open", json={"person": LILY, "link": "https://t.me/regulars_bot?start=hello"})
    assert (await state(client, LILY))["chats"]["private"][0]["text"] == "/start hello"


@pytest.mark.parametrize(
    ("wrong", "field"),
    [
        ({"text": ""}, "text"),
        ({"text": "x" * 4097}, "text"),
        ({"text": 7}, "text"),
        ({"person": "Mei"}, "person"),
        ({"chat": None}, "chat"),
    ],
)
async def test_wrong_input_names_its_field(client, wrong, field):
    answer = await client.post("/playground/say", json={"person": MEI, "chat": MEI, "text": "hi"} | wrong)
    assert (answer.status_code, answer.json()["error"]["field"]) == (422, field)
    assert (await state(client, MEI))["chats"]["private"] == []


async def test_nobody_and_nowhere_are_not_found(client):
    assert code(await client.get("/playground/state", params={"viewer": 99})) == (404, "unknown_person")
    assert code(await say(client, 99, 99, "hi")) == (404, "unknown_person")
    assert code(await say(client, MEI, -5, "hi")) == (404, "unknown_group")


async def test_half_a_character_is_refused(client):
    half = b'{"person": 3, "chat": 3, "text": "\\ud800"}'
    answer = await client.post("/playground/say", content=half, headers={"Content-Type": "application/json"})
    assert answer.status_code in (409, 422)


async def test_a_browser_that_goes_away_in_the_middle_of_a_file_is_no_failure(app):
    parts = iter([{"type": "http.request", "body": b"half", "more_body": True}, {"type": "http.disconnect"}])
    scope = {
        "type": "http",
        "method": "POST",
        "path": "/playground/file",
        "query_string": b"person=1&chat=1&name=x",
        "headers": [(b"host", b"localhost"), (b"x-playground", b"1"), (b"content-length", b"8")],
    }

    async def receive():
        return next(parts)

    async def send(_message):
        pass

    await app(scope, receive, send)  # raises nothing, which is what would be logged


async def test_what_is_too_big_is_not_read(client):
    assert code(await client.post("/playground/say", content=b" " * (page.BODY_LIMIT + 1))) == (413, "too_big")

    async def endless():
        yield b"x"

    assert code(await client.post("/playground/say", content=endless())) == (411, "no_length")


async def test_strangers_pages_and_names_are_refused(open_room):
    async with open_room(host="http://evil.example") as client:
        assert code(await client.get("/playground")) == (403, "wrong_host")
    for host in ("http://127.0.0.1:8080", "http://[::1]:8080", "http://localhost"):
        async with open_room(host=host) as client:
            assert (await client.get("/playground")).status_code == 200
            del client.headers["X-Playground"]
            assert code(await client.post("/playground/reset")) == (403, "foreign_page")


async def test_the_password_opens_everything_but_the_empty_page(open_room):
    async with open_room("open sesame") as client:
        assert (await client.get("/playground")).status_code == 200
        for path in ("state?viewer=1", "events", "files/x"):
            assert code(await client.get(f"/playground/{path}")) == (401, "login")
        assert code(await say(client, MEI, MEI, "hi")) == (401, "login")
        client.cookies.set("regulars_playground", "00.00", path="/playground")
        assert code(await client.get("/playground/state?viewer=1")) == (401, "login")
        assert code(await client.post("/playground/login", json={"password": "sesame"})) == (401, "wrong_password")
        client.cookies.clear()
        answer = await client.post("/playground/login", json={"password": "open sesame"})
        assert {"httponly", "samesite=strict"} <= set(answer.headers["set-cookie"].lower().split("; "))
        assert (await client.get("/playground/state?viewer=1")).status_code == 200


async def test_many_wrong_passwords_lock_the_door_for_a_minute():
    ticks = [0.0]
    guard = Guard("open sesame", tick=lambda: ticks[0])
    for _ in range(TRIES):
        with pytest.raises(Refusal, match="not the password"):
            guard.enter("\ud800")
    with pytest.raises(Refusal, match="Too many") as locked:
        guard.enter("open sesame")
    assert locked.value.status == 429
    ticks[0] = LOCKED_SECONDS
    assert guard.enter("open sesame")


@pytest.mark.parametrize(
    ("to", "then"),
    [
        ("morning", datetime(2027, 3, 5, 1, 30, tzinfo=UTC)),
        ("day", datetime(2027, 3, 6, 1, 29, tzinfo=UTC)),
        ("week", datetime(2027, 3, 12, 1, 29, tzinfo=UTC)),
    ],
)
async def test_the_clock_leaps(client, hands, to, then):
    assert (await client.post("/playground/clock", json={"to": to})).status_code == 204
    assert hands.now() == then
    await client.post("/playground/clock", json={"to": "morning"})
    assert hands.now().astimezone(hands.zone).strftime("%H:%M") == "09:30"


async def test_one_leap_at_a_time(client, hands, playground):
    hands.leaping.clear()
    async with asyncio.timeout(60), asyncio.TaskGroup() as tasks:
        tasks.create_task(client.post("/playground/clock", json={"to": "day"}))
        while not (await state(client, MEI))["clock"]["running"]:
            await asyncio.sleep(0)
        assert code(await client.post("/playground/reset")) == (409, "busy")
        hands.leaping.set()
    assert not (await state(client, MEI))["clock"]["running"]


async def test_reset_wipes_the_chats(client):
    await say(client, MEI, MEI, "hi")
    await client.post("/playground/reset")
    assert (await state(client, MEI))["chats"]["private"] == []
