"""What the bot says: its messages, edits and answers to taps, each refused where Telegram would refuse it."""

import re
import secrets
from collections import deque
from typing import Any

from aiogram import methods
from aiogram.client.default import Default
from aiogram.types import InlineKeyboardButton, InlineKeyboardMarkup, InputFile, InputMediaPhoto, URLInputFile

from .cast import BOT, BOT_ID, Api
from .markup import Entity, read_html, trimmed, utf16
from .world import KEPT_NOTICES, Forbidden, Impossible, Moved, Notice, Post, StoredFile, World, Wrong

TEXT_LIMIT = 4096
CAPTION_LIMIT = 1024
NOTICE_LIMIT = 200
ALBUM_LIMIT = 10
DATA_LIMIT = 64  # bytes
NO_RIGHT = "not enough rights to send text messages to the chat"
PAYLOAD = re.compile(r"[A-Za-z0-9_-]{1,64}")


def reach(world: World, chat_id: int | str | None) -> int:
    """The chat, if the bot may write there."""
    if not isinstance(chat_id, int) or not (chat_id in world.groups or chat_id in world.people):
        raise Wrong("chat not found")
    if group := world.groups.get(chat_id):
        if group.moved_to:
            raise Moved(group.moved_to)
        if not group.has(BOT_ID):
            was = "was kicked from" if group.bot == "kicked" else "is not a member of"
            raise Forbidden(f"bot {was} the supergroup chat")
        if group.bot == "restricted":
            raise Wrong(NO_RIGHT)
    elif chat_id in world.blocked:
        raise Forbidden("bot was blocked by the user")
    elif chat_id not in world.started and not any(chat_id in group.asking for group in world.groups.values()):
        raise Forbidden("bot can't initiate conversation with a user")
    return chat_id


async def send_message(world: World, method: methods.SendMessage) -> Post:
    """A text."""
    reach(world, method.chat_id)
    text, entities = _words(world, method.text, method.parse_mode, method.entities, TEXT_LIMIT)
    if not text:
        raise Wrong("message text is empty")
    return _sent(world, method, text, entities)


async def send_photo(world: World, method: methods.SendPhoto) -> Post:
    """A picture with a caption."""
    return await _send_file(world, method, method.photo, picture=True)


async def send_document(world: World, method: methods.SendDocument) -> Post:
    """A file with a caption."""
    return await _send_file(world, method, method.document, picture=False)


async def send_media_group(world: World, method: methods.SendMediaGroup) -> list[Post]:
    """An album of pictures: several messages, none with buttons."""
    reach(world, method.chat_id)
    if not 2 <= len(method.media) <= ALBUM_LIMIT:
        raise Wrong("group send failed: an album has 2 to 10 items")
    parts = []
    for item in method.media:
        if not isinstance(item, InputMediaPhoto):
            raise Wrong("the playground knows albums of photos only")
        words = _words(world, item.caption or "", item.parse_mode, item.caption_entities, CAPTION_LIMIT)
        parts.append((*words, await _taken(world, item.media, picture=True)))
    album = secrets.token_hex(8)
    return [_sent(world, method, text, entities, file, album) for text, entities, file in parts]


async def _send_file(world: World, method: Any, given: InputFile | str, *, picture: bool) -> Post:
    reach(world, method.chat_id)
    text, entities = _words(world, method.caption or "", method.parse_mode, method.caption_entities, CAPTION_LIMIT)
    file = await _taken(world, given, picture=picture)
    return _sent(world, method, text, entities, file)


async def _taken(world: World, given: InputFile | str, *, picture: bool) -> StoredFile:
    """The file of a call: uploaded, or one that is known by its id."""
    if isinstance(given, str):
        if given not in world.files:
            raise Wrong("wrong file identifier/HTTP URL specified")
        return world.files[given]
    if isinstance(given, URLInputFile):
        raise Wrong("failed to get HTTP URL content")
    data = b"".join([piece async for piece in given.read(world.bot)])
    try:
        return world.store(given.filename or "file", data, picture=picture)
    except Impossible as error:
        raise Wrong("IMAGE_PROCESS_FAILED" if str(error) == "not_a_picture" else "file must be non-empty") from None


def _sent(
    world: World, method: Any, text: str, entities: list[Entity], file: StoredFile | None = None, album: str = ""
) -> Post:
    return world.post(
        method.chat_id,
        BOT_ID,
        text=text,
        entities=entities,
        markup=_buttons(getattr(method, "reply_markup", None)),
        file=file,
        album=album,
        reply_to=_replied(world, method),
    )


def _replied(world: World, method: Any) -> int | None:
    reply = method.reply_parameters
    wanted = reply.message_id if reply else method.reply_to_message_id
    lenient = reply.allow_sending_without_reply if reply else method.allow_sending_without_reply
    if wanted and not world.found(method.chat_id, wanted):
        if not _settled(world, lenient):
            raise Wrong("message to be replied not found")
        return None
    return int(wanted) if wanted else None


async def edit_text(world: World, method: methods.EditMessageText) -> Post:
    """Other words."""
    post = _editable(world, method)
    if post.file:
        raise Wrong("there is no text in the message to edit")
    text, entities = _words(world, method.text or "", method.parse_mode, method.entities, TEXT_LIMIT)
    if not text:
        raise Wrong("message text is empty")
    return _edited(world, post, text, entities, _buttons(method.reply_markup))


