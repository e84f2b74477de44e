"""Who may look into a room of the web: the right host, no foreign page, and where there is one, the password.

How a request is refused is the same in every room.
"""

import hashlib
import hmac
import ipaddress
import secrets
import time
from collections.abc import Callable, Collection, Mapping

from starlette.requests import Request
from starlette.responses import JSONResponse

COOKIE = "regulars_playground"
HEADER = "x-playground"
TRIES = 5
LOCKED_SECONDS = 60


class Refusal(Exception):
    """A request that is not served, and what whoever sent it is told."""

    def __init__(
        self,
        status: int,
        code: str,
        message: str,
        field: str | None = None,
        headers: Mapping[str, str] | None = None,
    ) -> None:
        super().__init__(message)
        self.status, self.code, self.message, self.field, self.headers = status, code, message, field, headers


def refusal(no: Refusal) -> JSONResponse:
    """A refusal as it goes out."""
    body = {"error": {"code": no.code, "message": no.message, "field": no.field}}
    return JSONResponse(body, no.status, no.headers)


def weigh(request: Request, limit: int) -> None:
    """Make sure that a body says how big it is, and is no bigger than it needs to be. Raises Refusal."""
    if request.method != "POST":
        return
    size = request.headers.get("content-length", "")
    if "transfer-encoding" in request.headers or not (size.isascii() and size.isdigit()):
        raise Refusal(411, "no_length", "Say how long the body is.")
    if len(size) > 18 or int(size) > limit:
        raise Refusal(413, "too_big", "That is too big.", "body")


class Guard:
    """Checks requests before anything of them is read. Without a password everyone who gets here may come in."""

    def __init__(
        self, password: str | None, hosts: Collection[str] = (), tick: Callable[[], float] = time.monotonic
    ) -> None:
        self._tick = tick
        self._password = password
        self._hosts = {"localhost", *hosts}
        self._key = secrets.token_bytes(32)  # of this process: a restart asks for the password again
        self._wrong = 0
        self._locked_until = 0.0

    def check(self, request: Request, *, login: bool) -> None:
        """Raises Refusal. `login`: whether this place needs the password, if there is one."""
        if not self._knows(request.url.hostname or ""):
            raise Refusal(
                403, "wrong_host", "Open this page by its own address, such as http://127.0.0.1:8080/playground."
            )
        if request.method == "POST" and HEADER not in request.headers:
            # A page from elsewhere cannot add a header of its own without asking us first.
            raise Refusal(403, "foreign_page", f"Requests that change something carry the header {HEADER}.")
        if login and self._password and not self._signed(request.cookies.get(COOKIE, "")):
            raise Refusal(401, "login", "The password, please.")

    def enter(self, password: str) -> str:
        """The cookie for who knows the password. Raises Refusal, also for the right one after many wrong ones."""
        if self._tick() < self._locked_until:
            raise Refusal(429, "locked", "Too many wrong passwords. Try again in a minute.", "password")
        if not hmac.compare_digest(password.encode(errors="replace"), (self._password or "").encode()):
            self._wrong += 1
            if self._wrong >= TRIES:
                self._wrong, self._locked_until = 0, self._tick() + LOCKED_SECONDS
            raise Refusal(401, "wrong_password", "That is not the password.", "password")
        self._wrong = 0
        return self._sign(secrets.token_hex(16))

    def _knows(self, host: str) -> bool:
        """A stranger can make any name point here (DNS rebinding), but not a bare address."""
        if host.lower() in self._hosts:
            return True
        try:
            ipaddress.ip_address(host.strip("[]"))
        except ValueError:
            return False
        return True

    def _sign(self, nonce: str) -> str:
        return f"{nonce}.{hmac.new(self._key, nonce.encode(), hashlib.sha256).hexdigest()}"

    def _signed(self, cookie: str) -> bool:
        return hmac.compare_digest(self._sign(cookie.partition(".")[0]).encode(), cookie.encode())
