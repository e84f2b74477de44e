"""How a list is put into words: what is wrong with a file or a row, what it would bring, what it brought."""

from collections.abc import Mapping, Sequence

from bot.club.columns import MEMBERS, POINTS, PURCHASES, Columns, Question
from bot.club.lists import Fault
from bot.club.rules import Shop
from bot.club.sending import Outgoing
from bot.i18n import N_, _
from bot.speech import Html, fill, fitting, money, refusals
from bot.speech.buttons import LABEL, DeepLink, Written, rows, tap
from bot.speech.columns import column_name

SHOWN = 20  # mistakes in a message
NAME = 60  # characters of a file's name

REASONS = {
    "empty": N_("There is nothing in this file below the names of its columns."),
    "not_text": N_(
        "I could not read this file as a table. Please save it as CSV (UTF-8) or as an Excel workbook (.xlsx)."
    ),
    "not_a_table": N_("This file is no table. Please save it as CSV (UTF-8) or as an Excel workbook (.xlsx)."),
    "broken": N_("This file is damaged. Please save it once more as CSV or as an Excel workbook (.xlsx)."),
    "old_excel": N_(
        "This is a workbook of old Excel, or one behind a password. Please save it as .xlsx without a password."
    ),
    "ods": N_("This is an OpenDocument table. Please save it as .xlsx or as CSV."),
    "macros": N_("This workbook holds macros, which I do not open. Please save it as a plain .xlsx."),
    "too_big": N_("This file unpacks to more than 50 MB. Please send it in parts."),
    "too_many_rows": N_("This file has more than 100,000 rows. Please send it in parts."),
    "too_many_columns": N_("This file has more than 200 columns. Please keep only those that tell something."),
    "long_row": N_("Row {row} is far too long."),
    "quotes": N_("In row {row} a quotation mark does not close, so I cannot tell where its cells end."),
    "not_fetched": N_("I could not fetch this file. A file may have 20 MB at most; please send it once more."),
}

HEADS = {
    MEMBERS: N_("<b>{file}</b> is a list of members. With your yes:"),
    POINTS: N_("<b>{file}</b> is a list of points. With your yes:"),
    PURCHASES: N_("<b>{file}</b> is a list of purchases. With your yes:"),
}

# What a list brings, in the order in which it is told.
BRINGS = {
    "new": N_("· new members: {new}"),
    "known": N_("· known already: {known}; only what is missing is added"),
    "apart": N_(
        "· of the new ones with a phone number that a member only typed: {apart}. They stay apart until that member "
        "proves it by /phone, or you know better: /merge"
    ),
    "points": N_("· points: {points}, for {with_points} of them"),
    "kept": N_("· who keep the points that they have here: {kept}"),
    "birthday": N_("· birthdays: {birthday}"),
    "tags": N_("· with tags: {tags}"),
    "note": N_("· with notes: {note}"),
    "purchases": N_("· purchases: {purchases}, {money} in all; they count for grades and earn no points"),
    "before": N_("· in the books already: {before}; they change nothing"),
    "refunded": N_("· refunded whole, and left out: {refunded}"),
    "forgotten": N_("· asked to be forgotten here, and left out: {forgotten}"),
}


def reason(why: str, row: int) -> Html:
    """Why a file is not read."""
    return fill(_(REASONS[why]), row=row)


def asked(number: int, question: Question) -> Written:
    """The question which column is what, or what kind of list it is."""
    cancel = tap(_("Cancel"), "unimport", number)
    if question.about == "kind":
        labels = {MEMBERS: _("Members"), POINTS: _("Points for members you know")}
        buttons = [tap(labels[kind], "column", number, "kind", kind) for kind, _name in question.choices]
        return Html(_("Is this a list of members, or does it give points to members whom I know?")), rows(
            *buttons, cancel
        )
    text = fill(_("Which column is “{column}”?"), column=column_name(question.about))
    buttons = [tap(name[:LABEL], "column", number, question.about, choice) for choice, name in question.choices]
    if question.may_be_none:
        buttons.append(tap(_("None of them"), "column", number, question.about, "none"))
    return text, rows(*buttons, cancel)


def wrong(faults: Sequence[Fault], shop: Shop) -> list[Html]:
    """The mistakes of a list, a line each."""
    return [_fault(fault, shop) for fault in faults]


def _fault(fault: Fault, shop: Shop) -> Html:
    why = refusals.words(fault.refusal, shop)
    if not fault.field:
        return fill(_("Row {row}: {why}"), row=Html(f"{fault.row}"), why=why)
    return fill(_("Row {row}, {column}: {why}"), row=Html(f"{fault.row}"), column=column_name(fault.field), why=why)


def mistakes(file: str, lines: Sequence[Html], many: int, longest: int) -> Html:
    """Why nothing was imported: the first mistakes, and how many more there are."""
    head = fill(_("I imported nothing of <b>{file}</b>. Please correct it and send it again:"), file=file[:NAME])
    more = fill(_("… and {more} more."), more=many - SHOWN) if many > SHOWN else Html("")
    return fitting([head, *lines[:SHOWN]], last=more, longest=longest)


def would_bring(number: int, file: str, columns: Columns, counts: Mapping[str, int], shop: Shop) -> Written:
    """What a list would bring, for the owner's yes or no."""
    parts = [fill(_(HEADS[columns.kind]), file=file[:NAME]), *_brings(counts, shop)]
    if columns.unused:
        parts.append(fill(_("Not taken over: {columns}"), columns=_(", ").join(columns.unused)))
    if columns.kind == MEMBERS and counts.get("new"):
        parts.append(Html("\n" + _(_agreement(columns))))
    buttons = [tap(_("Confirm"), "import", number), tap(_("Cancel"), "unimport", number)]
    return fitting(parts), rows(buttons)


def _agreement(columns: Columns) -> str:
    if "consent" in columns.at:
        return N_(
            "The list says of each of them who agreed and when, and that is kept. I write to nobody before they press "
            "Start and agree here."
        )
    return N_(
        "They have not agreed here themselves, so I write to nobody before they press Start. Are they your own "
        "customers, who gave you this for the purpose? A partner's list needs a column “consent” that says who agreed "
        "and when."
    )


def _brings(counts: Mapping[str, int], shop: Shop) -> list[Html]:
    facts = {name: counts.get(name, 0) for name in (*BRINGS, "with_points")}
    told = facts | {"money": money(counts.get("money", 0), shop)}
    lines = [fill(_(text), **told) for name, text in BRINGS.items() if counts.get(name)]
    return lines or [Html(_("· nothing changes"))]


def reading(rows_read: int) -> Html:
    """How far the reading is."""
    return fill(_("I am reading… {rows} rows so far."), rows=rows_read)


def carrying(left: int) -> Html:
    """How far the import is."""
    return fill(_("It is certain now, and under way: {rows} rows are left."), rows=left)


def brought(file: str, counts: Mapping[str, int], shop: Shop) -> Html:
    """What a list brought."""
    head = fill(_("Done: <b>{file}</b> is imported."), file=file[:NAME])
    return Html("\n".join([head, *_brings(counts, shop)]))


def letter(outgoing: Outgoing, shop: Shop, _link: DeepLink) -> Written:
    """The letter about a list that was finished after an interruption."""
    return brought(outgoing.facts["name"], outgoing.facts["counts"], shop), None
