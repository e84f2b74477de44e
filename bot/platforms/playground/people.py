"""What the made-up people do. Each act hands the bot the updates that Telegram would send, or raises Impossible."""

import re
from typing import Any

from .calls import CAPTION_LIMIT, PAYLOAD, TEXT_LIMIT
from .cast import BOT, BOT_ID, FIRST_ADDED_ID, Api, Group, Person
from .markup import Unreadable, found, utf16
from .standing import lapse, limit, move
from .world import Impossible, Post, World

_START = re.compile(rf"https://t\.me/{BOT['username']}(?:\?start=(.*))?")


class People:
    """The hands of everyone in a world. A person's private chat with the bot has the person's id."""

    def __init__(self, world: World) -> None:
        self._world = world

    def add(self, name: str, language: str, username: str = "") -> Person:
        """Somebody more, who is not in the group."""
        number = max(FIRST_ADDED_ID, *(known + 1 for known in self._world.people))
        person = self._world.people[number] = Person(number, name, language, username, part="newcomer")
        self._world.changed("people")
        return person

    async def say(self, person_id: int, chat_id: int, text: str, reply_to: int | None = None) -> int:
        """Write a text; in private this is also how somebody starts the bot. Returns the message's id."""
        text = text.strip()
        if not text:
            raise Impossible("text_empty")
        return await self._write(person_id, chat_id, text, TEXT_LIMIT, reply_to=reply_to)

    async def send_file(self, person_id: int, chat_id: int, name: str, data: bytes, caption: str = "") -> int:
        """Send a document."""
        file = self._world.store(name, data, picture=False)
        return await self._write(person_id, chat_id, caption.strip(), CAPTION_LIMIT, file=file)

    async def send_photo(self, person_id: int, chat_id: int, name: str, data: bytes, caption: str = "") -> int:
        """Send a picture."""
        file = self._world.store(name, data, picture=True)
        return await self._write(person_id, chat_id, caption.strip(), CAPTION_LIMIT, file=file)

    async def share_contact(self, person_id: int, phone: str, whose: int | None = None) -> int:
        """Share a phone number in private: one's own, for which the platform vouches, or somebody else's."""
        world, person = self._world, self._present(person_id, person_id)
        world.started.add(person_id)
        post = world.post(person_id, person_id, text=phone)
        contact = {"phone_number": phone, "first_name": person.name, "user_id": whose or person_id}
        message = {name: part for name, part in world.message(post).items() if name != "text"}
        await world.push("message", message | {"contact": contact})
        return post.id

    async def press(self, person_id: int, chat_id: int, message_id: int, data: str) -> str:
        """Tap a button, or claim to: `data` is not compared with the buttons. Returns the callback's id."""
        world, person = self._world, self._present(person_id, chat_id)
        post = world.found(chat_id, message_id)
        if post is None:
            raise Impossible("no_message")
        callback_id = world.tap(person_id)
        tap = {"id": callback_id, "from": person.api(), "chat_instance": str(chat_id), "data": data}
        await world.push("callback_query", tap | {"message": world.message(post)})
        return callback_id

    async def open_link(self, person_id: int, link: str) -> int:
        """Follow a link to the bot (or a bare start payload), or an invitation into the group."""
        if link in self._world.links:
            return await self._follow(person_id, link)
        to_bot = _START.fullmatch(link)
        payload = (to_bot[1] or "") if to_bot else link
        if payload and not PAYLOAD.fullmatch(payload):
            raise Impossible("bad_link")
        return await self.say(person_id, person_id, f"/start {payload}")

    async def join(self, person_id: int, group_id: int) -> None:
        """Come into the group."""
        person, group = self._world.person(person_id), self._world.group(group_id)
        lapse(self._world, group, person_id)
        if group.standing.get(person_id) == "kicked":
            raise Impossible("banned")
        await move(self._world, group, person.id, "member", by=person.id)

    async def leave(self, person_id: int, group_id: int) -> None:
        """Go."""
        self._present(person_id, group_id)
        await move(self._world, self._world.group(group_id), person_id, "left", by=person_id)

    async def ask_to_join(self, person_id: int, group_id: int) -> None:
        """Ask to be let in; until that is decided the bot may write to the person."""
        await self._ask(person_id, self._world.group(group_id))

    def found_group(self, by: int, title: str) -> int:
        """Make another group, in which nobody else is yet. Returns its id."""
        group = Group(min(self._world.groups) - 1, title, {self._world.person(by).id: "creator"})
        self._world.groups[group.id] = group
        return group.id

    async def promote_bot(self, by: int, group_id: int) -> None:
        """Make the bot an administrator; if need be, bring it into the group first."""
        await self._place_bot(by, group_id, "administrator")

    async def limit_bot(self, by: int, group_id: int, *lacks: str) -> None:
        """Leave the bot an administrator without some rights such as `can_restrict_members`; with all but these."""
        if self._world.group(group_id).standing.get(by) != "creator":
            raise Impossible("not_administrator")
        await limit(self._world, self._world.group(group_id), frozenset(lacks), by=by)

    async def demote_bot(self, by: int, group_id: int) -> None:
        """Leave the bot in the group as anybody."""
        await self._place_bot(by, group_id, "member")

    async def mute_bot(self, by: int, group_id: int) -> None:
        """Leave the bot in the group without the right to write."""
        await self._place_bot(by, group_id, "restricted")

    async def remove_bot(self, by: int, group_id: int) -> None:
        """Put the bot out of the group."""
        await self._place_bot(by, group_id, "kicked")

    async def block(self, person_id: int) -> None:
        """Stop the bot in private."""
        if person_id not in self._world.blocked:
            self._world.blocked.add(person_id)
            await self._tell_bot(person_id, "member", "kicked")

    async def unblock(self, person_id: int) -> None:
        """Let the bot write again."""
        if person_id in self._world.blocked:
            self._world.blocked.discard(person_id)
            await self._tell_bot(person_id, "kicked", "member")

    async def upgrade_group(self, group_id: int) -> int:
        """Let the group become a supergroup. Returns its new id."""
        world, old = self._world, self._world.group(group_id)
        new = Group(min(world.groups) - 1, old.title, dict(old.standing))
        world.groups[new.id], old.moved_to = new, new.id
        by = next(who for who, standing in old.standing.items() if standing == "creator")
        for group, about in ((old, {"migrate_to_chat_id": new.id}), (new, {"migrate_from_chat_id": old.id})):
            post = world.post(group.id, by, event="moved")
            if group.has(BOT_ID):
                await world.push("message", world.message(post) | about)
        world.changed("people")
        return new.id

    async def _write(self, person_id: int, chat_id: int, text: str, limit: int, **parts: Any) -> int:
        world, person = self._world, self._present(person_id, chat_id)
        entities = _marked(text, limit)
        if chat_id == person_id:
            await self.unblock(person_id)
            world.started.add(person_id)
        elif self._silent(person_id, chat_id):
            raise Impossible("muted")
        post = world.post(chat_id, person.id, text=text, entities=entities, **parts)
        if self._heard(post):
            await world.push("message", world.message(post))
        return post.id

    def _silent(self, person_id: int, chat_id: int) -> bool:
        """Whether somebody may not write in a group."""
        group = self._world.groups[chat_id]
        lapse(self._world, group, person_id)
        return group.standing[person_id] == "restricted"

    def _present(self, person_id: int, chat_id: int) -> Person:
        """The person, who must be in that chat."""
        person = self._world.person(person_id)
        if chat_id != person_id and not self._world.group(chat_id).has(person_id):
            raise Impossible("not_member")
        return person

    def _heard(self, post: Post) -> bool:
        """Whether the bot gets a message: in a group, unless it is an administrator, only what is meant for it."""
        group = self._world.groups.get(post.chat)
        if group is None or group.bot == "administrator":
            return True
        answered = self._world.found(post.chat, post.reply_to)
        return group.has(BOT_ID) and (post.text.startswith("/") or bool(answered and answered.sender == BOT_ID))

    async def _follow(self, person_id: int, link: str) -> int:
        group_id, about = self._world.links[link]
        person, group = self._world.person(person_id), self._world.group(group_id)
        if about["is_revoked"] or about.get("member_limit") == 0:
            raise Impossible("bad_link")
        if about["creates_join_request"]:
            await self._ask(person_id, group, about)
        elif group.standing.get(person_id) == "kicked":
            raise Impossible("banned")
        else:
            await move(self._world, group, person.id, "member", by=person.id, link=about)
            if "member_limit" in about:
                about["member_limit"] -= 1
        return 0

    async def _ask(self, person_id: int, group: Group, link: Api | None = None) -> None:
        person = self._world.person(person_id)
        if group.has(person_id):
            raise Impossible("already_member")
        group.asking.add(person_id)
        self._world.changed("people")
        if group.bot == "administrator":
            asked = {
                "chat": group.api(),
                "from": person.api(),
                "user_chat_id": person_id,
                "date": self._world.seconds(),
            } | ({"invite_link": link} if link else {})
            await self._world.push("chat_join_request", asked)

    async def _place_bot(self, by: int, group_id: int, standing: str) -> None:
        group = self._world.group(group_id)
        if group.standing.get(by) not in ("creator", "administrator"):
            raise Impossible("not_administrator")
        await move(self._world, group, BOT_ID, standing, by=by)

    async def _tell_bot(self, person_id: int, old: str, new: str) -> None:
        """The bot's standing in a private chat."""
        world, person = self._world, self._world.person(person_id)
        world.changed("people")
        more = {"kicked": {"until_date": 0}}
        update = {"chat": world.chat(person_id), "from": person.api(), "date": world.seconds()}
        for name, status in (("old_chat_member", old), ("new_chat_member", new)):
            update[name] = {"status": status, "user": BOT} | more.get(status, {})
        await world.push("my_chat_member", update)


def _marked(text: str, limit: int) -> list[dict[str, Any]]:
    try:
        if utf16(text) > limit:
            raise Impossible("text_too_long")
        return found(text)
    except Unreadable:
        raise Impossible("text_unreadable") from None
