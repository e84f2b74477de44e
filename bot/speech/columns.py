"""How the columns of lists are called: in questions, in mistakes, and over our own exports."""

from bot.i18n import N_, _

# Each is among the names by which the column is known again; but for `here`, which only a person can say.
COLUMNS = {
    "number": N_("member number"),
    "account": N_("account"),
    "name": N_("name"),
    "phone": N_("phone"),
    "email": N_("e-mail"),
    "region": N_("region"),
    "qq": N_("QQ"),
    "wechat": N_("WeChat"),
    "birthday": N_("birthday"),
    "points": N_("points"),
    "expires": N_("points expire"),
    "tags": N_("tags"),
    "note": N_("note"),
    "joined": N_("joined"),
    "consent": N_("consent"),
    "here": N_("agreed here"),
    "grade": N_("grade"),
    "reason": N_("reason"),
    "key": N_("entry"),
    "order": N_("order number"),
    "total": N_("order total"),
    "paid": N_("amount paid"),
    "refunded": N_("refunded"),
    "amount": N_("amount"),
    "product": N_("product"),
    "quantity": N_("quantity"),
    "price": N_("unit price"),
    "date": N_("date"),
}


def column_name(column: str) -> str:
    """A column by its name."""
    return _(COLUMNS[column])
