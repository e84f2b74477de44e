"""Texts as Telegram reads them: for the playground's session, which must be as strict, and for its page."""

import html
import re
from collections.abc import Collection, Iterator
from typing import Any

from aiogram.enums import MessageEntityType
from aiogram.types import MessageEntity
from aiogram.utils.text_decorations import HtmlDecoration
from typing_extensions import override

Entity = dict[str, Any]

_TOKEN = re.compile(r"<(/?)([A-Za-z][\w-]*)([^<>]*)>|(&(?:lt|gt|amp|quot|#\d{1,7}|#x[0-9A-Fa-f]{1,6});)|(<)|([^<&]+|&)")
_ATTRIBUTE = re.compile(r"""([\w-]+)(?:\s*=\s*(?:"([^"]*)"|'([^']*)'|([^\s"'>]+)))?""")
_FOUND = re.compile(
    r"(?P<url>https?://[^\s<>\"]+)"
    r"|(?<![\w/@.<])(?P<bot_command>/[A-Za-z0-9_]{1,64}(?:@\w{3,32})?)"
    r"|(?<![\w/@.])(?P<mention>@[A-Za-z]\w{2,31})\b"
)
_KINDS = {
    "b": "bold",
    "strong": "bold",
    "i": "italic",
    "em": "italic",
    "u": "underline",
    "ins": "underline",
    "s": "strikethrough",
    "strike": "strikethrough",
    "del": "strikethrough",
    "span": "spoiler",
    "tg-spoiler": "spoiler",
    "code": "code",
    "pre": "pre",
    "blockquote": "blockquote",
    "a": "text_link",
    "tg-emoji": "custom_emoji",
}
_LINKS = ("http://", "https://", "tg://", "mailto:")


class Unreadable(Exception):
    """HTML that Telegram would not take; the text is its complaint."""


def utf16(text: str) -> int:
    """How long Telegram thinks a text is. Raises Unreadable for half a character."""
    if text.isascii():
        return len(text)
    try:
        return len(text.encode("utf-16-le")) // 2
    except UnicodeEncodeError:
        raise Unreadable("strings must be encoded in UTF-8") from None


def read_html(source: str) -> tuple[str, list[Entity]]:
    """The plain text of Telegram's HTML and its entities, trimmed. Raises Unreadable."""
    if "<" not in source and "&" not in source:
        return source.strip(), []
    text, entities, open_tags, at = [], [], list[tuple[str, Entity]](), 0
    for closes, tag, attributes, named, _stray, words in _tokens(source):
        if words or named:
            piece = words or html.unescape(named)
            text.append(piece)
            at += utf16(piece)
        elif closes:
            entities.append(_closed(tag.lower(), open_tags, at))
        else:
            open_tags.append((tag.lower(), _opened(tag.lower(), attributes, at)))
    if open_tags:
        raise Unreadable(f"can't parse entities: Can't find end tag corresponding to start tag {open_tags[-1][0]!r}")
    return trimmed("".join(text), sorted(entities, key=lambda entity: (entity["offset"], -entity["length"])))


def found(text: str) -> list[Entity]:
    """What Telegram marks by itself in a text: commands, mentions, addresses."""
    return [
        {"type": hit.lastgroup, "offset": utf16(text[: hit.start()]), "length": utf16(hit.group())}
        for hit in _FOUND.finditer(text)
    ]


def shown(text: str, entities: list[Entity], marked: Collection[str] = ("bot_command", "mention", "url")) -> str:
    """A text as HTML that is safe to put into a page: known tags, escaped words, harmless links.

    `marked`: what is marked in it as Telegram would by itself.
    """
    taken = [(entity["offset"], entity["offset"] + entity["length"]) for entity in entities]
    extra = [
        new
        for new in found(text)
        if new["type"] in marked and not any(a < new["offset"] + new["length"] and new["offset"] < b for a, b in taken)
    ]
    return _page.unparse(text, [MessageEntity.model_validate(entity) for entity in [*entities, *extra]])


def _tokens(source: str) -> Iterator[tuple[str | Any, ...]]:
    for token in _TOKEN.finditer(source):
        if token[5]:
            raise Unreadable(
                f"can't parse entities: Unsupported start tag at byte offset {len(source[: token.start()].encode())}"
            )
        yield token.groups()


def _opened(tag: str, attributes: str, at: int) -> Entity:
    given = {name.lower(): html.unescape(a or b or c) for name, a, b, c in _ATTRIBUTE.findall(attributes)}
    if tag not in _KINDS or (tag == "span" and given.get("class") != "tg-spoiler"):
        raise Unreadable(f"can't parse entities: Unsupported start tag {tag!r}")
    entity: Entity = {"type": _KINDS[tag], "offset": at}
    if tag == "a":
        entity["url"] = given.get("href", "")
    if tag == "tg-emoji":
        entity["custom_emoji_id"] = given.get("emoji-id", "")
    return entity


def _closed(tag: str, open_tags: list[tuple[str, Entity]], at: int) -> Entity:
    if not open_tags:
        raise Unreadable(f"can't parse entities: Unexpected end tag {tag!r}")
    opened, entity = open_tags.pop()
    if opened != tag:
        raise Unreadable(f"can't parse entities: Unmatched end tag, expected </{opened}>, found </{tag}>")
    return entity | {"length": at - entity["offset"]}


def trimmed(text: str, entities: list[Entity]) -> tuple[str, list[Entity]]:
    """Without the space around it, which Telegram takes away, and without links that lead nowhere."""
    lead, trimmed = len(text) - len(text.lstrip()), text.strip()
    end, kept = utf16(trimmed), []
    for entity in entities:
        first = max(0, entity["offset"] - lead)
        last = min(end, entity["offset"] + entity["length"] - lead)
        if last > first and ("url" not in entity or entity["url"].startswith(_LINKS)):
            kept.append(entity | {"offset": first, "length": last - first})
    return trimmed, kept


class _Page(HtmlDecoration):
    """Entities as the page's HTML. Every address is checked and quoted here."""

    @override
    def apply_entity(self, entity: MessageEntity, text: str) -> str:
        if entity.type == MessageEntityType.BOT_COMMAND:
            return f'<a href="#" data-command="{text}">{text}</a>'
        if entity.type == MessageEntityType.URL:
            return self.link(text, html.unescape(text))
        if entity.type == MessageEntityType.MENTION:
            return f"<b>{text}</b>"
        return super().apply_entity(entity, text)

    @override
    def link(self, value: str, link: str) -> str:
        if link.startswith("tg://user"):
            return f"<b>{value}</b>"
        if not link.startswith(_LINKS):
            return value
        return f'<a href="{html.escape(link)}" target="_blank" rel="noopener noreferrer">{value}</a>'

    @override
    def spoiler(self, value: str) -> str:
        return f'<span class="spoiler" tabindex="0">{value}</span>'

    @override
    def pre_language(self, value: str, language: str) -> str:
        return self.pre(value)

    @override
    def custom_emoji(self, value: str, custom_emoji_id: str) -> str:
        return value

    @override
    def date_time(self, value: str, unix_time: Any, date_time_format: str | None = None) -> str:
        return value


_page = _Page()
