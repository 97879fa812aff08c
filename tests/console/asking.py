"""Asks the console for pages without a browser, as a program would: what counts are the answers."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

import httpx

from tests.console.world import password_of

if TYPE_CHECKING:
    from collections.abc import Mapping

    from tests.console.world import World

__all__ = ["Asker", "read_token"]

_TOKEN: Final = re.compile(r'name="token" value="([0-9a-f]+)"')


def read_token(page: str) -> str:
    """Read the token that a page's forms carry."""
    found = _TOKEN.search(page)
    assert found is not None
    return found[1]


class Asker:
    """A client with cookies of its own; those with Secure go back over loopback, as browsers do.

    Args:
        world: Whose console.
    """

    def __init__(self, world: World) -> None:
        self.world = world
        self.cookies: dict[str, str] = {}

    def get(self, path: str, headers: Mapping[str, str] | None = None) -> httpx.Response:
        """Ask for a page; no redirection is followed."""
        return self._ask("GET", path, None, headers)

    def post(
        self, path: str, data: Mapping[str, str], headers: Mapping[str, str] | None = None
    ) -> httpx.Response:
        """Send a form."""
        return self._ask("POST", path, data, headers)

    def sign_in(self, name: str, password: str | None = None) -> httpx.Response:
        """Sign in by the form."""
        token = read_token(self.get("/sign-in").text)
        secret = password_of(name) if password is None else password
        return self.post("/sign-in", {"token": token, "name": name, "password": secret})

    def token(self) -> str:
        """The token of this session's forms."""
        return read_token(self.get("/documents").text)

    def _ask(
        self,
        method: str,
        path: str,
        data: Mapping[str, str] | None,
        headers: Mapping[str, str] | None,
    ) -> httpx.Response:
        sent = "; ".join(f"{name}={value}" for name, value in self.cookies.items())
        response = httpx.request(
            method,
            self.world.url + path,
            data=data,
            headers={"cookie": sent, "accept-language": "en", **(headers or {})},
            timeout=20,
            trust_env=False,
        )
        for name, value in response.cookies.items():
            self.cookies[name] = value
        for line in response.headers.get_list("set-cookie"):
            if "Max-Age=0" in line:
                self.cookies.pop(line.partition("=")[0], None)
        return response
