"""The owner takes out what the club keeps: complete, harmless in a spreadsheet, and fit to be brought back."""

import csv
import io

from tests.people import Play
from tests.tables import everything

LIST = (
    "name,phone,birthday,points,points expire,tags,note\n"
    "Li Lei,13800138000,1990-08-15,100,2030-01-01,tea;new,a friend\n"
    "=1+1,13900139000,农历闰六月初一,50,,,\n"
    "@SUM(A1),13700137000,,,,=cmd|' /C calc'!A0,-1\n"
)


async def filled(play: Play) -> None:
    """A shop with members from a list, and a purchase that was refunded in part."""
    await play.member("Ann")
    await play.owner.sends("members.csv", LIST.encode())
    await play.owner.taps("Confirm")
    await play.owner.says("/sale @ann 128.50 tea*2 cup #A-1001")
    await play.owner.says("/refund #A-1001 28.50")


async def taken(play: Play, words: str) -> list[list[str]]:
    """The rows of an export."""
    await play.owner.says(f"/export {words}")
    return [*csv.reader(io.StringIO(play.owner.file().data.decode("utf-8-sig")))]


async def test_members_are_taken_out_without_formulas_and_without_a_year_of_birth(play: Play) -> None:
    await filled(play)
    header, *rows = await taken(play, "members")
    assert header[:4] == ["member number", "account", "name", "phone"]
    assert len(rows) == 6
    told = {row[0]: dict(zip(header, row, strict=True)) for row in rows}
    assert told["M0004"]["birthday"] == "08-15"
    assert told["M0004"]["tags"] == "new, tea"
    assert told["M0005"]["name"] == "'=1+1"
    assert told["M0005"]["birthday"] == "lunar leap 06-01"
    assert told["M0003"]["account"] == "playground:1001"
    assert not any(cell.startswith(("=", "+", "-", "@", "\t")) for row in rows for cell in row)
    assert "1990" not in play.owner.file().data.decode()
    assert "took out the list of members: 6" in (await play.owner.says("/audit"))[0]


async def test_points_and_purchases_are_taken_out_line_by_line(play: Play) -> None:
    await filled(play)
    points = await taken(play, "points")
    assert ["M0004", "Li Lei", "'+8613800138000", "100", "2030-01-01", "", "2027-02-10", "import:balance:4"] in points
    purchases = await taken(play, "purchases")
    line = ["A-1001", "M0003", "Ann", "", "2027-02-10 10:00", "128.5", "128.5", "28.5"]
    assert purchases[1:] == [[*line, "tea", "2", ""], [*line, "cup", "1", ""]]


async def test_what_was_taken_out_changes_nothing_when_it_comes_back(play: Play) -> None:
    await filled(play)
    before = await play.database.read(everything, "inbox", "imports", "audit")
    for words in ("members", "members xlsx", "points", "points xlsx", "purchases", "purchases xlsx"):
        await play.owner.says(f"/export {words}")
        file = play.owner.file()
        assert file.name == f"{words.split()[0]}-2027-02-10.{'xlsx' if 'xlsx' in words else 'csv'}"
        [said] = await play.owner.sends(file.name, file.data)
        assert "With your yes" in said, said
        assert "new members" not in said
        await play.owner.taps("Confirm")
        assert await play.database.read(everything, "inbox", "imports", "audit") == before, words


async def test_a_new_club_takes_in_what_another_took_out(play: Play) -> None:
    """Somebody else's numbers are no mistake to be overlooked: they must be taken out."""
    await filled(play)
    header, *rows = await taken(play, "members")
    keep = [header.index(name) for name in ("name", "phone", "birthday", "points", "tags")]
    fresh = "\n".join(
        ",".join(f'"{row[column]}"' for column in keep) for row in [header, *rows] if row[3] or row is header
    )
    moved = fresh.replace("138001", "138002").replace("139001", "139002").replace("137001", "137002")
    [said] = await play.owner.sends("moved.csv", moved.encode())
    assert "new members: 3" in said
    assert "points: 150, for 2 of them" in said


async def test_an_audience_alone_can_be_taken_out(play: Play) -> None:
    await filled(play)
    assert [row[0] for row in (await taken(play, "members points:>60"))[1:]] == ["M0003", "M0004"]
    assert [row[0] for row in (await taken(play, "points tag:tea"))[1:]] == ["M0004"]
    assert "Did you mean" in (await play.owner.says("/export members grad:vip"))[0]


async def test_bare_it_asks_and_a_button_gives_the_other_kind_of_file(play: Play) -> None:
    assert (await play.owner.says("/export"))[0].startswith("What shall I take out?")
    assert (await play.owner.taps("Members"))[0].startswith("Members: 2.")
    await play.owner.taps("As an Excel workbook")
    assert play.owner.file().name.endswith(".xlsx")
    await play.owner.taps("As CSV")
    assert play.owner.file().name.endswith(".csv")
    assert "Please write it like this" in (await play.owner.says("/export everything"))[0]
    assert (await play.owner.says("导出 会员")) != []
    assert (await play.owner.says("/export 会员"))[0].startswith("Members: 2.")


async def test_nobody_but_the_owner_takes_anything_out(play: Play) -> None:
    mary = await play.member("Mary")
    await play.owner.says("/staff add @mary manager")
    assert await mary.says("/export members") == ["That is not available here. /help lists what works."]
    assert await mary.presses("export:members:csv") == ["That is not available here. /help lists what works."]


async def test_an_erased_member_is_not_taken_out(play: Play) -> None:
    await filled(play)
    ann = play.playground.people[-1]
    assert ann.name == "Ann"
    await play.playground.say(ann.id, ann.id, "/forget")
    await play.quiet()
    message = play.playground.messages(ann.id, ann.id)[-1]
    await play.playground.press(ann.id, ann.id, message.id, "forget:yes")
    await play.quiet()
    assert "Ann" not in str(await taken(play, "members"))
    assert await taken(play, "purchases") == (await taken(play, "purchases"))[:1]
