"""The command line: python -m bot."""

import asyncio
import gc
import sys
from collections.abc import Coroutine, Iterator
from contextlib import contextmanager
from typing import Annotated, Any, NoReturn, TypeVar

import typer

# Only what the help needs is imported here; each command fetches its own rooms.

Answer = TypeVar("Answer")

cli = typer.Typer(add_completion=False, pretty_exceptions_enable=False, help="Regulars: a members' club bot for shops.")

books = typer.Typer(help="Check the points' books, or make the balances anew.")
cli.add_typer(books, name="ledger")
sums = typer.Typer(help="Check what members bought, as kept in sums for the grades, or count it anew.")
cli.add_typer(sums, name="standings")

api_key = typer.Typer(help="Keys for tills and web shops. They work beside a running bot, at once.")
cli.add_typer(api_key, name="api-key")

webhook = typer.Typer(help="Addresses of yours that are told what happens in the club.")
cli.add_typer(webhook, name="webhook")


@cli.callback(invoke_without_command=True)
def run(context: typer.Context) -> None:
    """Open the club: on Telegram with TELEGRAM_TOKEN, in the playground without it."""
    if context.invoked_subcommand is None:
        _run(_serve())


@cli.command()
def migrate() -> None:
    """Bring the database to this version's schema."""
    from db.lock import NoDatabase
    from db.upgrade import NEWEST, NewerDatabase, upgrade

    settings = _settings()
    try:
        before = upgrade(settings.database_url.get_secret_value())
    except (NewerDatabase, NoDatabase) as error:
        _end(str(error))
    print(f"The database has schema {NEWEST}" + (" already." if before == NEWEST else f", before: {before or 'none'}."))


@cli.command()
def doctor() -> None:
    """Say what is missing to go live, each with its remedy."""
    from bot.doctor import examine

    settings = _settings()
    findings = asyncio.run(examine(settings))
    for finding in findings:
        print(finding)
    raise typer.Exit(not all(finding.well for finding in findings))


@cli.command()
def demo() -> None:
    """Fill an empty database with a small, believable shop."""
    _run(_demo())


@cli.command()
def job(name: Annotated[str, typer.Argument(help="One of the timetable's jobs, or delivery.")]) -> None:
    """Run one job once."""
    _run(_job(name))


@books.command()
def check() -> None:
    """Say whose balance, lots and entries disagree: exit code 1 where there are any. May run beside the bot."""
    _ledger(rebuild=False)


@books.command()
def rebuild(yes: Annotated[bool, typer.Option("--yes", help="Do it.")] = False) -> None:
    """Make every balance from its entries, and check."""
    if not yes:
        _end("This overwrites balances. Make a backup first, then say --yes.")
    _ledger(rebuild=True)


def _ledger(*, rebuild: bool) -> None:
    with _to_stay():
        from bot.app import ledger
        from bot.club.members import number

    changed, faults = asyncio.run(ledger(_settings(), rebuild=rebuild))
    if rebuild:
        print(f"Balances made anew: {changed}.")
    for fault in faults:
        print(f"{number(fault.member_id)}: {FAULTS[fault.what].format(*fault.numbers, row=fault.row)}")
    if faults:
        raise typer.Exit(1)
    print("The books agree.")


FAULTS = {
    "member": "balance {0}, lots {1}, entries {2}",
    "lot": "lot {row} holds {0}, by its uses {1}",
    "entry": "entry {row} says {0}, its lots {1}",
    "owed": "owes {0}, by refunds and what paid them {1}",
}


@api_key.command()
def new(
    name: Annotated[str, typer.Argument(help="What the till is called, such as till-1.")],
    scope: Annotated[
        list[str] | None,
        typer.Option(help="What it may do: purchases, refunds, members, coupons; more than once. Without: everything."),
    ] = None,
) -> None:
    """Make a key, and print it for the only time."""
    from bot.machines import new_key

    key = _run(new_key(_settings(), name, scope or []))
    print(f"The key of {name}. It is shown this once, and kept only as a hash:\n{key}")


@api_key.command("list")
def list_() -> None:
    """List the keys: what each may do, since when, and when it was used last."""
    from bot.machines import list_keys

    settings = _settings()
    for each in _run(list_keys(settings)):
        times = (each.made_at, each.used_at)
        made, used = (f"{at.astimezone(settings.zone):%Y-%m-%d %H:%M}" if at else "never" for at in times)
        print(f"{each.key.name}  may: {', '.join(each.key.scopes) or 'everything'}  made: {made}  last used: {used}")


