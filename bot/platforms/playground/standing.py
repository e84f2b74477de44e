"""Who comes into a group, goes, or gets another standing there, by their own wish or the bot's; and who is told."""

from aiogram.types import ChatMemberAdministrator, ChatMemberRestricted

from .cast import BOT, BOT_ID, Api, Group
from .world import World

# Taken from aiogram, for a new release of the Bot API brings new rights that must be there.
_ALL_RIGHTS = {name: True for name in ChatMemberAdministrator.model_fields if name.startswith("can_")}
_NO_RIGHTS = {name: False for name in ChatMemberRestricted.model_fields if name.startswith("can_")}
_MORE: dict[str, Api] = {
    "creator": {"is_anonymous": False},
    "administrator": _ALL_RIGHTS | {"is_anonymous": False, "can_be_edited": False},
    "restricted": _NO_RIGHTS | {"is_member": True, "until_date": 0},
    "kicked": {"until_date": 0},
}


def member(world: World, group: Group, who: int) -> Api:
    """Somebody's standing as a ChatMember of the Bot API."""
    standing = group.standing.get(who, "left")
    more = _MORE.get(standing, {})
    if who == BOT_ID and standing == "administrator":
        more = more | dict.fromkeys(group.lacks, False)
    return {"status": standing, "user": world.user(who)} | more


async def move(world: World, group: Group, who: int, standing: str, *, by: int, link: Api | None = None) -> None:
    """Give somebody (or the bot) a standing in a group. The bot hears of it as Telegram would tell it."""
    before = group.standing.get(who, "left")
    if before == standing:
        return
    was_in, old = group.has(who), member(world, group, who)
    group.standing[who] = standing
    group.until.pop(who, None)
    group.asking.discard(who)
    if who == BOT_ID or group.bot == "administrator":  # only an administrator hears about others
        await _tell(world, group, by, old=old, new=member(world, group, who), link=link)
    if was_in != group.has(who):
        await _announce(world, group, who, by)
    if who == BOT_ID and "administrator" in (before, standing):
        world.post(group.id, by, event="promoted" if standing == "administrator" else "demoted")
    world.changed("people")


async def limit(world: World, group: Group, lacks: frozenset[str], *, by: int) -> None:
    """Leave the bot an administrator with all rights but some."""
    old, group.lacks = member(world, group, BOT_ID), lacks
    await _tell(world, group, by, old=old, new=member(world, group, BOT_ID), link=None)


def lapse(world: World, group: Group, who: int) -> None:
    """End somebody's silence or ban whose time is over; nobody is told of it."""
    if world.seconds() < group.until.get(who, world.seconds() + 1):
        return
    del group.until[who]
    group.standing[who] = "member" if group.has(who) else "left"
    world.changed("people")


async def _tell(world: World, group: Group, by: int, *, old: Api, new: Api, link: Api | None) -> None:
    update = {"chat": group.api(), "from": world.user(by), "date": world.seconds()}
    update |= {"old_chat_member": old, "new_chat_member": new} | ({"invite_link": link} if link else {})
    await world.push("my_chat_member" if new["user"] == BOT else "chat_member", update)


async def _announce(world: World, group: Group, who: int, by: int) -> None:
    """The line in the group that says who came or went."""
    user = world.user(who)
    came = group.has(who)
    post = world.post(group.id, by, event="joined" if came else "left", text=user["first_name"])
    if group.has(BOT_ID):
        about = {"new_chat_members": [user]} if came else {"left_chat_member": user}
        await world.push("message", world.message(post) | about)
