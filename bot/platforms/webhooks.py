"""How machines of the owner's are told: by POST to an address that is public, and never to one of our own network.

The check stands where the connection is made, by the very address that is dialled. So it holds for every spelling of a
number, for what a name leads to at this moment, and for a name that leads elsewhere a moment later. No redirect is
followed, no proxy of the surroundings is used.
"""

import ipaddress
import socket
from collections.abc import Callable, Mapping
from typing import Any, Self

import aiohttp

PATIENCE = 10  # seconds for an answer
V6 = ipaddress.ip_network("2000::/3")  # what is given out; all else is local, or leads back to some IPv4 address
TUNNELS = tuple(map(ipaddress.ip_network, ("2001::/32", "2002::/16", "192.88.99.0/24")))


class NotPublic(OSError):
    """An address that is nobody's in public."""


def is_public(address: str) -> bool:
    """Whether an address is out in the public, and leads nowhere else."""
    try:
        ip = ipaddress.ip_address(address.partition("%")[0])
    except ValueError:
        return False
    if not ip.is_global or ip.is_multicast or ip.is_reserved or (ip.version == 6 and ip not in V6):
        return False
    return not any(ip in tunnel for tunnel in TUNNELS if tunnel.version == ip.version)


class Carrier:
    """Carries what is told, within an `async with`. `may`: which addresses are dialled; `patience` is in seconds."""

    def __init__(self, may: Callable[[str], bool] = is_public, patience: float = PATIENCE) -> None:
        self._may, self._patience = may, patience

    async def __aenter__(self) -> Self:
        """Be ready to dial."""
        connector = aiohttp.TCPConnector(socket_factory=self._dial, use_dns_cache=False, force_close=True)
        self._http = aiohttp.ClientSession(
            connector=connector,
            cookie_jar=aiohttp.DummyCookieJar(),
            timeout=aiohttp.ClientTimeout(total=self._patience),
            trust_env=False,
        )
        return self

    async def __aexit__(self, *_: object) -> None:
        """Hang up."""
        await self._http.close()

    async def tell(self, url: str, body: bytes, headers: Mapping[str, str]) -> str | None:
        """Post something. Returns None where it was heard (2xx), else why not, in a few words without the address."""
        try:
            async with self._http.post(url, data=body, headers=headers, allow_redirects=False) as answer:
                return None if answer.ok and answer.status < 300 else f"status {answer.status}"
        except TimeoutError:
            return "no answer"
        except (aiohttp.ClientError, OSError, ValueError) as error:
            return "no public address" if NotPublic.__name__ in repr(error) else type(error).__name__

    def _dial(self, info: Any) -> socket.socket:
        family, kind, proto, _, address = info
        if not self._may(address[0]):
            raise NotPublic(NotPublic.__name__)
        return socket.socket(family, kind, proto)
