"""Stores that are filled for measuring are as daemons leave them, and give these nothing to do."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Final
from uuid import uuid4

import pytest

from swb.app import open_store
from swb.app.filling import fill_store
from swb.app.overview import open_overview
from swb.app.reconciliation import open_memory
from swb.config import load_config
from swb.sandbox.region import lay_out_region

if TYPE_CHECKING:
    from pathlib import Path

    from swb.backends.postgres.node import PrivatePostgres
    from swb.sandbox.region import Region

NOW: Final = datetime(2026, 11, 23, 8, tzinfo=UTC)
DOCUMENTS: Final = 400


@pytest.fixture(params=["sqlite", "postgres"])
def region(request: pytest.FixtureRequest, tmp_path: Path) -> Region:
    """A region whose stores are filled."""
    url = None
    if request.param == "postgres":
        server: PrivatePostgres = request.getfixturevalue("postgres_server")
        name = f"filled_{uuid4().hex}"
        asyncio.run(server.add_database(name))
        url = server.url(name)
    return asyncio.run(_fill(tmp_path, url))


async def _fill(folder: Path, url: str | None) -> Region:
    made = await lay_out_region(folder, at=NOW, log=False, store_url=url)
    for file in (made.router, made.gateways["TH"]):
        config = load_config(file)
        await fill_store(config, documents=DOCUMENTS, until=NOW - timedelta(days=10))
    return made


async def test_nothing_waits_and_everything_is_counted_and_read(region: Region) -> None:
    config = load_config(region.gateways["TH"])
    async with open_store(config) as store, open_overview(config) as overview:
        waiting = await store.count()
        assert (waiting.outbound, waiting.deliveries, waiting.held) == (0, 0, 0)
        assert [each.behind for each in await overview.find_lag()] == [0, 0]
        async with open_memory(config) as memory:
            position, _ = await memory.find_position()
        assert not await store.list_recorded(after=position, limit=1)


async def test_a_filled_document_is_found_in_every_way(region: Region) -> None:
    config = load_config(region.gateways["TH"])
    async with open_store(config) as store, open_overview(config) as overview:
        pages = [await store.list_documents(after="")]
        while pages[-1]:
            pages.append(await store.list_documents(after=pages[-1][-1].document_id))
        documents = [each for page in pages for each in page]
        assert len(documents) == DOCUMENTS
        some = documents[-1]
        assert some.certificate_key.startswith("TH:")
        found = await store.find_certificate(some.certificate_key)
        assert found is not None
        assert found.document_id == some.document_id
        carrier = await store.find_carrier(some.document_id)
        assert carrier is not None
        assert carrier.sender == "urn:swb:party:TH:gateway"
        assert {each.name for each in await store.list_events(some.document_id)} > {"AS1", "AS2"}
        sought = await overview.search_documents(some.certificate_key)
        assert some.document_id in {each.document_id for each in sought}


async def test_a_filled_router_has_relayed_messages_and_no_documents(region: Region) -> None:
    async with open_store(load_config(region.router)) as store:
        assert not await store.list_documents(after="")
        assert len(await store.list_recorded(after=0, limit=2 * DOCUMENTS)) == DOCUMENTS
        assert (await store.count()).outbound == 0
