"""Quizzes: a question in the group with its answers on buttons; those who are right first win."""

import random
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlmodel import Session

from bot.club import activities, blacklist
from bot.club.activity_looks import Shown
from bot.club.errors import ClubError, TooLong
from bot.club.members import Person
from bot.club.offers import Offer
from bot.club.rules import Shop
from bot.i18n import N_
from db.activities import ENTRANTS, Activity

KIND = "quiz"
QUESTION, CHOICE, WRONG = 120, 40, 3  # characters of a question and of an answer; wrong answers at most


class BadChoices(ClubError):
    """Answers of which none would be wrong, too many, or two that are alike."""

    says = N_("Beside the right answer a quiz wants one to three others, all different, of at most 40 characters each.")


class QuizAnswered(ClubError):
    """A second answer of somebody."""

    says = N_("You have answered already: {choice}.")


class QuizOver(ClubError):
    """An answer after the end."""

    says = N_("This quiz is over.")


@dataclass(frozen=True, slots=True)
class Plan:
    """A quiz as it is asked for. `wrong` are the other answers; `places`: how many win."""

    question: str
    right: str
    wrong: tuple[str, ...]
    prize: Offer
    places: int
    closes_at: datetime


def question(words: str) -> str:
    """A question, if it may be. Raises TooLong."""
    words = " ".join(words.split())
    if len(words) > QUESTION:
        raise TooLong(limit=QUESTION)
    return words


def choice(words: str) -> str:
    """One answer, if it may be. Raises BadChoices."""
    words = " ".join(words.split())
    if not 0 < len(words) <= CHOICE:
        raise BadChoices
    return words


def choices(right: str, wrong: tuple[str, ...]) -> tuple[str, ...]:
    """All answers, the right one first. Raises BadChoices."""
    every = tuple(choice(each) for each in (right, *wrong))
    alike = len({each.casefold() for each in every}) < len(every)
    if alike or not 1 <= len(wrong) <= WRONG:
        raise BadChoices
    return every


def make(session: Session, by: Person, plan: Plan, *, key: str, now: datetime, chat_id: int | None = None) -> Shown:
    """Begin a quiz in a group, or in all, its answers in an order of chance.

    Raises TooLong, BadChoices, BadNumber, EndsTooLate, NoGroupHere.
    """
    right, *wrong = choices(plan.right, plan.wrong)
    mixed = random.sample([right, *wrong], len(wrong) + 1)
    return activities.begin(
        session,
        by,
        KIND,
        key=key,
        now=now,
        chat_id=chat_id,
        title=question(plan.question),
        prize=str(plan.prize),
        places=activities.win(plan.places),
        closes_at=activities.ends(plan.closes_at, now),
        choices=mixed,
        answer=mixed.index(right),
    )


def answer(session: Session, person: Person, quiz_id: int, chosen: int, *, now: datetime) -> str:
    """Answer once: what was chosen.

    Raises NoSuchActivity, ForMembers, NotForYou, TookPart, QuizAnswered, QuizOver; ValueError for no choice of it.
    """
    quiz = activities.wanted(session, person, quiz_id, KIND, blacklist.DEALS)
    if not 0 <= chosen < len(quiz.choices):
        raise ValueError(chosen)
    if quiz.mine:
        raise QuizAnswered(choice=quiz.choices[quiz.said])
    if quiz.state != "open" or quiz.closes_at <= now:
        raise QuizOver
    if activities.enter(session, person, quiz_id, now=now, said=chosen) is None:
        raise QuizOver
    words: str = quiz.choices[chosen]
    return words


def turn(session: Session, shop: Shop, *, now: datetime) -> None:
    """End the quizzes whose time is over: those who were right first win, and the groups read who."""
    activities.finish(session, KIND, _quickest, shop, now=now)


def _quickest(session: Session, quiz: Activity) -> activities.Ranking:
    right = ENTRANTS.c.activity_id == quiz.id, ENTRANTS.c.said == quiz.answer
    rows = select(ENTRANTS.c.nth, ENTRANTS.c.member_id).where(*right).order_by(ENTRANTS.c.nth)
    return [(row.nth, row.member_id) for row in session.connection().execute(rows)]