async def edit_caption(world: World, method: methods.EditMessageCaption) -> Post:
    """Other words under a picture or file."""
    post = _editable(world, method)
    if not post.file:
        raise Wrong("there is no caption in the message to edit")
    text, entities = _words(world, method.caption or "", method.parse_mode, method.caption_entities, CAPTION_LIMIT)
    return _edited(world, post, text, entities, _buttons(method.reply_markup))


async def edit_markup(world: World, method: methods.EditMessageReplyMarkup) -> Post:
    """Other buttons."""
    post = _editable(world, method)
    return _edited(world, post, post.text, post.entities, _buttons(method.reply_markup))


def _editable(world: World, method: Any) -> Post:
    post = world.found(reach(world, method.chat_id), method.message_id)
    if post is None:
        raise Wrong("message to edit not found")
    if post.sender != BOT_ID or post.event:
        raise Wrong("message can't be edited")
    return post


def _edited(world: World, post: Post, text: str, entities: list[Entity], markup: Api | None) -> Post:
    if (post.text, post.entities, post.markup) == (text, entities, markup):
        raise Wrong(
            "message is not modified: specified new message content and reply markup are exactly the same "
            "as a current content and reply markup of the message"
        )
    post.text, post.entities, post.markup, post.edited = text, entities, markup, world.seconds()
    world.changed("message", post.chat)
    return post


async def delete(world: World, method: methods.DeleteMessage) -> bool:
    """Take a message away; others' in a group only as an administrator."""
    chat = reach(world, method.chat_id)
    post = world.found(chat, method.message_id)
    if post is None:
        raise Wrong("message to delete not found")
    if chat in world.groups and post.sender != BOT_ID and world.groups[chat].bot != "administrator":
        raise Wrong("message can't be deleted")
    del world.posts[chat][post.id]
    world.changed("message", chat)
    return True


async def answer_tap(world: World, method: methods.AnswerCallbackQuery) -> bool:
    """A line or an alert for the person who tapped."""
    person = method.callback_query_id.partition("-")[0]
    if not (person.isdigit() and int(person) in world.people):
        raise Wrong("query is too old and response timeout expired or query ID is invalid")
    if utf16(method.text or "") > NOTICE_LIMIT:
        raise Wrong("MESSAGE_TOO_LONG")
    notices = world.notices.setdefault(int(person), deque(maxlen=KEPT_NOTICES))
    notices.append(Notice(method.callback_query_id, method.text or "", bool(method.show_alert), method.url or ""))
    world.changed("notice", int(person))
    return True


def _settled(world: World, value: Any) -> Any:
    """A parameter that may be one of the bot's defaults."""
    return world.bot.default[value.name] if isinstance(value, Default) else value


def _words(world: World, text: str, mode: Any, given: Any, limit: int) -> tuple[str, list[Entity]]:
    mode = _settled(world, mode)
    if mode is None:
        plain, entities = trimmed(text, [entity.model_dump(exclude_none=True) for entity in given or ()])
    elif str(mode).upper() == "HTML":
        plain, entities = read_html(text)
    else:
        raise Wrong("the playground reads HTML only")
    if utf16(plain) > limit:
        raise Wrong("message is too long" if limit == TEXT_LIMIT else "message caption is too long")
    return plain, entities


def _buttons(markup: Any) -> Api | None:
    """The buttons under a message; other keyboards are not part of it."""
    if not isinstance(markup, InlineKeyboardMarkup) or not any(markup.inline_keyboard):
        return None
    for row in markup.inline_keyboard:
        for button in row:
            _check(button)
    return markup.model_dump(exclude_none=True)


def _check(button: InlineKeyboardButton) -> None:
    actions = button.model_dump(exclude={"text", "style", "icon_custom_emoji_id"}, exclude_none=True)
    if not button.text.strip() or len(actions) != 1:
        raise Wrong("can't parse inline keyboard button: Text buttons are unallowed in the inline keyboard")
    if button.callback_data is not None and not 1 <= len(button.callback_data.encode()) <= DATA_LIMIT:
        raise Wrong("BUTTON_DATA_INVALID")
    if button.url is not None:
        _check_link(button.url)


def _check_link(url: str) -> None:
    if not re.match(r"(https?|tg)://[^\s]+$", url):
        raise Wrong("inline keyboard button URL is invalid")
    payload = re.fullmatch(rf"https://t\.me/{BOT['username']}\?start(?:group)?=(.*)", url)
    if payload and not PAYLOAD.fullmatch(payload[1]):
        raise Wrong("the start payload of a button is invalid")


PLAYS = {
    methods.SendMessage: send_message,
    methods.SendPhoto: send_photo,
    methods.SendDocument: send_document,
    methods.SendMediaGroup: send_media_group,
    methods.EditMessageText: edit_text,
    methods.EditMessageCaption: edit_caption,
    methods.EditMessageReplyMarkup: edit_markup,
    methods.DeleteMessage: delete,
    methods.AnswerCallbackQuery: answer_tap,
}
