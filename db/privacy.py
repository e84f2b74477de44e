"""What each column is to the member it is about. /mydata and /forget walk over this table; a test holds it complete."""

from dataclasses import dataclass

from sqlalchemy import ColumnElement, Table, false, or_, select

from db.members import MEMBERS

OWN = "own"  # about the member: exported and erased
BOOKS = "books"  # numbers and dates that the books need: exported, and kept under a number without a name
SECRET = "secret"  # noqa: S105 (erased, and never exported)
CLUB = "club"  # nobody's personal data
LINK = "link"  # names a member by their number: exported, and kept with the row


@dataclass(frozen=True, slots=True)
class Privacy:
    """A table's columns by class. `whose` lead to the member a row is about, `by` to the colleague who acted.

    A row that keeps something for the books loses its own columns when its member is erased; any other row goes whole.
    """

    whose: frozenset[str]
    by: frozenset[str]
    classes: dict[str, str]

    @property
    def stays(self) -> bool:
        """Whether rows outlive their member, without what is the member's own."""
        return BOOKS in self.classes.values()


def _table(whose: str = "", by: str = "", own: str = "", books: str = "", secret: str = "", club: str = "") -> Privacy:
    words = {LINK: f"{whose} {by}", OWN: own, SECRET: secret, CLUB: club, BOOKS: books}
    classes = {column: kind for kind, columns in words.items() for column in columns.split()}
    return Privacy(frozenset(whose.split()), frozenset(by.split()), classes)


