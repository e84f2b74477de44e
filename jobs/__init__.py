"""When. The timetable on one screen: APScheduler only ticks; each job asks the database what is due by our clock.

A job that ran twice changes nothing the second time, so a run that was missed is caught up by the next.
"""

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass

from bot.clock import Clock
from bot.club import checkins
from bot.club.rules import OpenShop
from bot.platforms import Platform
from db.engine import Database
from jobs import (
    activities,
    broadcasts,
    coupons,
    deals,
    expiry,
    gifts,
    givings,
    grading,
    groups,
    imports,
    impostors,
    invites,
    journeys,
    occasions,
    pairings,
    plan,
    pruning,
    referrals,
    reports,
    retention,
    webhooks,
)

Run = Callable[[], Awaitable[object]]


@dataclass(frozen=True, slots=True)
class Job:
    """Something that is done again and again: its name, how often, and how."""

    name: str
    seconds: float
    run: Run


def timetable(database: Database, platforms: Mapping[str, Platform], shop: OpenShop, clock: Clock) -> tuple[Job, ...]:
    """Every job, in the order in which one leap of the clock runs them."""
    night, expiring = occasions.NightlyPass(database), expiry.NightlyPass(database)
    festive = journeys.Waves(database)
    grades = grading.Pass(database)
    together, evening = pairings.NightlyCount(database), plan.EveningPlan(database)
    monthly = reports.MonthlyReport(database)
    casts = broadcasts.Progress(database, platforms)
    return (
        Job("open-day", 60, lambda: database.write(checkins.open_day, shop.now, now=clock.now())),
        Job("dates", 60, lambda: night.run(shop.now, clock.now())),
        Job("expiry", 60, lambda: expiring.run(shop.now, clock.now())),
        Job("grades", 60, lambda: grades.run(shop.now, clock.now())),
        Job("occasions", 30, lambda: occasions.run(database, shop.now, clock.now())),
        Job("coupons", 30, lambda: coupons.run(database, shop.now, clock.now())),
        Job("givings", 2, lambda: givings.run(database, platforms, shop.now, clock.now())),
        Job("broadcasts", 3, lambda: casts.run(shop.now, clock.now())),
        Job("deals", 2, lambda: deals.run(database, shop.now, clock.now())),
        Job("deal-posts", 3, lambda: deals.edit(database, platforms, shop.now, clock.now())),
        Job("activities", 2, lambda: activities.run(database, shop.now, clock.now())),
        Job("activity-posts", 3, lambda: activities.edit(database, platforms, shop.now, clock.now())),
        Job("waves", 60, lambda: festive.run(shop.now, clock.now())),
        Job("journeys", 30, lambda: journeys.run(database, shop.now, clock.now())),
        Job("gifts", 60, lambda: gifts.run(database, shop.now, clock.now())),
        Job("plan", 60, lambda: evening.run(shop.now, clock.now())),
        Job("report", 60, lambda: monthly.run(shop.now, clock.now())),
        Job("referrals", 30, lambda: referrals.run(database, shop.now, clock.now())),
        Job("invites", 3, lambda: invites.run(database, platforms, shop.now, clock.now())),
        Job("invitations", 60, lambda: invites.invite(database, platforms, clock.now())),
        Job("comers", 60, lambda: invites.settle(database, clock.now())),
        Job("imports", 60, lambda: imports.run(database, shop.now, clock.now())),
        Job("pairings", 600, lambda: together.run(shop.now, clock.now())),
        Job("webhooks", 2, lambda: webhooks.run(database, clock.now())),
        Job("circles", 60, lambda: groups.see_out(database, shop.now, clock.now())),
        Job("safety-note", 10, lambda: impostors.run(database, platforms, shop.now, clock.now())),
        Job("replaced", 3, lambda: groups.clear(database, platforms)),
        Job("prune", 3600, lambda: pruning.run(database, clock.now())),
        Job("retention", 3600, lambda: retention.run(database, shop.now, clock.now())),
        Job("tidy", 600, database.tidy),
    )
