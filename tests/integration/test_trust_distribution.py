"""Newer lists are fetched over real HTTP, and only what may follow is taken."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

import pytest

from swb.backends.files import FileTrustSource, TrustMemory
from swb.backends.files.list_file import FileListFetcher
from swb.backends.http.lists import HttpListFetcher
from swb.services.refreshing import RefreshService
from swb_schemas.catalogue import Purpose
from swb_schemas.documents.elements import Environment
from swb_schemas.errors import RefusedError, UndeterminedError
from swb_schemas.wire.digest import digest_text_of
from swb_schemas.wire.trust_list import SnapshotEntry, encode_trust_list
from tests.integration.list_server import publishing
from tests.integration.world import Clock
from tests.vectors.world import AT, TH_GATEWAY, authority, bundle, list_form

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from pathlib import Path

    from swb_schemas.wire.trust_list import TrustListForm
    from tests.integration.list_server import ListServer

HOUR = timedelta(hours=1)


def published(form: TrustListForm) -> bytes:
    return authority(form.state).sign_list(form)


def seen(form: TrustListForm) -> SnapshotEntry:
    digest = digest_text_of(encode_trust_list(form))
    return SnapshotEntry(state=form.state, number=form.number, digest=digest)


class Reader:
    """A daemon's trust with its refreshing."""

    def __init__(self, folder: Path, sources: Mapping[str, str], *, patience: float = 20) -> None:
        (folder / "bundle.json").write_bytes(bundle())
        self.clock = Clock(AT)
        self.source = FileTrustSource(
            folder / "bundle.json",
            environment=Environment.TEST,
            memory=TrustMemory(folder / "memory"),
        )
        http = HttpListFetcher(answer_within=timedelta(seconds=patience), limit=200_000)
        self.refreshing = RefreshService(
            shelf=self.source,
            fetchers={"http": http, "https": http, "file": FileListFetcher()},
            sources=sources,
            follow_pointers=False,
            clock=self.clock,
            every=HOUR,
            again_after=timedelta(minutes=1),
        )

    async def refresh(self) -> dict[str, int]:
        """Refresh when everything is due again; returns the numbers of the lists in force."""
        self.clock.turn(2 * HOUR)
        await self.refreshing.refresh_due()
        return {name: each.number for name, each in (await self.source.fetch()).lists.items()}

    @property
    def troubles(self) -> dict[str, str]:
        return dict(self.refreshing.troubles)


@pytest.fixture
def server() -> Iterator[ListServer]:
    with publishing() as serving:
        yield serving


@pytest.fixture
def reader(server: ListServer, tmp_path: Path) -> Reader:
    server.files = {f"/{state}.json": published(list_form(state)) for state in ("TH", "REGION")}
    sources = {state: server.location(f"/{state}.json") for state in ("TH", "REGION")}
    return Reader(tmp_path, sources)


async def test_a_newer_list_is_taken_and_asked_for_no_more(
    reader: Reader, server: ListServer
) -> None:
    assert await reader.refresh() == {"TH": 1, "VN": 1, "REGION": 1}
    server.files["/TH.json"] = published(list_form("TH", number=2))
    assert (await reader.refresh())["TH"] == 2
    server.asked.clear()
    assert (await reader.refresh())["TH"] == 2
    assert {path: bool(tag) for path, tag in server.asked} == {
        "/TH.json": True,
        "/REGION.json": True,
    }
    assert reader.troubles == {}


async def test_nothing_is_asked_before_it_is_due(reader: Reader, server: ListServer) -> None:
    await reader.refresh()
    server.asked.clear()
    await reader.refreshing.refresh_due()
    assert server.asked == []


async def test_a_clock_that_leaps_and_comes_back_does_not_end_the_asking(
    reader: Reader, server: ListServer
) -> None:
    reader.clock.turn(timedelta(days=400))
    await reader.refreshing.refresh_due()
    reader.clock.turn(-timedelta(days=400))
    server.files["/TH.json"] = published(list_form("TH", number=2))
    await reader.refreshing.refresh_due()
    assert (await reader.refresh())["TH"] == 2


