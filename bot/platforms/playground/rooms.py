"""What the bot asks and does about people, groups, files and itself."""

import re
from datetime import datetime
from typing import Any

from aiogram import methods

from .calls import reach
from .cast import BOT, BOT_ID, Api, Group
from .standing import member, move
from .world import World, Wrong

FOR_GOOD = (30, 366 * 86_400)  # seconds: what is meant to end sooner, or later, never does
_GIFTS = ("unlimited_gifts", "limited_gifts", "unique_gifts", "premium_subscription", "gifts_from_channels")


async def get_me(_world: World, _method: methods.GetMe) -> Api:
    """The bot itself."""
    return BOT | {"can_join_groups": True, "can_read_all_group_messages": False, "supports_inline_queries": False}


async def get_chat(world: World, method: methods.GetChat) -> Api:
    """A chat with the fields that the Bot API asks for."""
    more = {"accent_color_id": 0, "max_reaction_count": 11, "accepted_gift_types": dict.fromkeys(_GIFTS, False)}
    return world.chat(reach(world, method.chat_id)) | more


async def get_member(world: World, method: methods.GetChatMember) -> Api:
    """Somebody's standing."""
    return member(world, _group(world, method.chat_id), _somebody(world, method.user_id))


async def get_administrators(world: World, method: methods.GetChatAdministrators) -> list[Api]:
    """The people who run a group; bots are left out, as Telegram does."""
    group = _group(world, method.chat_id)
    leading = [who for who, standing in group.standing.items() if standing in ("creator", "administrator")]
    return [member(world, group, who) for who in leading if who != BOT_ID]


async def get_count(world: World, method: methods.GetChatMemberCount) -> int:
    """How many are in a group."""
    group = _group(world, method.chat_id)
    return sum(group.has(who) for who in group.standing)


async def get_file(world: World, method: methods.GetFile) -> Api:
    """Where a file can be had."""
    file = world.files.get(method.file_id)
    if file is None:
        raise Wrong("invalid file_id")
    return {"file_id": file.id, "file_unique_id": file.id, "file_size": len(file.data), "file_path": file.id}


async def set_commands(_world: World, method: methods.SetMyCommands) -> bool:
    """The commands that a client offers."""
    if len(method.commands) > 100:
        raise Wrong("BOT_COMMANDS_TOO_MUCH")
    for command in method.commands:
        if not re.fullmatch(r"[a-z0-9_]{1,32}", command.command):
            raise Wrong("BOT_COMMAND_INVALID")
        if not 1 <= len(command.description) <= 256:
            raise Wrong("BOT_COMMAND_DESCRIPTION_INVALID")
    return True


async def invite_link(world: World, method: methods.CreateChatInviteLink) -> Api:
    """A link of the group's; whoever opens it joins, or asks to."""
    group = _administered(world, method.chat_id, "can_invite_users")
    link = {
        "invite_link": f"https://t.me/+playground{len(world.links) + 1}",
        "creator": BOT,
        "creates_join_request": bool(method.creates_join_request),
        "is_primary": False,
        "is_revoked": False,
    } | {part: value for part in ("name", "member_limit") if (value := getattr(method, part))}
    if method.creates_join_request and method.member_limit:
        raise Wrong("member limit can't be specified for links requiring administrator approval")
    world.links[str(link["invite_link"])] = (group.id, link)
    return link


async def edit_link(world: World, method: methods.EditChatInviteLink) -> Api:
    """Let a link bring people in, or to the door."""
    link = _link(world, method)
    link |= {"creates_join_request": bool(method.creates_join_request)}
    return link


async def revoke_link(world: World, method: methods.RevokeChatInviteLink) -> Api:
    """Take a link back: nobody comes in by it any more."""
    link = _link(world, method)
    link |= {"is_revoked": True}
    return link


def _link(world: World, method: Any) -> Api:
    group = _administered(world, method.chat_id, "can_invite_users")
    group_id, link = world.links.get(method.invite_link, (0, {}))
    if group_id != group.id or link["is_revoked"]:
        raise Wrong("INVITE_HASH_EXPIRED")
    return link


