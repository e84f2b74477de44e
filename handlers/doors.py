"""The door that every update comes through: who is it, in which language, may they; and refusals on the way out."""

from collections import defaultdict
from collections.abc import Awaitable, Callable
from typing import Any

from aiogram import BaseMiddleware, Bot
from aiogram.methods import TelegramMethod
from aiogram.types import CallbackQuery, Chat, Message, TelegramObject, Update, User
from aiogram.types.update import UpdateTypeLookupError

from bot.clock import Clock
from bot.club import owners
from bot.club.errors import ClubError
from bot.club.members import Person, Visitor
from bot.club.rules import OpenShop, Shop
from bot.i18n import _, speaking, understood
from bot.speech import plain, refusals, spoken_on
from db.engine import Database, in_hand
from handlers.conduct import said
from handlers.lines import storable
from handlers.roster import Roster

NOBODY = (1087968824, 777000)  # an anonymous group administrator, a channel
KNOWN = 50_000  # people that are remembered between updates


class Doors(BaseMiddleware):
    """Lets people in: what handlers want is laid out here, once for each update."""

    def __init__(self, database: Database, shop: OpenShop, clock: Clock) -> None:
        self._database = database
        self._shop = shop
        self._clock = clock
        self._people: dict[tuple[str, int], Person] = {}
        self._accounts: dict[int, set[tuple[str, int]]] = defaultdict(set)
        self._changes = 0
        self._roster = Roster(database)
        database.listen("member", self._forget)
        database.listen("everyone", lambda _: self._forget_all())

    async def __call__(
        self,
        handler: Callable[[TelegramObject, dict[str, Any]], Awaitable[Any]],
        update: TelegramObject,
        data: dict[str, Any],
    ) -> Any:
        """Handle one update as its person, in their language; a refusal becomes their answer."""
        assert isinstance(update, Update)
        try:
            event = update.event
        except UpdateTypeLookupError:  # of a kind that is newer than we are
            return None
        shop, now = self._shop.now, self._clock.now()
        user, chat = data.get("event_from_user"), data.get("event_chat")
        person = await self._meet(data["platform"].name, data["bot"], user, chat, event)
        data |= {"database": self._database, "shop": shop, "now": now, "person": person}
        data["key"] = f"{data['platform'].name}:{update.update_id}"
        if person and chat and isinstance(event, Message) and chat.type != "private" and said(event):
            await self._roster.notice(data["platform"].name, chat.id, person, now=now)
        token = in_hand.set(data["hand"])
        try:
            with speaking(language_of(person, shop)), spoken_on(shop.day(now)):
                try:
                    return await handler(update, data)
                except ClubError as refusal:
                    return refuse(event, refusals.words(refusal, shop))
                except Exception:
                    await _apologise(event)
                    raise
        finally:
            in_hand.reset(token)

    async def _meet(
        self, platform: str, bot: Bot, user: User | None, chat: Chat | None, event: TelegramObject
    ) -> Person | None:
        """The person who speaks, from memory where nothing about them changed; None for nobody in particular."""
        if user is None or user.is_bot or user.id in NOBODY or getattr(event, "sender_chat", None):
            return None
        visitor = visitor_of(platform, user)
        private = chat is not None and chat.type == "private" and isinstance(event, Message | CallbackQuery)
        known = self._people.get((platform, user.id))
        now = self._clock.now()
        if known and known.visitor == visitor and (known.reachable or not private) and known.seen(now):
            return known
        changes = self._changes
        us = await bot.me()
        names = us.first_name, us.username or ""
        person = await self._database.write(owners.meet, visitor, self._shop.now, names, private=private, now=now)
        if changes == self._changes:  # else the act of another update may be newer than what was read
            self._remember((platform, user.id), person)
        return person

    def _remember(self, key: tuple[str, int], person: Person) -> None:
        if len(self._people) >= KNOWN:
            self._forget_all()
        self._people[key] = person
        self._accounts[person.member_id].add(key)

    def _forget(self, member_id: int) -> None:
        self._changes += 1
        for key in self._accounts.pop(member_id, ()):
            self._people.pop(key, None)

    def _forget_all(self) -> None:
        self._changes += 1
        self._people.clear()
        self._accounts.clear()


def visitor_of(platform: str, user: User) -> Visitor:
    """Someone as the platform tells of them."""
    return Visitor(platform, user.id, storable(user.first_name), user.username, user.language_code)


def language_of(person: Person | None, shop: Shop) -> str:
    """The language to speak with someone: chosen, or the client's, or the shop's."""
    if person is None:
        return shop.locale
    return person.locale or understood(person.visitor.language, shop.locale)


def refuse(event: TelegramObject, words: str) -> TelegramMethod[Any] | None:
    """Say no: a message in private; in a group an alert for a button, and silence for anything else."""
    if isinstance(event, CallbackQuery):
        if isinstance(event.message, Message) and event.message.chat.type == "private":
            return event.message.answer(words)
        return event.answer(plain(words)[:200], show_alert=True)
    if isinstance(event, Message) and event.chat.type == "private":
        return event.answer(words)
    return None


async def _apologise(event: TelegramObject) -> None:
    """Say that it was our fault; what happened is in the log."""
    sorry = refuse(event, _("Something went wrong on our side, and nothing was changed. Please try again in a minute."))
    if sorry is not None:
        await sorry
