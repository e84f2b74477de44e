"""The playground is as strict as Telegram, and tells the bot what Telegram would tell it."""

import asyncio
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from io import BytesIO

import pytest
from aiogram.exceptions import TelegramBadRequest, TelegramForbiddenError, TelegramMigrateToChat, TelegramRetryAfter
from aiogram.methods import GetStickerSet, SendMediaGroup, SendMessage
from aiogram.types import (
    BotCommand,
    BufferedInputFile,
    ChatMemberAdministrator,
    ChatPermissions,
    FSInputFile,
    InlineKeyboardButton,
    InlineKeyboardMarkup,
    InputMediaDocument,
    InputMediaPhoto,
    Message,
    Update,
    URLInputFile,
)
from PIL import Image

from bot.platforms import Gone, Later, Refused, Sent
from bot.platforms import Moved as MovedOutcome
from bot.platforms.playground import BOT_ID, FILE_LIMIT, Impossible, Playground

NOON = datetime(2027, 3, 5, 4, 0, tzinfo=UTC)
BOSS, CLERK, MEI, LILY = 1, 2, 3, 7


class Inbox:
    """Keeps updates as they come; each must be one that aiogram understands."""

    def __init__(self) -> None:
        self.updates = []
        self.full = False

    async def keep(self, platform, batch):
        if self.full:
            raise OSError("disk full")
        assert platform == "playground"
        for raw in batch:
            Update.model_validate(raw)
        self.updates += batch

    def last(self, kind):
        return [update[kind] for update in self.updates if kind in update][-1]

    def kinds(self):
        return [kind for update in self.updates for kind in update if kind != "update_id"]


@pytest.fixture
def inbox():
    return Inbox()


@pytest.fixture
async def playground(inbox) -> AsyncIterator[Playground]:
    playground = Playground(lambda: NOON, "en")
    async with asyncio.TaskGroup() as tasks:
        tasks.create_task(playground.start(inbox.keep))
        await asyncio.sleep(0)
        yield playground
        await playground.stop()


@pytest.fixture
async def group(playground):
    await playground.promote_bot(BOSS, playground.group.id)
    return playground.group.id


@pytest.fixture
async def mei(playground):
    """Somebody who has pressed Start."""
    await playground.say(MEI, MEI, "/start")
    return MEI


def picture(width=4, height=3):
    file = BytesIO()
    Image.new("RGB", (width, height)).save(file, "PNG")
    return file.getvalue()


def keys(**button):
    return InlineKeyboardMarkup(inline_keyboard=[[InlineKeyboardButton(text="Key", **button)]])


async def test_a_message_arrives_as_telegram_would_send_it(playground, inbox):
    message_id = await playground.say(MEI, MEI, "  /start@regulars_bot hello ")
    [update] = inbox.updates
    assert update["message"] == {
        "message_id": message_id,
        "date": int(NOON.timestamp()),
        "chat": {"id": MEI, "type": "private", "first_name": "Mei", "username": "mei"},
        "from": {"id": MEI, "is_bot": False, "first_name": "Mei", "language_code": "en", "username": "mei"},
        "text": "/start@regulars_bot hello",
        "entities": [{"type": "bot_command", "offset": 0, "length": 19}],
    }


async def test_entities_are_counted_in_utf_16(playground, inbox):
    await playground.say(MEI, MEI, "😀 /points")
    assert inbox.last("message")["entities"] == [{"type": "bot_command", "offset": 3, "length": 7}]


async def test_update_ids_grow_and_a_restart_meets_none_again(playground, inbox):
    for _ in range(3):
        await playground.say(MEI, MEI, "hi")
    ids = [update["update_id"] for update in inbox.updates]
    assert ids == sorted(set(ids))
    again, later = Playground(lambda: NOON), Inbox()
    await again.say(MEI, MEI, "hi")
    async with asyncio.TaskGroup() as tasks:
        tasks.create_task(again.start(later.keep))
        await asyncio.sleep(0)
        await again.stop()
    assert later.updates[0]["update_id"] > ids[-1]


async def test_what_is_said_while_nobody_listens_waits(inbox):
    playground = Playground(lambda: NOON)
    await playground.say(MEI, MEI, "anybody?")
    assert not playground.alive
    async with asyncio.TaskGroup() as tasks:
        tasks.create_task(playground.start(inbox.keep))
        await asyncio.sleep(0)
        assert playground.alive
        assert inbox.last("message")["text"] == "anybody?"
        await playground.stop()


