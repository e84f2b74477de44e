"""People who play the stories: they speak and tap, and see what a person sees."""

import re
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from bot.platforms.playground import Playground, Shown, StoredFile
from bot.running import Club


@dataclass(frozen=True, slots=True)
class Someone:
    """A person of the playground. What they say and tap answers with the new messages that they see there."""

    play: "Play"
    id: int
    name: str

    async def says(self, text: str, *, group: bool = False, reply_to: int | None = None) -> list[str]:
        """Write in private, or in the group; the texts that came in that chat."""
        chat = self._chat(group)
        return await self._hears(group, self.play.playground.say(self.id, chat, text, reply_to))

    async def sends(self, name: str, data: bytes, caption: str = "/import") -> list[str]:
        """Send a file in private."""
        return await self._hears(False, self.play.playground.send_file(self.id, self.id, name, data, caption))

    async def shares(self, phone: str, whose: int | None = None) -> list[str]:
        """Share a phone number as a contact."""
        return await self._hears(False, self.play.playground.share_contact(self.id, phone, whose))

    async def taps(self, label: str, *, group: bool = False) -> list[str]:
        """Tap the latest button whose label holds `label`; the texts that came or changed in that chat."""
        message, data = self.button(label, group=group)
        return await self._hears(group, self.play.playground.press(self.id, self._chat(group), message.id, data))

    async def presses(self, data: str, *, under: int | None = None, group: bool = False) -> list[str]:
        """Send callback data of one's own making, under the bot's last message (or `under`)."""
        last = under or next(m.id for m in reversed(self.sees(group=group)) if m.sender != self.id)
        return await self._hears(group, self.play.playground.press(self.id, self._chat(group), last, data))

    async def follows(self, link: str) -> list[str]:
        """Open a link to the bot."""
        return await self._hears(False, self.play.playground.open_link(self.id, link))

    async def joins(self) -> list[str]:
        """Come into the group; what the bot says there."""
        return await self._hears(True, self.play.playground.join(self.id, self.play.group))

    async def leaves(self) -> None:
        """Leave the group."""
        await self.play.playground.leave(self.id, self.play.group)
        await self.play.quiet()

    def sees(self, *, group: bool = False) -> list[Shown]:
        """The messages of a chat."""
        return self.play.playground.messages(self._chat(group), self.id)

    def heard(self, *, group: bool = False) -> list[str]:
        """The bot's texts in a chat."""
        return [m.text for m in self.sees(group=group) if m.sender != self.id and not m.event]

    def button(self, label: str, *, group: bool = False) -> tuple[Shown, str]:
        """The latest button whose label holds `label`: its message and its data or link."""
        for message in reversed(self.sees(group=group)):
            for row in message.buttons:
                for text, data in row:
                    if label.lower() in text.lower():
                        return message, data
        raise AssertionError(f"no button {label!r} for {self.name}; the last words: {self.heard(group=group)[-1:]}")

    def file(self) -> StoredFile:
        """The last file that the bot sent."""
        return next(m.file for m in reversed(self.sees()) if m.file and m.sender != self.id)

    def notice(self) -> str:
        """The last answer to a tap that only this person saw."""
        return self.play.playground.notices(self.id)[-1].text or ""

    async def points(self) -> int:
        """The balance that /points tells."""
        [text] = await self.says("/points")
        return int(re.search(r"[\d,]+", text)[0].replace(",", ""))  # type: ignore[index]

    def _chat(self, group: bool) -> int:
        return self.play.group if group else self.id

    async def _hears(self, group: bool, act) -> list[str]:  # type: ignore[no-untyped-def]
        before = {m.id: m for m in self.sees(group=group)}
        await act
        await self.play.quiet()
        return [m.text for m in self.sees(group=group) if m.sender != self.id and before.get(m.id) != m and not m.event]


class Play:
    """A club at work, its playground, its people, and the hands of its clock."""

    def __init__(self, club: Club, playground: Playground) -> None:
        self.club, self.playground = club, playground
        self.database, self.clock, self.zone = club.database, club.clock, club.shop.now.zone

    @property
    def group(self) -> int:
        """The chat id of the customer group."""
        return self.playground.group.id

    @property
    def owner(self) -> Someone:
        """The owner, who is staff without a consent."""
        return self._known(1)

    @property
    def clerk(self) -> Someone:
        """The clerk."""
        return self._known(2)

    def stranger(self, name: str, language: str = "en") -> Someone:
        """Somebody who has never been here."""
        username = re.sub(r"\W", "", name.lower()) if name.isascii() else ""
        return Someone(self, self.playground.add(name, language, username).id, name)

    async def member(self, name: str, language: str = "en") -> Someone:
        """Somebody who pressed Start and agreed."""
        someone = self.stranger(name, language)
        await someone.says("/start")
        await someone.taps({"en": "I agree"}.get(language, "同意"))
        return someone

    async def linked_group(self) -> int:
        """The group, linked by the owner. Returns its chat id."""
        await self.owner.says("/start")
        await self.playground.promote_bot(1, self.group)
        await self.quiet()
        await self.owner.taps("Link the group")
        return self.group

    async def quiet(self) -> None:
        """Wait until everything said is answered and everything due is sent."""
        await self.club.quiet()

    async def until(self, when: str) -> None:
        """Let the time pass until `2027-03-05 09:30` in the shop's zone, with all the jobs in between."""
        await self.club.leap(datetime.fromisoformat(when).replace(tzinfo=self.zone))

    async def days(self, number: int) -> None:
        """Let some days pass, as a running club lives through them."""
        await self.club.leap(self.clock.now() + timedelta(days=number))

    async def down_until(self, when: str) -> None:
        """Let the time pass while the club is down; its jobs run once at the end."""
        self.clock.advance(datetime.fromisoformat(when).replace(tzinfo=self.zone) - self.clock.now())
        await self.club.tick()

    def today(self) -> date:
        """The shop-day."""
        return self.clock.now().astimezone(self.zone).date()

    def _known(self, number: int) -> Someone:
        person = next(p for p in self.playground.people if p.id == number)
        return Someone(self, number, person.name)
