"""The console of a gateway whose store is one that was filled, asked for pages within this process.

Everything is what a daemon has, but that nothing is sent: sessions, rights, templates.
"""

from __future__ import annotations

import secrets
import tempfile
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Final

import httpx

from swb.app import open_node
from swb.app.accounts import open_accounts
from swb.config import load_config
from swb.console import build_site
from swb.console.protection import SESSION
from swb.core.access import AccessRole, Principal, PrincipalKind
from swb.sandbox.region import lay_out_region
from swb_schemas.errors import Actor, UnavailableError

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Awaitable, Callable

__all__ = ["open_pages"]

_STATE: Final = "VN"
_NAME: Final = "bench"
_FOUND: Final = 200
_API: Final = """
[api]
port = 0
access = "access.db"
pages_per_second = 10_000
"""
"""More pages than anybody asks for within a second: they are timed, not bounded."""


@asynccontextmanager
async def open_pages(url: str, *, schema: str) -> AsyncIterator[Callable[[str], Awaitable[None]]]:
    """Open the console of a gateway on a store, as an operator who is signed in.

    Args:
        url: Of the store's PostgreSQL.
        schema: Of the store.

    Yields:
        What asks for the page at a path behind ``/console``.

    Raises:
        UnavailableError: ``store.*``; of what is yielded, ``bench.wrong_page``: it did not answer
            with a page.
    """
    with tempfile.TemporaryDirectory(prefix="swb-pages-") as folder:
        region = await lay_out_region(
            Path(folder), states=("TH", _STATE), at=datetime.now(UTC), log=False, store_url=url
        )
        file = region.gateways[_STATE]
        text = file.read_text(encoding="utf-8")
        text = text.replace(f'schema = "{_STATE.lower()}"', f'schema = "{schema}"')
        file.write_text(text + _API, encoding="utf-8")
        config = load_config(file)
        assert config.store is not None  # noqa: S101 - a gateway has one
        assert config.store.schema_name == schema  # noqa: S101 - it was written above
        password = secrets.token_urlsafe()
        async with open_accounts(config, who=_NAME) as accounts:
            person = Principal(
                name=_NAME,
                kind=PrincipalKind.PERSON,
                state=_STATE,
                roles=frozenset({AccessRole.OPERATOR}),
            )
            await accounts.create_user(person, password)
        async with open_node(config) as node:
            assert node.desk is not None  # noqa: S101 - its section was written above
            secret, _ = await node.desk.access.sign_in(_NAME, password, address="")
            client = httpx.AsyncClient(
                transport=httpx.ASGITransport(build_site(node.desk)),
                base_url="https://console.example/console",
                headers={"cookie": f"{SESSION}={secret}"},
            )

            async def ask(path: str) -> None:
                response = await client.get(path)
                if response.status_code != _FOUND:
                    message = f"expected a page at {path}, found {response.status_code}"
                    raise UnavailableError("bench.wrong_page", message, actor=Actor.DEVELOPER)

            async with client:
                yield ask
