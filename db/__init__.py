"""What is kept. Importing this package makes every table known."""

from db import (
    audit,
    consents,
    conversations,
    coupons,
    deals,
    erased,
    gifts,
    groups,
    inbox,
    members,
    notes,
    occasions,
    outbox,
    points,
    profile,
    rules,
    staff,
)
from db.tables import metadata

__all__ = [
    "audit",
    "consents",
    "conversations",
    "coupons",
    "deals",
    "erased",
    "gifts",
    "groups",
    "inbox",
    "members",
    "metadata",
    "notes",
    "occasions",
    "outbox",
    "points",
    "profile",
    "rules",
    "staff",
]
