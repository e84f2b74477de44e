"""Where readers of e-mail unsubscribe: whoever holds the signed link of a mail, without any password.

Opening the page changes nothing, since programs that look for viruses open every link; its button does, and so does
the one request by which a mail program unsubscribes (RFC 8058).
"""

from html import escape

from starlette.requests import Request
from starlette.responses import HTMLResponse
from starlette.routing import BaseRoute, Mount, Route

from bot.clock import Clock
from bot.club import email
from bot.club.rules import OpenShop
from bot.i18n import _, speaking, understood
from bot.platforms.email import Unsubscribing
from db.engine import Database

HEADERS = {
    "Content-Security-Policy": "default-src 'none'; style-src 'unsafe-inline'; form-action 'self'; "
    "frame-ancestors 'none'; base-uri 'none'",
    "Referrer-Policy": "no-referrer",
    "X-Robots-Tag": "noindex",
    "Cache-Control": "no-store",
}
STYLE = (
    "body{font:18px/1.6 system-ui,sans-serif;max-width:32em;margin:15vh auto;padding:0 1em}"
    "button{font:inherit;padding:.5em 1em}"
)


def email_room(database: Database, shop: OpenShop, clock: Clock, leaving: Unsubscribing) -> BaseRoute:
    """The pages under /mail."""

    async def off(request: Request) -> HTMLResponse:
        """Ask whether someone wants no more e-mail (GET), and keep it (POST)."""
        reader = leaving.whose(request.path_params["token"])
        locale, language = await database.read(email.speaks, reader) if reader is not None else (None, None)
        with speaking(locale or understood(language, shop.now.locale)):
            if reader is None:
                return _page(shop, _("This link is not whole. Please open it from the mail itself."), status=404)
            if request.method != "POST":
                question = _("No more e-mail from {shop}?").format(shop=shop.now.name)
                return _page(shop, question, _("Yes, no more e-mail"))
            await database.write(email.leave, reader, now=clock.now())
            done = _("Done: you get no more e-mail from {shop}. In the chat, /notify turns it on again.")
            return _page(shop, done.format(shop=shop.now.name))

    return Mount("/mail", routes=[Route("/off/{token}", off, methods=["GET", "POST"])])


def _page(shop: OpenShop, says: str, button: str = "", status: int = 200) -> HTMLResponse:
    form = f'<form method="post"><button>{escape(button)}</button></form>' if button else ""
    head = '<meta charset="utf-8"><meta name="viewport" content="width=device-width">'
    title = f"<title>{escape(shop.now.name)}</title><style>{STYLE}</style>"
    return HTMLResponse(f"<!doctype html>{head}{title}<p>{escape(says)}</p>{form}", status, HEADERS)