PRIVACY = {
    "activities": _table(
        by="made_by",
        club="id key kind title prize places entered choices answer photo votes_until changes seed closes_at state "
        "made_at",
    ),
    "activity_posts": _table("letter_id", own="activity_id shown"),  # of the groups; it goes with its letter
    "askers": _table("member_id", own="group_id asked_at"),
    "accounts": _table("member_id", own="id platform external_id username name language reachable seen_at"),
    "answer_changes": _table("member_id", own="id field value changed_at source"),
    "answers": _table("member_id", own="field value told_at source"),
    "api_keys": _table(club="id name scopes made_at used_at revoked_at", secret="key_hash"),  # noqa: S106
    "api_replies": _table("member_id", own="id key_id idempotency_key fingerprint status body at"),
    "audit": _table("member_id", by="staff_id", books="id at act facts"),  # facts hold no name and no words of anybody
    "blocks": _table("member_id", by="blocked_by lifted_by", own="id level reason blocked_at lifted_at"),
    "boosts": _table("member_id", own="id factor first_day last_day key"),
    "broadcasts": _table(
        "made_by",
        own="account_id message_id",
        books="id key texts photo photo_on buttons audience hour starts_at version sure state paused most reached "
        "made_at began_at ended_at",
    ),
    "budget_months": _table(club="month spent"),
    "checkins": _table("member_id", own="day streak points"),
    "claims": _table("used_by", own="made_at used_at", secret="token_hash"),  # noqa: S106
    "consents": _table("member_id", books="id purpose version given_at withdrawn_at"),
    "comers": _table("member_id", books="link_id how came_at stayed"),
    "conversations": _table("account_id", own="asked facts since"),
    "coupons": _table(
        "member_id",
        by="used_by issued_to",
        own="code key name revoked_for",
        books="id deal_id template_id offer minimum state issued_at good_from good_until remind_at used_at "
        "transferable came_at",
        secret="link_hash",  # noqa: S106
    ),
    "coupon_givings": _table(
        "given_by",
        own="account_id message_id",
        books="id key template_id audience most good_until state reached given had late began_at",
    ),
    "coupon_templates": _table(
        by="made_by",
        club="id name folded version offer days minimum quota each transferable audience issued made_at",
    ),
    "coupon_transfers": _table("from_id to_id", books="id coupon_id link_hash at"),
    "cut_points": _table(club="part score value"),
    "deal_posts": _table("letter_id", own="deal_id shown"),  # of the groups; it goes with its letter
    "deals": _table(
        by="made_by",
        club="id title offer extra opens_at closes_at stock claimed taken counted_on each audience holdout daily "
        "reminded state made_at",
    ),
    "entrants": _table("member_id", own="id activity_id nth won said photo at"),
    "entries": _table("member_id", by="staff_id", own="reason", books="id amount source at key undoes"),
    "erased": _table(secret="person_hash"),  # noqa: S106
    "events": _table("member_id", own="id webhook_id kind facts state tries after reason happened_at settled_at"),
    "fields": _table(club="id label folded kind choices depth reason points hidden made_at"),
    "gift_orders": _table(
        "member_id", by="settled_by", own="code key", books="id gift_id cost state ordered_at good_until settled_at"
    ),
    "gift_photos": _table(club="gift_id platform file_id"),
    "gift_series": _table(by="made_by", club="id name folded offer made_at"),
    "gift_waits": _table("member_id", own="gift_id since"),
    "gifts": _table(
        by="made_by", club="id name folded cost stock grade each series_id opens_at closes_at state made_at"
    ),
    "groups": _table(by="linked_by", club="id platform chat_id title state linked_at muted_at asked_at least"),
    "imported": _table("member_id", own="import_id key agreed at"),
    "import_rows": _table("member_id", own="import_id row facts"),
    "imports": _table(
        by="made_by", club="id key file_hash file_id name kind state account_id answers counts tries made_at beat_at"
    ),
    "inbox": _table(own="payload", club="id platform update_id state received_at"),
    "invite_links": _table("member_id", own="id key url state asks changed_at", club="group_id link_id"),
    "journey_edits": _table(club="journey step part value"),
    "journeys": _table(club="name switched_on holdout since"),
    "keywords": _table(by="made_by", club="folded word answer made_at"),
    "letters": _table(
        "member_id account_id",
        own="id key kind rank alone facts after before state reason doubts message_id posted_at settled_at opened_at",
        club="group_id broadcast_id",
    ),
    "lot_uses": _table("entry_id", books="lot_id amount"),
    "lots": _table("member_id", own="reason", books="id amount remaining source earned_at available_at expires_at key"),
    "manual_grades": _table("member_id", by="set_by", own="grade reason until set_at"),
    "members": _table(
        "id",
        own="name locale consent quiet_until held_at blocked",
        books="grade points owed moved_at notify greeting named met_at erased_at",
    ),
    "named_audiences": _table(by="made_by", club="folded name query made_at"),
    "named_links": _table(by="made_by staff_id", club="id name folded partner template_id made_at retired_at"),
    "notes": _table("member_id", by="noted_by", own="id words noted_at"),
    "occasions": _table(
        "member_id", own="id relation name calendar month day leap year next_on last_on set_at changes vouched"
    ),
    "places": _table("member_id", own="group_id joined_at left_at leaves_at put_out_at"),
    "plan_skips": _table(by="skipped_by", club="day line skipped_at"),
    "products": _table(club="id name folded category lasts_days merged_into made_at"),
    "purchase_lines": _table("purchase_id", books="id product_id quantity price"),
    "purchases": _table(
        "member_id",
        by="staff_id",
        own="key",
        books="id order_number total discount paid coupon_id points factor because source at made_at undone_at",
    ),
    "pairings": _table(club="after_id offers_id together share lift"),
    "questions": _table("member_id letter_id", own="id key field asked_at moment outcome"),
    "ratings": _table("member_id", own="id purchase_id product_id usage stars comment asked_at rated_at"),
    "referrals": _table("friend_id referrer_id", by="decided_by", books="opened_at state suspicion purchase_id"),
    "refunds": _table("purchase_id", by="staff_id", own="key", books="id amount points coupon_back at"),
    "reorders": _table("member_id", by="taken_by", own="id key product_id quantity state asked_at"),
    "requests": _table("member_id", by="asked_by decided_by", own="reason", books="id key amount asked_at state"),
    "rules": _table(club="name value since"),
    "secrets": _table(club="name", secret="value"),  # noqa: S106
    "selling_rules": _table(by="made_by", club="id after_id offers_id says coupon days state made_at"),
    "series_prizes": _table("member_id", own="series_id offer won_at"),
    "shop_days": _table(club="day"),
    "staff": _table("member_id", own="role by_settings since"),
    "standings": _table(
        "member_id",
        own="purchases spent first_at last_at weekends gap sleeps_at lost_at year_purchases year_spent oldest_at rank "
        "was changed_on risen_by falls_on",
    ),
    "suggestions": _table("member_id", by="said_by", own="id rule_id after_id offers_id said_at purchase_id"),
    "strikes": _table("member_id", by="struck_by", own="id key deed reason at", club="group_id"),
    "supplies": _table("member_id", own="product_id pace stopped_at"),
    "tags": _table("member_id", by="tagged_by", own="tag tagged_at"),
    "take_backs": _table("member_id", books="id lot_id taken owed at key"),
    "thread_lines": _table("thread_id", by="said_by", own="id key words photo said_at"),
    "threads": _table("member_id account_id", by="taken_by", own="id state asked_at said_at answered_at stars"),
    "trips": _table("member_id", own="id key journey arm step shift next_at state reason facts began_at ended_at"),
    "votes": _table("member_id", own="activity_id nth at"),
    "webhooks": _table(club="id url topics made_at gone_at", secret="secret"),  # noqa: S106
    "wrong_codes": _table("staff_id", own="id at"),
    "zone_items": _table(by="made_by", club="id title price audience photo photo_on state made_at"),
}


def about(table: Table, member_id: int) -> ColumnElement[bool]:
    """The rows of a table that are about a member, directly or by a row that is."""
    if table is MEMBERS:
        return MEMBERS.c.id == member_id
    return or_(false(), *(_leads(table, column, member_id) for column in PRIVACY[table.name].whose))


def _leads(table: Table, column: str, member_id: int) -> ColumnElement[bool]:
    [key] = table.c[column].foreign_keys
    there = key.column.table
    if there is MEMBERS:
        return table.c[column] == member_id
    return table.c[column].in_(select(key.column).where(about(there, member_id)))
