"""A gateway with its console and API on a store that was filled, asked within this process.

Everything is what a daemon has, but that nothing is sent: sessions, tokens, rights, templates. What
grows beside the store is there, too: the audit trail, drafts, entitlements.
"""

from __future__ import annotations

import asyncio
import secrets
import tempfile
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Final

import httpx

from swb.api import Gateway, build_application
from swb.app import open_node
from swb.clock import new_id
from swb.config import load_config
from swb.console import build_site
from swb.console.protection import SESSION
from swb.core.access import PERSON_ROLES, AccessRole, Principal, PrincipalKind
from swb.core.approving import Step
from swb.core.lifecycle import Fact
from swb.ports import BuriedMessage, Draft, Event, ParkedFilter
from swb.sandbox.region import lay_out_region
from swb.simulator.issuing import draw_certificate
from swb_schemas.errors import Actor, UnavailableError
from swb_schemas.wire.digest import digest_text_of
from swb_schemas.xml.codec import encode

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Awaitable, Callable, Sequence

    from starlette.types import ASGIApp, Message

    from swb.app import Node
    from swb.config import Config

__all__ = ["Own", "Pages", "open_pages"]

_STATE: Final = "VN"
_PARTNER: Final = "TH"
_NAME: Final = "bench"
_NOBODY: Final = "http://127.0.0.1:9/"
"""A time-stamp authority that is down: there is evidence, and nobody is asked for stamps."""
_DRAFTS: Final = 200
_ASKED: Final = 20
"""Acts that wait for a second person."""
_AT_ONCE: Final = 500
_LIVES: Final = (Fact.AS2, Fact.AS3, Fact.RES_REC, Fact.GIVEN)


@dataclass(frozen=True, slots=True, kw_only=True)
class Own:
    """A certificate that was sealed here in earnest; octets of the others are of no meaning.

    Attributes:
        document_id: Of it.
        message_id: Of the message that carries it.
        certificate_key: Its key.
    """

    document_id: str
    message_id: str
    certificate_key: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Pages:
    """What can be asked.

    Attributes:
        node: The gateway.
        own: Certificates that were sealed here.
        parked_id: Of something that waits for a person.
        draft_id: Of a draft of whoever asks.
        show: Asks the console for the page at a path.
        call: Asks the API for what is at a path; of a stream, for how it begins.
    """

    node: Node
    own: Sequence[Own]
    parked_id: str
    draft_id: str
    show: Callable[[str], Awaitable[None]]
    call: Callable[[str], Awaitable[None]]


@asynccontextmanager
async def open_pages(
    url: str | None, *, schema: str = "swb", entries: int = 100, sealed: int = 20
) -> AsyncIterator[Pages]:
    """Open a gateway, as a person with every role and as a system with every role.

    Args:
        url: Of the store's PostgreSQL; None makes an empty store in a file.
        schema: Of the store.
        entries: How many the audit trail has.
        sealed: How many certificates are sealed here, so that there is something to read.

    Yields:
        What can be asked.

    Raises:
        UnavailableError: ``store.*``; of what is yielded, ``bench.wrong_page``: it did not answer
            as it should.
    """
    with tempfile.TemporaryDirectory(prefix="swb-pages-") as folder:
        config = await _lay_out(Path(folder), url, schema)
        async with open_node(config) as node:
            assert node.access is not None  # noqa: S101 - its section was written
            assert node.desk is not None  # noqa: S101 - likewise
            accounts = node.access.accounts_of(_NAME)
            password = secrets.token_urlsafe()
            await accounts.create_user(_PERSON, password)
            secret, _ = await node.access.service.sign_in(_NAME, password, address="")
            _, token = await accounts.create_token(_SYSTEM, lasts_for=timedelta(days=1))
            own = await _seal(node, sealed)
            await _fill(node, own, entries)
            (parked,) = await node.desk.parking.list_parked(ParkedFilter(), limit=1)
            (draft, *_) = await node.access.store.list_drafts(owner=_PERSON.owner, limit=1)
            api = build_application(Gateway.of(node))
            async with (
                _connect(build_site(node.desk), {"cookie": f"{SESSION}={secret}"}) as console,
                _connect(api, {"authorization": f"Bearer {token}"}) as client,
            ):

                async def show(path: str) -> None:
                    response = await console.get(f"/console{path}")
                    _require(path, response.status_code, response.text, {200, 303})

                async def call(path: str) -> None:
                    if path.endswith("/events"):
                        status, said = await _begin(api, path, token)
                    else:
                        response = await client.get(path)
                        status, said = response.status_code, response.text
                    # Nothing of this gateway runs, and its health says so.
                    _require(path, status, said, {200, 503} if "/health" in path else {200})

                yield Pages(
                    node=node,
                    own=own,
                    parked_id=parked.item_id,
                    draft_id=draft.draft_id,
                    show=show,
                    call=call,
                )


_PERSON: Final = Principal(
    name=_NAME, kind=PrincipalKind.PERSON, state=_STATE, roles=frozenset(PERSON_ROLES)
)
_SYSTEM: Final = Principal(
    name=_NAME,
    kind=PrincipalKind.SYSTEM,
    state=_STATE,
    roles=frozenset({AccessRole.SINGLE_WINDOW, AccessRole.SUBSCRIBER}),
)


