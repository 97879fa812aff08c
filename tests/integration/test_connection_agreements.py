"""Signed agreements in a folder, over a local table, as a daemon reads them."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from swb.backends.files import AgreedConnectionSource, FileConnectionSource
from swb_schemas.errors import UndeterminedError
from swb_schemas.wire import TrustBundle, parse_trust_bundle
from tests.integration.opening import write_connections
from tests.unit.schemas.test_connection_agreement import agreement, line
from tests.vectors.world import bundle

if TYPE_CHECKING:
    from pathlib import Path

TRUST = parse_trust_bundle(bundle())


class _Trust:
    async def fetch(self) -> TrustBundle:
        return TRUST


class _Place:
    """A folder with a table and agreements, and whoever reads it after each start."""

    def __init__(self, folder: Path) -> None:
        self.table = folder / "connections.toml"
        write_connections(self.table, [("TH", "VN"), ("TH", "ID")], protect=True)
        self.folder = folder / "agreements"
        self.folder.mkdir()

    def put(self, raw: bytes) -> None:
        part = self.folder / "part"
        part.write_bytes(raw)
        part.rename(self.folder / "TH-VN.json")

    def start(self) -> AgreedConnectionSource:
        return AgreedConnectionSource(
            FileConnectionSource(self.table), folder=self.folder, trust=_Trust()
        )


@pytest.fixture
def place(tmp_path: Path) -> _Place:
    return _Place(tmp_path)


async def states(source: AgreedConnectionSource) -> list[tuple[str, str]]:
    return [(each.to_state, each.state) for each in (await source.fetch()).connections]


async def refusal(source: AgreedConnectionSource) -> str:
    with pytest.raises(UndeterminedError) as undetermined:
        await source.fetch()
    return undetermined.value.code


async def test_nothing_is_connected_that_was_not_signed(place: _Place) -> None:
    source = place.start()
    assert await states(source) == []
    place.put(agreement())
    assert await states(source) == [("VN", "LIVE")]


async def test_one_side_suspends_at_once_and_alone(place: _Place) -> None:
    place.put(agreement())
    source = place.start()
    assert await states(source) == [("VN", "LIVE")]
    text = place.table.read_text().replace('"LIVE"', '"SUSPENDED"')
    place.table.with_suffix(".new").write_text(text)
    place.table.with_suffix(".new").rename(place.table)
    assert await states(source) == [("VN", "SUSPENDED")]


async def test_an_older_agreement_is_refused_also_after_a_restart(place: _Place) -> None:
    place.put(agreement(line("TEST"), number=2))
    assert await states(place.start()) == [("VN", "TEST")]
    place.put(agreement(number=1))
    assert await refusal(place.start()) == "connection.unusable"
    place.put(agreement(number=3))
    assert await states(place.start()) == [("VN", "LIVE")]


async def test_what_one_side_signed_alone_stops_everything_until_it_is_mended(
    place: _Place,
) -> None:
    source = place.start()
    place.put(agreement(signed_by=("TH",)))
    assert await refusal(source) == "connection.unusable"
    assert await refusal(source) == "connection.unusable"
    place.put(agreement())
    assert await states(source) == [("VN", "LIVE")]


async def test_what_cannot_be_read_is_told_and_believed_is_not_forgotten(place: _Place) -> None:
    place.put(agreement(number=2))
    assert await states(place.start()) == [("VN", "LIVE")]
    (place.folder / "TH-VN.json").unlink()
    assert await states(place.start()) == []
    place.put(agreement(number=1))
    assert await refusal(place.start()) == "connection.unusable"