@api_key.command()
def revoke(name: Annotated[str, typer.Argument(help="The key's name.")]) -> None:
    """End a key, from the very next request on."""
    from bot.machines import revoke_key

    _run(revoke_key(_settings(), name))
    print(f"The key of {name} is revoked.")


@webhook.command("new")
def new_(
    url: Annotated[str, typer.Argument(help="Where to: https:// and a public host.")],
    topic: Annotated[
        list[str] | None,
        typer.Option(help="Of what: purchase, member, coupon; more than once. Without: of everything."),
    ] = None,
) -> None:
    """Tell an address from now on, and print the secret by which it knows us, for the only time."""
    from bot.machines import new_webhook

    number, secret = _run(new_webhook(_settings(), url, topic or []))
    print(f"Webhook {number} is told from now on. Its secret, which is shown this once:\n{secret}")


@webhook.command("list")
def hooks() -> None:
    """List the webhooks: of what each is told, how much waits, how much was given up, why the last try failed."""
    from bot.machines import list_webhooks

    for each in _run(list_webhooks(_settings())):
        told = f"{each.id}  {each.url}  of: {', '.join(each.topics) or 'everything'}"
        print(f"{told}  waiting: {each.waiting}  given up: {each.failed}  last failure: {each.reason or 'none'}")


@webhook.command()
def off(number: Annotated[int, typer.Argument(help="The webhook's number.")]) -> None:
    """Tell an address nothing more, and drop what waits for it."""
    from bot.machines import end_webhook

    _run(end_webhook(_settings(), number))
    print(f"Webhook {number} is told nothing more.")


@sums.command("check")
def check_standings() -> None:
    """Say whose kept sums are not what their purchases say: exit code 1 where there are any. May run beside the bot."""
    _standings(rebuild=False)


@sums.command("rebuild")
def rebuild_standings() -> None:
    """Count those anew. May run beside the bot."""
    _standings(rebuild=True)


def _standings(*, rebuild: bool) -> None:
    with _to_stay():
        from bot.app import standing
        from bot.club.members import number

    wrong = asyncio.run(standing(_settings(), rebuild=rebuild))
    told = "counted anew" if rebuild else "not what the purchases say"
    for member_id in wrong:
        print(f"{number(member_id)}: {told}")
    if wrong and not rebuild:
        raise typer.Exit(1)
    print("The sums agree.")


async def _serve() -> None:
    from db.lock import sole_process

    settings = _settings()
    async with sole_process(settings.database_url.get_secret_value()):
        with _to_stay():
            from bot.app import serve

        await serve(settings)


async def _demo() -> None:
    from db.lock import sole_process

    settings = _settings()
    async with sole_process(settings.database_url.get_secret_value()):
        with _to_stay():
            from bot.demo import fill

        print(await fill(settings))


async def _job(name: str) -> None:
    with _to_stay():
        from bot.app import once

    await once(_settings(), name)


@contextmanager
def _to_stay() -> Iterator[None]:
    """Import what stays to the end, and never search it for garbage.

    The search costs a sixth of the start, and later, of so many objects, holds everybody up for 0.3 s each time.
    """
    gc.disable()
    yield
    gc.freeze()
    gc.enable()


def _settings() -> Any:
    from bot.logs import set_up
    from bot.settings import WrongSetting, read_settings

    try:
        settings = read_settings()
    except WrongSetting as wrong:
        _end(str(wrong))
    set_up(settings.log_level, settings.secrets)
    return settings


def _run(work: Coroutine[Any, Any, Answer]) -> Answer:
    """Run to the end; what the person at the keyboard can mend is said in one line, without a traceback."""
    try:
        with asyncio.Runner(loop_factory=_loop) as runner:
            return runner.run(work)
    except Exception as error:
        if type(error).__name__ not in PLAIN:
            raise
        _end(str(error))


PLAIN = (
    "WrongSetting",
    "BadJourney",
    "NoDatabase",
    "AlreadyServed",
    "NewerDatabase",
    "TokenRefused",
    "NotEmpty",
    "NoSuchJob",
    "NotDone",
)


def _loop() -> asyncio.AbstractEventLoop:
    if sys.platform == "win32":
        return asyncio.new_event_loop()
    import uvloop

    return uvloop.new_event_loop()


def _end(line: str) -> NoReturn:
    print(line, file=sys.stderr)
    raise typer.Exit(2)


if __name__ == "__main__":
    cli(prog_name="python -m bot")