@pytest.mark.parametrize(
    ("manner", "code"),
    [
        pytest.param("down", "trust.source_unavailable", id="an outage"),
        pytest.param("moved", "trust.source", id="a redirect to another host"),
        pytest.param("endless", "trust.source", id="an answer without end"),
    ],
)
async def test_the_list_at_hand_counts_whatever_the_server_does(
    reader: Reader, server: ListServer, manner: str, code: str
) -> None:
    server.files["/TH.json"] = published(list_form("TH", number=2))
    await reader.refresh()
    server.files["/TH.json"] = published(list_form("TH", number=3))
    server.manners["/TH.json"] = manner
    assert (await reader.refresh())["TH"] == 2
    assert reader.troubles == {"TH": code}
    server.released.set()
    server.manners.clear()
    assert (await reader.refresh())["TH"] == 3
    assert reader.troubles == {}


async def test_a_server_that_does_not_answer_is_not_waited_for(
    server: ListServer, tmp_path: Path
) -> None:
    server.manners["/TH.json"] = "silent"
    reader = Reader(tmp_path, {"TH": server.location("/TH.json")}, patience=0.3)
    assert (await reader.refresh())["TH"] == 1
    assert reader.troubles == {"TH": "trust.source_unavailable"}


async def test_what_failed_is_asked_again_soon(reader: Reader, server: ListServer) -> None:
    server.manners["/TH.json"] = "down"
    await reader.refresh()
    server.manners.clear()
    server.files["/TH.json"] = published(list_form("TH", number=2))
    reader.clock.turn(timedelta(minutes=1))
    await reader.refreshing.refresh_due()
    assert (await reader.source.fetch()).lists["TH"].number == 2


@pytest.mark.parametrize(
    ("octets", "code"),
    [
        pytest.param(b"<html>maintenance</html>", "trust.malformed", id="garbage"),
        pytest.param(published(list_form("TH", number=2)), "trust.rolled_back", id="an older list"),
        pytest.param(
            published(list_form("TH", number=3, expires=AT + HOUR)),
            "trust.rolled_back",
            id="another list of the same number",
        ),
        pytest.param(
            published(list_form("TH", number=900_000)), "trust.fast_forward", id="a leap ahead"
        ),
        pytest.param(published(list_form("VN", number=4)), "trust.unsigned", id="another state's"),
        pytest.param(
            published(list_form("TH", number=4).model_copy(update={"environment": "production"})),
            "trust.other_list",
            id="another environment's",
        ),
    ],
)
async def test_what_may_not_follow_is_told_and_not_taken(
    reader: Reader, server: ListServer, octets: bytes, code: str
) -> None:
    server.files["/TH.json"] = published(list_form("TH", number=3))
    await reader.refresh()
    server.files["/TH.json"] = octets
    assert (await reader.refresh())["TH"] == 3
    assert reader.troubles == {"TH": code}


async def test_a_bad_list_is_told_as_long_as_the_server_has_it(
    reader: Reader, server: ListServer
) -> None:
    """No tag is kept of it, so the server cannot say that nothing has changed."""
    server.files["/TH.json"] = published(list_form("TH", number=3))
    await reader.refresh()
    server.files["/TH.json"] = published(list_form("TH", number=2))
    for _ in range(3):
        assert (await reader.refresh())["TH"] == 3
        assert reader.troubles == {"TH": "trust.rolled_back"}
    server.files["/TH.json"] = published(list_form("TH", number=3))
    await reader.refresh()
    assert reader.troubles == {}


async def test_an_unchanged_list_is_asked_for_whole_when_a_later_one_came_otherwise(
    reader: Reader, server: ListServer
) -> None:
    server.files["/TH.json"] = published(list_form("TH", number=2))
    await reader.refresh()
    await reader.source.offer({"TH": published(list_form("TH", number=3))})
    assert (await reader.refresh())["TH"] == 3
    assert reader.troubles == {"TH": "trust.rolled_back"}