async def test_what_could_not_be_kept_comes_with_the_next(playground, inbox):
    inbox.full = True
    with pytest.raises(OSError, match="disk full"):
        await playground.say(MEI, MEI, "one")
    inbox.full = False
    await playground.say(MEI, MEI, "two")
    assert [update["message"]["text"] for update in inbox.updates] == ["one", "two"]


async def test_results_are_bound_to_the_bot(playground, mei):
    sent = await playground.bot.send_message(mei, "<b>Hi</b> &lt;3")
    assert (sent.text, sent.chat.id, sent.from_user.id, sent.date) == ("Hi <3", mei, BOT_ID, NOON)
    edited = await sent.edit_text("Ho", reply_markup=keys(callback_data="x"))
    assert isinstance(edited, Message)
    assert edited.edit_date
    reply = await edited.reply("Re")
    assert reply.reply_to_message.message_id == sent.message_id
    await reply.delete()
    shown = playground.messages(mei, mei)
    assert [(m.text, m.edited, m.buttons) for m in shown[1:]] == [("Ho", True, ((("Key", "x"),),))]


@pytest.mark.parametrize(
    ("text", "complaint"),
    [
        ("<3", "can't parse entities"),
        ("a </b>", "can't parse entities"),
        ("<b>a", "can't parse entities"),
        ("<b>a</i>", "can't parse entities"),
        ("<script>a</script>", "can't parse entities"),
        (" \n", "message text is empty"),
        ("<b> </b>", "message text is empty"),
        ("x" * 4097, "message is too long"),
        ("😀" * 2049, "message is too long"),
        ("\ud800", "UTF-8"),
    ],
)
async def test_a_bad_text_is_refused(playground, mei, text, complaint):
    with pytest.raises(TelegramBadRequest, match=complaint):
        await playground.bot.send_message(mei, text)
    assert len(playground.messages(mei, mei)) == 1


async def test_the_longest_text_and_caption_pass(playground, mei):
    assert (await playground.bot.send_message(mei, "<b>" + "😀" * 2048 + "</b>")).text == "😀" * 2048
    sent = await playground.bot.send_photo(mei, BufferedInputFile(picture(), "p.png"), caption="x" * 1024)
    with pytest.raises(TelegramBadRequest, match="message caption is too long"):
        await sent.edit_caption(caption="x" * 1025)


@pytest.mark.parametrize(
    "button",
    [
        {"callback_data": "钥" * 22},
        {"callback_data": ""},
        {"url": "nowhere"},
        {"url": "https://t.me/regulars_bot?start=" + "a" * 65},
        {"url": "https://t.me/regulars_bot?start=a b"},
        {},
        {"url": "https://example.org", "callback_data": "x"},
    ],
)
async def test_a_bad_button_is_refused(playground, mei, button):
    with pytest.raises(TelegramBadRequest):
        await playground.bot.send_message(mei, "Hi", reply_markup=keys(**button))


async def test_64_bytes_of_callback_data_pass(playground, mei):
    data = "a" + "钥" * 21
    await playground.bot.send_message(mei, "Hi", reply_markup=keys(callback_data=data))
    assert playground.messages(mei, mei)[-1].buttons == ((("Key", data),),)


async def test_who_never_wrote_cannot_be_written_to(playground):
    with pytest.raises(TelegramForbiddenError, match="can't initiate conversation"):
        await playground.bot.send_message(MEI, "Hi")
    with pytest.raises(TelegramBadRequest, match="chat not found"):
        await playground.bot.send_message(4711, "Hi")


async def test_who_blocked_the_bot_cannot_be_written_to_until_they_speak(playground, inbox, mei):
    await playground.block(mei)
    assert inbox.last("my_chat_member")["new_chat_member"]["status"] == "kicked"
    with pytest.raises(TelegramForbiddenError, match="blocked"):
        await playground.bot.send_message(mei, "Hi")
    await playground.say(mei, mei, "/start")
    assert inbox.kinds()[-2:] == ["my_chat_member", "message"]
    await playground.bot.send_message(mei, "Hi")


async def test_edits_that_change_nothing_or_find_nothing_are_refused(playground, mei):
    sent = await playground.bot.send_message(mei, "Hi", reply_markup=keys(callback_data="x"))
    with pytest.raises(TelegramBadRequest, match="message is not modified"):
        await sent.edit_text("Hi", reply_markup=keys(callback_data="x"))
    await sent.edit_reply_markup()
    await sent.delete()
    for late in (
        sent.edit_text("Ho"),
        sent.delete(),
        playground.bot.edit_message_text("Ho", chat_id=mei, message_id=1),
    ):
        with pytest.raises(TelegramBadRequest, match="not found"):
            await late
    theirs = playground.messages(mei, mei)[0].id
    with pytest.raises(TelegramBadRequest, match="can't be edited"):
        await playground.bot.edit_message_text("Ho", chat_id=mei, message_id=theirs)
    with pytest.raises(TelegramBadRequest, match="message to be replied not found"):
        await playground.bot.send_message(mei, "Hi", reply_to_message_id=sent.message_id)


