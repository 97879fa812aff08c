"""Work and floor take turns, and each pair gives one ratio."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import pytest
from lxml import etree

from swb.cli.demo import PATIENCE, PATIENCE_A_DOCUMENT
from swb.sandbox.bench.commands import give_up_after
from swb.sandbox.bench.comparing import Compared, Took, compare, take_many
from swb.sandbox.bench.peers import run
from swb.sandbox.bench.peers.as2 import open_peer
from swb.sandbox.bench.peers.worker import PeerTask
from swb.sandbox.bench.whole import Extent, run_bench
from swb_schemas.errors import UnavailableError

if TYPE_CHECKING:
    from pathlib import Path


def took(clock: float, processor: float) -> Took:
    return Took(clock=clock, processor=processor)


async def test_both_take_turns_and_a_first_turn_of_each_does_not_count() -> None:
    turns: list[str] = []

    async def work() -> Took:
        turns.append("work")
        return took(9.0, float(len(turns)))

    async def floor() -> Took:
        turns.append("floor")
        return took(3.0, 1.0)

    compared = await compare(work, floor, turns=2)
    assert turns == ["work", "floor"] * 3
    assert [each.processor for each in compared.work] == [3.0, 5.0]
    assert compared.ratio == 4.0


def test_the_median_of_the_pairs_counts_and_not_the_pair_of_the_medians() -> None:
    compared = Compared(
        work=(took(1, 1), took(1, 10), took(1, 100)),
        floor=(took(2, 1), took(2, 1), took(2, 50)),
    )
    assert (compared.seconds, compared.floor_seconds, compared.ratio) == (10, 1, 2)


def test_of_what_waits_the_clock_counts() -> None:
    compared = Compared(work=(took(6, 1),), floor=(took(2, 1),), waits=True)
    assert (compared.seconds, compared.processor_seconds, compared.ratio) == (6, 1, 3)


async def test_something_is_done_once_however_short_the_turn() -> None:
    done: list[int] = []

    async def once() -> None:
        done.append(1)

    each = await take_many(once, seconds=0)()
    assert len(done) == 1
    assert each.processor > 0


# pyas2lib asks for the time in a way that Python 3.12 warns of.
@pytest.mark.filterwarnings("ignore:datetime.datetime.utcnow:DeprecationWarning")
def test_the_codec_of_as2_is_mended_while_it_is_imported_and_no_longer() -> None:
    search = re.search
    description, round_trip = open_peer(PeerTask(document="", octets="<a>1\n2</a>"))
    round_trip()
    assert re.search is search
    assert set(description.software) == {"pyas2lib", "oscrypto", "pyOpenSSL"}


def test_a_demonstration_has_longer_than_it_gives_itself() -> None:
    """Or it would be ended before it can tell what is missing."""
    for documents in (1, 200, 10_000):
        assert give_up_after(documents) > PATIENCE + documents * PATIENCE_A_DOCUMENT


async def test_peers_that_are_not_installed_are_missed_before_anything_is_measured(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(run, "find_spec", lambda _: None)
    told: list[str] = []
    with pytest.raises(UnavailableError) as refused:
        await run_bench(tmp_path, Extent(parts=("start", "peers")), tell=told.append)
    assert refused.value.code == "bench.not_installed"
    assert told == []


def test_a_peer_refuses_what_is_not_what_was_sent() -> None:
    pytest.importorskip("signxml")
    from signxml.exceptions import InvalidSignature  # noqa: PLC0415 - an extra

    from swb.sandbox.bench.peers import pipeline  # noqa: PLC0415 - likewise

    party, other = pipeline.Party("TH"), pipeline.Party("VN")
    signed = party.sign(etree.fromstring(b"<Receipt digest='1'/>"))
    assert pipeline.verify(signed, party).get("digest") == "1"
    with pytest.raises(InvalidSignature):
        pipeline.verify(signed.replace(b'"1"', b'"2"'), party)
    with pytest.raises(InvalidSignature):
        pipeline.verify(signed, other)