async def test_a_file_that_was_not_taken_is_told_until_it_is_replaced(tmp_path: Path) -> None:
    file = tmp_path / "TH.json"
    file.write_bytes(published(list_form("VN", number=2)))
    reader = Reader(tmp_path, {"TH": f"file:{file}"})
    for _ in range(3):
        await reader.refresh()
        assert reader.troubles == {"TH": "trust.unsigned"}


async def test_a_frozen_list_expires_and_leaves_all_undetermined(
    reader: Reader, server: ListServer
) -> None:
    """Whoever keeps newer lists away gains time until the one at hand expires, and no more."""
    server.files["/TH.json"] = published(list_form("TH", number=2, expires=AT + 3 * HOUR))
    assert (await reader.refresh())["TH"] == 2
    server.manners["/TH.json"] = "down"
    await reader.refresh()
    trust = await reader.source.fetch()
    with pytest.raises(UndeterminedError) as undetermined:
        trust.find_certificate(TH_GATEWAY, Purpose.TRANSPORT, reader.clock.now())
    assert undetermined.value.code == "trust.list_expired"


async def test_the_regions_list_waits_for_those_that_it_saw(
    reader: Reader, server: ListServer
) -> None:
    second = list_form("TH", number=2)
    server.files["/REGION.json"] = published(list_form("REGION", number=2, snapshot=[seen(second)]))
    assert (await reader.refresh()) == {"TH": 1, "VN": 1, "REGION": 1}
    assert reader.troubles == {"REGION": "trust.list_behind"}
    assert (await reader.source.fetch()).find_certificate(TH_GATEWAY, Purpose.TRANSPORT, AT)
    server.files["/TH.json"] = published(second)
    assert (await reader.refresh()) == {"TH": 2, "VN": 1, "REGION": 2}
    assert reader.troubles == {}


async def test_one_reader_cannot_be_shown_another_list_than_the_region_saw(
    reader: Reader, server: ListServer
) -> None:
    theirs = list_form("TH", number=2)
    mine = list_form("TH", number=2, expires=AT + 9 * HOUR)
    server.files["/TH.json"] = published(theirs)
    server.files["/REGION.json"] = published(list_form("REGION", number=2, snapshot=[seen(theirs)]))
    await reader.refresh()
    server.files["/TH.json"] = published(mine)
    assert (await reader.refresh()) == {"TH": 2, "VN": 1, "REGION": 2}
    assert reader.troubles == {"TH": "trust.list_forked"}


async def test_a_region_that_saw_what_is_nowhere_can_delay_its_own_list_alone(
    reader: Reader, server: ListServer
) -> None:
    invented = seen(list_form("TH", number=9))
    server.files["/REGION.json"] = published(list_form("REGION", number=2, snapshot=[invented]))
    server.files["/TH.json"] = published(list_form("TH", number=2))
    assert (await reader.refresh()) == {"TH": 2, "VN": 1, "REGION": 1}
    assert reader.troubles == {"REGION": "trust.list_behind"}


async def test_a_list_may_be_brought_as_a_file(tmp_path: Path) -> None:
    file = tmp_path / "TH.json"
    file.write_bytes(published(list_form("TH", number=2)))
    reader = Reader(tmp_path, {"TH": f"file:{file}", "VN": f"file:{tmp_path / 'VN.json'}"})
    assert (await reader.refresh())["TH"] == 2
    assert reader.troubles == {"VN": "trust.source_unavailable"}
    assert await FileListFetcher().fetch(f"file:{file}") == file.read_bytes()


@pytest.mark.parametrize(
    "location",
    ["http://192.0.2.1/list.json", "ftp://127.0.0.1/list.json", "https:///list.json", "nothing"],
)
async def test_refuses_to_ask_where_nobody_answers_for_the_road(location: str) -> None:
    with pytest.raises(RefusedError) as refused:
        await HttpListFetcher(answer_within=HOUR).fetch(location)
    assert refused.value.code == "trust.source"