async def test_a_tap_is_answered_to_the_person_who_tapped(playground, inbox, mei):
    sent = await playground.bot.send_message(mei, "Hi", reply_markup=keys(callback_data="x"))
    tap = await playground.press(mei, mei, sent.message_id, "forged")
    update = Update.model_validate(
        {"update_id": 1, "callback_query": inbox.last("callback_query")}, context={"bot": playground.bot}
    )
    assert (update.callback_query.data, update.callback_query.message.text) == ("forged", "Hi")
    await update.callback_query.answer("Well done", show_alert=True)
    [notice] = playground.notices(mei)
    assert (notice.callback_id, notice.text, notice.alert) == (tap, "Well done", True)
    assert playground.notices(CLERK) == []
    with pytest.raises(TelegramBadRequest, match="query is too old"):
        await playground.bot.answer_callback_query("4711-1")
    with pytest.raises(TelegramBadRequest, match="MESSAGE_TOO_LONG"):
        await update.callback_query.answer("x" * 201)


async def test_files_come_back_as_they_went(playground, inbox, mei, tmp_path):
    (tmp_path / "list.csv").write_bytes(b"a,b")
    sent = await playground.bot.send_document(mei, FSInputFile(tmp_path / "list.csv"), caption="<i>here</i>")
    assert (sent.document.file_name, sent.caption) == ("list.csv", "here")
    assert (await playground.bot.download(sent.document)).read() == b"a,b"
    photo = await playground.bot.send_photo(mei, BufferedInputFile(picture(8, 6), "p.png"))
    assert (photo.photo[-1].width, photo.photo[-1].height) == (8, 6)
    again = await playground.bot.send_photo(mei, photo.photo[-1].file_id)
    assert playground.file(again.photo[-1].file_id).data == picture(8, 6)
    await playground.send_file(mei, mei, "import.csv", b"x,y", "/import")
    message = inbox.last("message")
    assert message["caption"] == "/import"
    assert message["caption_entities"]
    assert (await playground.bot.download(message["document"]["file_id"])).read() == b"x,y"


async def test_an_album_is_several_messages_of_two_to_ten_photos(playground, mei):
    sent = await playground.bot.send_photo(mei, BufferedInputFile(picture(8, 6), "p.png"))
    photo = InputMediaPhoto(media=sent.photo[-1].file_id, caption="<b>No. 1</b>")
    album = await playground.bot.send_media_group(mei, [photo, photo])
    assert [each.caption for each in album] == ["No. 1", "No. 1"]
    assert len({each.message_id for each in album}) == 2
    assert len({each.media_group_id for each in album}) == 1
    unknown, file = InputMediaPhoto(media="unknown"), InputMediaDocument(media="x")
    for wrong in ([photo], [photo] * 11, [photo, unknown], [photo, file]):
        with pytest.raises(TelegramBadRequest):
            await playground.bot.send_media_group(mei, wrong)
    outcome = await playground.send(SendMediaGroup(chat_id=mei, media=[photo, photo]))
    assert outcome == Sent(album[-1].message_id + 1)


async def test_what_is_no_file_is_refused(playground, mei):
    for wrong in (
        BufferedInputFile(b"no picture", "p.png"),
        BufferedInputFile(b"", "p.png"),
        "https://example.org/p.png",
    ):
        with pytest.raises(TelegramBadRequest):
            await playground.bot.send_photo(mei, wrong)
    with pytest.raises(TelegramBadRequest):
        await playground.bot.send_document(mei, URLInputFile("https://example.org/p.png"))
    with pytest.raises(Impossible, match="not_a_picture"):
        await playground.send_photo(mei, mei, "p.png", b"no picture")
    with pytest.raises(Impossible, match="file_too_big"):
        await playground.send_file(mei, mei, "big", bytes(FILE_LIMIT + 1))


async def test_making_the_bot_an_administrator_is_told_with_all_rights(playground, inbox):
    await playground.promote_bot(BOSS, playground.group.id)
    change = inbox.updates[0]["my_chat_member"]
    assert (change["from"]["id"], change["old_chat_member"]["status"]) == (BOSS, "left")
    assert ChatMemberAdministrator.model_validate(change["new_chat_member"]).can_pin_messages
    assert [user["id"] for user in inbox.last("message")["new_chat_members"]] == [BOT_ID]
    with pytest.raises(Impossible, match="not_administrator"):
        await playground.demote_bot(MEI, playground.group.id)


