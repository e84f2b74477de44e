"""What the playground page shows somebody, as JSON: the people, the group, both chats, and the answers to taps."""

from typing import Any

from bot.platforms.playground import BOT_ID, Impossible, Person, Playground, Shown, StoredFile

SHOWN_MESSAGES = 200  # of each chat, the newest


def seen(playground: Playground, viewer: int) -> dict[str, Any]:
    """Everything that the page needs to draw itself for `viewer`. Raises Impossible for nobody."""
    if viewer not in {person.id for person in playground.people}:
        raise Impossible("unknown_person")
    group = playground.group
    return {
        "alive": playground.alive,
        "bot": {"id": BOT_ID, "standing": group.bot},
        "people": [_person(playground, person) for person in playground.people],
        "group": {
            "id": group.id,
            "title": group.title,
            "size": sum(group.has(person.id) for person in playground.people),
            "newest": playground.newest(group.id),
            "pinned": group.pinned,
        },
        "chats": {
            "group": [_message(shown) for shown in playground.messages(group.id, viewer)[-SHOWN_MESSAGES:]],
            "private": [_message(shown) for shown in playground.messages(viewer, viewer)[-SHOWN_MESSAGES:]],
        },
        "notices": [
            {"tap": notice.callback_id, "text": notice.text, "alert": notice.alert, "url": notice.url}
            for notice in playground.notices(viewer)
        ],
    }


def _person(playground: Playground, person: Person) -> dict[str, Any]:
    standing = playground.group.standing.get(person.id, "left")
    return {
        "id": person.id,
        "name": person.name,
        "part": person.part,
        "standing": standing,
        "member": playground.group.has(person.id),
        "asking": person.id in playground.group.asking,
        "started": playground.started(person.id),
        "blocks": playground.blocks(person.id),
        "newest": playground.newest(person.id),
    }


def _message(shown: Shown) -> dict[str, Any]:
    return {
        "id": shown.id,
        "sender": shown.sender,
        "name": shown.name,
        "text": shown.text,
        "html": shown.html,
        "rows": [[{"label": label, "data": data} for label, data in row] for row in shown.buttons],
        "file": _file(shown.file) if shown.file else None,
        "reply_to": shown.reply_to,
        "at": shown.date.isoformat(),
        "edited": shown.edited,
        "event": shown.event,
        "album": shown.album,
    }


def _file(file: StoredFile) -> dict[str, Any]:
    about = {"name": file.name, "size": len(file.data), "width": file.width, "height": file.height}
    return about | {"url": f"/playground/files/{file.id}"}