async def approve(world: World, method: methods.ApproveChatJoinRequest) -> bool:
    """Let somebody in who asked."""
    await move(world, _asked(world, method), method.user_id, "member", by=method.user_id)
    return True


async def decline(world: World, method: methods.DeclineChatJoinRequest) -> bool:
    """Send somebody away who asked."""
    _asked(world, method).asking.discard(method.user_id)
    world.changed("people")
    return True


async def ban(world: World, method: methods.BanChatMember) -> bool:
    """Put somebody out, for good or until some time."""
    return await _put(world, method, "kicked", method.until_date)


async def unban(world: World, method: methods.UnbanChatMember) -> bool:
    """Let somebody come back; without only_if_banned, whoever is in is put out."""
    group = _administered(world, method.chat_id, "can_restrict_members")
    if method.only_if_banned and group.standing.get(method.user_id) != "kicked":
        return True
    return await _put(world, method, "left")


async def restrict(world: World, method: methods.RestrictChatMember) -> bool:
    """Silence somebody, for good or until some time, or let them speak again."""
    speaks = bool(method.permissions.can_send_messages)
    return await _put(world, method, "member" if speaks else "restricted", None if speaks else method.until_date)


async def pin(world: World, method: methods.PinChatMessage) -> bool:
    """Pin a message."""
    chat = reach(world, method.chat_id)
    if not world.found(chat, method.message_id):
        raise Wrong("message to pin not found")
    if chat in world.groups:
        _administered(world, chat, "can_pin_messages")
        world.groups[chat].pinned = method.message_id
        world.changed("message", chat)
    return True


async def leave(world: World, method: methods.LeaveChat) -> bool:
    """The bot goes."""
    await move(world, _group(world, method.chat_id), BOT_ID, "left", by=BOT_ID)
    return True


async def _put(world: World, method: Any, standing: str, until: Any = None) -> bool:
    group = _administered(world, method.chat_id, "can_restrict_members")
    who = _somebody(world, method.user_id)
    if group.standing.get(who) in ("creator", "administrator"):
        raise Wrong("user is an administrator of the chat")
    await move(world, group, who, standing, by=BOT_ID)
    if isinstance(until, datetime) and FOR_GOOD[0] <= until.timestamp() - world.seconds() <= FOR_GOOD[1]:
        group.until[who] = int(until.timestamp())
    return True


def _group(world: World, chat_id: int | str) -> Group:
    group = world.groups.get(reach(world, chat_id))
    if group is None:
        raise Wrong("method is available for supergroup and channel chats only")
    return group


def _administered(world: World, chat_id: int | str, right: str = "") -> Group:
    group = _group(world, chat_id)
    if group.bot != "administrator" or right in group.lacks:
        raise Wrong("not enough rights")
    return group


def _asked(world: World, method: Any) -> Group:
    group = _administered(world, method.chat_id, "can_invite_users")
    if method.user_id not in group.asking:
        raise Wrong("HIDE_REQUESTER_MISSING")
    return group


def _somebody(world: World, user_id: int) -> int:
    if user_id != BOT_ID and user_id not in world.people:
        raise Wrong("PARTICIPANT_ID_INVALID")
    return user_id


PLAYS = {
    methods.GetMe: get_me,
    methods.GetChat: get_chat,
    methods.GetChatMember: get_member,
    methods.GetChatAdministrators: get_administrators,
    methods.GetChatMemberCount: get_count,
    methods.GetFile: get_file,
    methods.SetMyCommands: set_commands,
    methods.CreateChatInviteLink: invite_link,
    methods.EditChatInviteLink: edit_link,
    methods.RevokeChatInviteLink: revoke_link,
    methods.ApproveChatJoinRequest: approve,
    methods.DeclineChatJoinRequest: decline,
    methods.BanChatMember: ban,
    methods.UnbanChatMember: unban,
    methods.RestrictChatMember: restrict,
    methods.PinChatMessage: pin,
    methods.LeaveChat: leave,
}