async def test_joining_and_leaving_are_told_twice(playground, inbox, group):
    await playground.join(LILY, group)
    assert inbox.kinds()[-2:] == ["chat_member", "message"]
    assert inbox.last("chat_member")["new_chat_member"]["status"] == "member"
    await playground.leave(LILY, group)
    assert inbox.last("message")["left_chat_member"]["id"] == LILY
    assert playground.messages(group, LILY) == []
    with pytest.raises(Impossible, match="not_member"):
        await playground.say(LILY, group, "hi")


async def test_only_an_administrator_hears_everything(playground, inbox, group):
    await playground.demote_bot(BOSS, group)
    inbox.updates.clear()
    await playground.say(MEI, group, "just talking")
    await playground.leave(MEI, group)
    assert inbox.kinds() == ["message"]  # that somebody left is said in the group
    await playground.say(CLERK, group, "/points")
    sent = await playground.bot.send_message(group, "Yes?")
    await playground.say(CLERK, group, "an answer", reply_to=sent.message_id)
    assert [update["message"].get("text") for update in inbox.updates[1:]] == ["/points", "an answer"]


async def test_where_the_bot_is_not_it_cannot_speak(playground, group):
    await playground.remove_bot(BOSS, group)
    with pytest.raises(TelegramForbiddenError, match="kicked"):
        await playground.bot.send_message(group, "Hi")


async def test_who_asked_to_join_can_be_written_to_and_let_in(playground, inbox, group):
    await playground.ask_to_join(LILY, group)
    assert inbox.last("chat_join_request")["user_chat_id"] == LILY
    await playground.bot.send_message(LILY, "One question first")
    await playground.bot.approve_chat_join_request(group, LILY)
    assert inbox.last("chat_member")["new_chat_member"]["user"]["id"] == LILY
    with pytest.raises(TelegramBadRequest, match="HIDE_REQUESTER_MISSING"):
        await playground.bot.decline_chat_join_request(group, LILY)
    with pytest.raises(TelegramForbiddenError):
        await playground.bot.send_message(LILY, "One more")


async def test_an_invitation_says_by_which_link_somebody_came(playground, inbox, group):
    link = await playground.bot.create_chat_invite_link(group, name="Mei's")
    await playground.open_link(LILY, link.invite_link)
    assert inbox.last("chat_member")["invite_link"]["name"] == "Mei's"


async def test_putting_out_and_silencing(playground, inbox, group):
    await playground.bot.restrict_chat_member(group, MEI, ChatPermissions(can_send_messages=False))
    with pytest.raises(Impossible, match="muted"):
        await playground.say(MEI, group, "hi")
    await playground.bot.ban_chat_member(group, MEI)
    with pytest.raises(Impossible, match="banned"):
        await playground.join(MEI, group)
    await playground.bot.unban_chat_member(group, MEI, only_if_banned=True)
    await playground.join(MEI, group)
    with pytest.raises(TelegramBadRequest, match="administrator"):
        await playground.bot.ban_chat_member(group, BOSS)


async def test_a_group_that_moved_names_its_new_id(playground, inbox, group):
    new = await playground.upgrade_group(group)
    assert playground.group.id == new
    told = [update["message"] for update in inbox.updates if "message" in update][-2:]
    assert (told[0]["migrate_to_chat_id"], told[1]["migrate_from_chat_id"]) == (new, group)
    with pytest.raises(TelegramMigrateToChat) as moved:
        await playground.bot.send_message(group, "Hi")
    assert moved.value.migrate_to_chat_id == new
    assert await playground.send(SendMessage(chat_id=group, text="Hi")) == MovedOutcome(new)
    await playground.bot.send_message(new, "Hi")


async def test_what_the_bot_can_ask(playground, group):
    bot = playground.bot
    assert (await bot.get_me()).username == "regulars_bot"
    assert [admin.user.id for admin in await bot.get_chat_administrators(group)] == [BOSS]
    assert (await bot.get_chat_member(group, LILY)).status == "left"
    assert (await bot.get_chat_member(group, BOT_ID)).can_restrict_members
    assert (await bot.get_chat(group)).title == playground.group.title
    assert await bot.set_my_commands([BotCommand(command="start", description="Begin")])
    assert await bot.send_chat_action(group, "typing")
    with pytest.raises(TelegramBadRequest):
        await bot.set_my_commands([BotCommand(command="Start!", description="Begin")])
    with pytest.raises(TelegramBadRequest, match="getStickerSet"):
        await bot(GetStickerSet(name="x"))


