"""Keywords: the shop's own answers to what is asked again and again, for managers to write, and for all to read."""

from datetime import datetime
from typing import Any

from aiogram.methods import TelegramMethod
from aiogram.types import Message

from bot.club import keywords
from bot.club.errors import BadLine
from bot.club.keywords import BadKeyword
from bot.club.members import Person, Role
from bot.club.names import folded
from bot.club.rules import Shop
from bot.i18n import N_, _
from bot.speech import Html, fill, fitting, lines
from bot.speech.buttons import rows, tap
from db.engine import Database
from handlers.commands import WORDS, button, command
from handlers.lines import first_words

FORM = N_('/keyword "opening hours" Every day from 9 to 21')
REMOVE = ("remove", "删除", "刪除")


@command("keyword", "关键词", "關鍵字", who=Role.MANAGER, help=N_("your own answers to a word: /keyword WORD ANSWER"))
async def manage(
    message: Message, words: str, person: Person, database: Database, now: datetime
) -> TelegramMethod[Any]:
    """Answer a word from now on, or no longer, or list them all."""
    word, answer = first_words(words)
    if word.lower() in REMOVE and answer:
        gone = await database.write(keywords.remove, person, answer.strip('"“”「」'), now=now)
        return message.answer(_over(gone))
    if word and not answer:
        raise BadLine(form=FORM)
    if word:
        if folded(word) in WORDS:
            raise BadKeyword(word=word)
        await database.write(keywords.keep, person, word, answer, now=now)
        text = _("Whoever says “{word}”, here or in the group, reads:\n\n{answer}")
        return message.answer(fill(text, word=word, answer=lines(answer)))
    found = await database.read(keywords.listed)
    told = [fill("<b>{word}</b>\n{answer}", word=each, answer=lines(answer)) for each, answer in found]
    text = fitting(
        [_("<b>Keywords</b>"), *(told or [fill(_("None yet. The first one: {form}"), form=_(FORM))])], "\n\n"
    )
    buttons = [tap(_("Remove {name}").format(name=each), "unkeyword", folded(each)) for each, _answer in found]
    return message.answer(text, reply_markup=rows(*buttons) if buttons else None)


@button("unkeyword", who=Role.MANAGER)
async def remove(
    message: Message, about: str, person: Person, database: Database, now: datetime
) -> TelegramMethod[Any]:
    """Answer a word no longer."""
    return message.edit_text(_over(await database.write(keywords.remove, person, about, now=now)))


def answer_to(text: str, shop: Shop) -> Html | None:
    """The shop's own answer to a whole message, if it has one."""
    answer = shop.keywords.get(folded(text)) if shop.keywords else None
    return lines(answer) if answer else None


def _over(word: str) -> Html:
    return fill(_("“{word}” is answered no longer."), word=word)