async def _lay_out(folder: Path, url: str | None, schema: str) -> Config:
    """Lay out a gateway that has everything that pages show."""
    region = await lay_out_region(
        folder,
        states=(_PARTNER, _STATE),
        at=datetime.now(UTC),
        store_url=url,
        time_stamps=_NOBODY,
    )
    table = folder / "connections.toml"
    terms = table.read_text(encoding="utf-8")
    basis = 'protected = true, legal_basis = "a bench"'
    table.write_text(terms.replace("protected = true", basis), encoding="utf-8")
    file = region.gateways[_STATE]
    text = file.read_text(encoding="utf-8")
    text = text.replace(f'schema = "{_STATE.lower()}"', f'schema = "{schema}"')
    text = text.replace("[national]\n", '[national]\nkind = "pull"\n')
    text = text.replace(f'drop_folder = "national/{_STATE}"\n', "")
    section = '\n[api]\nport = 0\naccess = "access.db"\n'
    # They are timed, not bounded.
    section += "requests_per_second = 10000\npages_per_second = 10000\n"
    file.write_text(f"{text}{section}", encoding="utf-8")
    config = load_config(file)
    assert config.store is not None  # noqa: S101 - a gateway has one
    assert url is None or config.store.schema_name == schema  # noqa: S101 - it was written above
    return config


async def _seal(node: Node, sealed: int) -> Sequence[Own]:
    """Have certificates sealed, and answers to them known."""
    assert node.desk is not None  # noqa: S101 - its section was written
    desk, own = node.desk, []
    for serial in range(1, sealed + 1):
        at = desk.clock.now()
        certificate = draw_certificate(
            exporting=_STATE, importing=_PARTNER, serial=serial, seed=3, on=at.date(), items=3
        )
        accepted = await desk.entering.submit(encode(certificate))
        document_id = accepted.document_id
        carrier = await desk.store.find_carrier(document_id)
        assert carrier is not None  # noqa: S101 - it was committed with the document
        await desk.store.record_events(
            [Event(document_id=document_id, name=name, at=at) for name in _LIVES]
        )
        own.append(
            Own(
                document_id=document_id,
                message_id=carrier.message_id,
                certificate_key=accepted.certificate_key,
            )
        )
    return own


async def _fill(node: Node, own: Sequence[Own], entries: int) -> None:
    """Fill what grows beside the store."""
    assert node.access is not None  # noqa: S101 - its section was written
    assert node.api is not None  # noqa: S101 - likewise
    assert node.store is not None  # noqa: S101 - a gateway has one
    store, trail, at = node.access.store, node.access.trail, node.access.clock.now()
    for begin in range(0, entries, _AT_ONCE):
        await asyncio.gather(
            *(
                trail.append(at=at, who="system nsw", action="submit", subject=f"{n}", detail="")
                for n in range(begin, min(begin + _AT_ONCE, entries))
            )
        )
    for number in range(_ASKED):
        await trail.append(
            at=at, who="somebody", action=Step.ASKED, subject=new_id(), detail=f"{number} text"
        )
    for owner in (_PERSON.owner, f"{_STATE} somebody"):
        drafts = [
            Draft(
                draft_id=new_id(),
                owner=owner,
                title=f"{number}",
                content=b'{"Agreement": "ATIGA", "Edition": "2021"}',
                version=1,
                changed_at=at,
            )
            for number in range(_DRAFTS)
        ]
        await asyncio.gather(*(store.save_draft(each) for each in drafts))
    octets = b"no message"
    await node.store.bury(
        BuriedMessage(
            octets_digest=digest_text_of(octets),
            octets=octets,
            line=_STATE,
            code="xml.malformed",
            detail="",
            buried_at=at,
        )
    )
    most = node.api.section.entitlements
    keys = [each.certificate_key for each in own]
    for number in range(most):
        key = keys[number] if number < len(keys) else f"{_STATE}:NONE:{number}"
        await store.entitle(_SYSTEM.owner, key, until=at + timedelta(days=1), at=at, most=most)


def _connect(application: ASGIApp, headers: dict[str, str]) -> httpx.AsyncClient:
    return httpx.AsyncClient(
        transport=httpx.ASGITransport(application),
        base_url="https://gateway.example",
        headers=headers,
    )


async def _begin(application: ASGIApp, path: str, token: str) -> tuple[int, str]:
    """Ask for a stream, and go as soon as it has told something; returns status and what."""
    asked, told = False, asyncio.Event()
    status, said = 0, b""

    async def receive() -> Message:
        nonlocal asked
        if not asked:
            asked = True
            return {"type": "http.request", "body": b"", "more_body": False}
        await told.wait()
        return {"type": "http.disconnect"}

    async def send(message: Message) -> None:
        nonlocal status, said
        status = message.get("status", status)
        said += message.get("body", b"")
        if said:
            told.set()

    headers = [(b"host", b"gateway.example"), (b"authorization", f"Bearer {token}".encode())]
    scope = {
        "type": "http",
        "asgi": {"version": "3.0", "spec_version": "2.3"},
        "http_version": "1.1",
        "method": "GET",
        "scheme": "https",
        "path": path,
        "raw_path": path.encode(),
        "query_string": b"",
        "root_path": "",
        "headers": headers,
        "server": ("gateway.example", 443),
        "client": ("127.0.0.1", 1),
    }
    await application(scope, receive, send)
    return status, said.decode()


def _require(path: str, status: int, said: str, expected: set[int]) -> None:
    if status not in expected:
        message = f"expected an answer at {path}, found {status}: {said[-500:]}"
        raise UnavailableError("bench.wrong_page", message, actor=Actor.DEVELOPER)