async def test_sending_ends_in_an_outcome(playground, mei):
    sent = await playground.send(SendMessage(chat_id=mei, text="Hi"))
    assert sent == Sent(playground.newest(mei))
    assert isinstance(await playground.send(SendMessage(chat_id=CLERK, text="Hi")), Gone)
    assert isinstance(await playground.send(SendMessage(chat_id=mei, text="")), Refused)

    async def busy(make_request, bot, method):
        raise TelegramRetryAfter(method, "Too Many Requests", retry_after=3)

    playground.bot.session.middleware(busy)
    assert (await playground.send(SendMessage(chat_id=mei, text="Hi"))).seconds == Later(3, "").seconds


async def test_links_carry_a_payload(playground, inbox):
    link = playground.deep_link("ref_42-A")
    await playground.open_link(MEI, link)
    assert inbox.last("message")["text"] == "/start ref_42-A"
    await playground.open_link(MEI, "ref_43")
    assert inbox.last("message")["text"] == "/start ref_43"
    with pytest.raises(ValueError, match="payload"):
        playground.deep_link("a" * 65)
    with pytest.raises(Impossible, match="bad_link"):
        await playground.open_link(MEI, "https://elsewhere.example/?start=a")


async def test_the_page_gets_only_harmless_html(playground):
    await playground.say(MEI, MEI, '<script>alert(1)</script> https://e.org/?"onclick="x /help')
    await playground.bot.send_message(
        MEI,
        '<a href="javascript:alert(1)">j</a> <a href="https://e.org/&quot;&gt;">q</a> <a href="tg://user?id=3">Mei</a>',
    )
    first, second = playground.messages(MEI, MEI)
    assert "<script" not in first.html
    assert (
        '<a href="https://e.org/?" target="_blank" rel="noopener noreferrer">https://e.org/?</a>"onclick' in first.html
    )
    assert '<a href="#" data-command="/help">/help</a>' in first.html
    assert (
        second.html == 'j <a href="https://e.org/&quot;&gt;" target="_blank" rel="noopener noreferrer">q</a> <b>Mei</b>'
    )


async def test_somebody_without_a_name_can_speak(playground, inbox):
    nobody = playground.add("", "zh-hant")
    await playground.say(nobody.id, nobody.id, "/start")
    assert inbox.last("message")["from"] == {
        "id": nobody.id,
        "is_bot": False,
        "first_name": "",
        "language_code": "zh-hant",
    }


async def test_watchers_hear_of_changes_until_the_playground_closes(playground, mei):
    heard = []

    async def listen():
        async for change in playground.watch():
            heard.append((change.what, change.chat))  # noqa: PERF401 (the list is read while it grows)

    async with asyncio.timeout(60), asyncio.TaskGroup() as tasks:
        tasks.create_task(listen())
        await asyncio.sleep(0)
        await playground.bot.send_message(mei, "Hi")
        await asyncio.sleep(0)
        assert heard == [("message", mei)]
        await playground.stop()


async def test_who_asks_to_come_in_is_seen_asking_at_once(playground):
    async def first():
        return await anext(playground.watch())

    async with asyncio.TaskGroup() as tasks:
        seen = tasks.create_task(first())
        await asyncio.sleep(0)
        await playground.ask_to_join(LILY, playground.group.id)
    assert seen.result().what == "people"
    assert LILY in playground.group.asking


async def test_a_slow_watcher_is_told_to_look_again(playground):
    changes = playground.watch()

    async def look():
        return (await anext(changes)).what

    async with asyncio.timeout(60), asyncio.TaskGroup() as tasks:
        waiting = tasks.create_task(look())
        await asyncio.sleep(0)
        for _ in range(101):
            playground.announce("clock")
    assert waiting.result() == "reload"
    await changes.aclose()


async def test_reset_forgets_everything(playground, inbox, mei, group):
    playground.reset()
    assert playground.messages(mei, mei) == []
    assert playground.group.bot == "left"
    with pytest.raises(TelegramForbiddenError):
        await playground.bot.send_message(mei, "Hi")


async def test_the_same_people_after_a_restart():
    people = [(p.id, p.username, p.part) for p in Playground(lambda: NOON, "en").people]
    chinese = Playground(lambda: NOON + timedelta(days=1), "zh_CN")
    assert [(p.id, p.username, p.part) for p in chinese.people] == people
    assert [part for _id, _name, part in people] == ["owner", "clerk", *["customer"] * 4, "newcomer"]
    assert chinese.people[0].name == "王老板"
