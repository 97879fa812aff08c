"""The six doors that bad input is brought to: gateways of five states, each with its own format.

Everything behind a door is real, but the clock and the ids, so that what is said can be printed in
a table: keys, trust list, connections, the SQLite store.
"""

from __future__ import annotations

from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from itertools import count
from typing import TYPE_CHECKING, Final

from swb.backends.files import DropFolder, FileConnectionSource, FileTrustSource
from swb.backends.softkey import make_development_keys
from swb.backends.sqlite.store import SqliteMessageStore
from swb.core.retrying import RetryPolicy
from swb.formats import InProcessFormats
from swb.plugins import discover_adapters
from swb.services.collect import CollectService
from swb.services.sealing import Sealer
from swb.services.submit import SubmitService
from swb.simulator.agreements import Pair, draw_under
from swb_schemas.documents.certificate_of_origin import SpecialCases
from swb_schemas.documents.elements import Environment
from tests.integration.world import Clock, load_signers

if TYPE_CHECKING:
    from collections.abc import AsyncIterator
    from pathlib import Path

    from swb.backends.softkey import DevelopmentKeys
    from swb_adapters.sdk import Adapter
    from swb_schemas.documents import CertificateOfOrigin, Document

__all__ = ["FORMATS", "NOW", "Door", "draw_good", "get_adapter", "make_keys", "open_door", "write"]

NOW: Final = datetime(2026, 11, 20, 8, 0, tzinfo=UTC)
"""When every case happens."""

FORMATS: Final = {
    "thailand": Pair("TH", "VN", "ATIGA"),
    "vietnam": Pair("VN", "TH", "ATIGA"),
    "indonesia": Pair("ID", "SG", "ATIGA"),
    "aanzfta": Pair("AU", "SG", "AANZFTA"),
    "uncefact": Pair("SG", "TH", "ATIGA"),
    "canonical": Pair("SG", "TH", "ATIGA"),
}
"""Format to who exports to whom with it."""

_SEED: Final = 7
_SERIAL: Final = 1
_MAX_ITEMS: Final = 50
"""As the terms of the connections have it."""


def get_adapter(name: str) -> Adapter:
    """Get a first-party adapter."""
    return discover_adapters().get(name)


def write(name: str, document: Document) -> bytes:
    """Write a document in a format."""
    return get_adapter(name).from_canonical(document).payload


def draw_good(name: str, *, pair: Pair | None = None, items: int = 2) -> CertificateOfOrigin:
    """Draw a plain certificate that a format's gateway takes."""
    certificate = draw_under(
        pair or FORMATS[name], serial=_SERIAL, seed=_SEED, on=NOW.date(), items=items
    )
    return certificate.model_copy(update={"special_cases": SpecialCases()})


def make_keys(folder: Path) -> DevelopmentKeys:
    """Make keys and trust list of all states; they may serve many doors."""
    states = sorted({state for pair in FORMATS.values() for state in pair[:2]})
    return make_development_keys(
        folder, states, Environment.TEST, NOW, valid_for=timedelta(days=400)
    )


@dataclass(kw_only=True)
class Door:
    """One gateway's door inward, open."""

    submitting: SubmitService
    collecting: CollectService
    drop: Path
    store: SqliteMessageStore
    commits: list[None] = field(default_factory=list)


@asynccontextmanager
async def open_door(name: str, folder: Path, keys: DevelopmentKeys) -> AsyncIterator[Door]:
    """Open the gateway that speaks a format, over a store with nothing in it."""
    state = FORMATS[name].exporting
    clock = Clock(NOW)
    ids = count(1)
    commits: list[None] = []
    store = SqliteMessageStore(path=folder / "store.db")
    drop = DropFolder(folder / "national")
    drop.open()
    submitting = SubmitService(
        state=state,
        formats=InProcessFormats([get_adapter(name)]),
        environment=Environment.TEST,
        connections=FileConnectionSource(_write_connections(folder / "connections.toml")),
        store=store,
        sealer=Sealer(
            signers=load_signers(keys, state),
            trust=FileTrustSource(keys.bundle, environment=Environment.TEST),
            clock=clock,
            new_id=lambda: f"00000000-0000-7000-8000-{next(ids):012d}",
        ),
        clock=clock,
        on_commit=lambda: commits.append(None),
    )
    collecting = CollectService(
        source=drop,
        submitting=submitting,
        batch=64,
        clock=clock,
        jitter=lambda: 0.0,
        retrying=RetryPolicy(
            first_delay=timedelta(seconds=1), ceiling=timedelta(minutes=1), max_attempts=8
        ),
    )
    await store.open()
    try:
        yield Door(
            submitting=submitting,
            collecting=collecting,
            drop=folder / "national",
            store=store,
            commits=commits,
        )
    finally:
        await store.close()


def _write_connections(file: Path) -> Path:
    pairs = {(pair.agreement, pair[:2]) for pair in FORMATS.values()}
    file.write_text(
        "".join(
            f'[[connection]]\nfrom = "{one}"\nto = "{other}"\n'
            f'message_type = "CertificateIssue"\nagreement = "{agreement}"\nstate = "LIVE"\n'
            f"terms = {{ max_items = {_MAX_ITEMS} }}\n"
            for agreement, (one, other) in sorted(pairs)
        )
    )
    return file
