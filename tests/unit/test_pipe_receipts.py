"""The pipe answers as many documents at a time as it is told, and nobody waits for ever."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

import pytest

from swb.sandbox.pipe_worker import Receipts
from swb.sandbox.road import Weighed

if TYPE_CHECKING:
    from collections.abc import Sequence


@pytest.mark.parametrize(
    ("together", "groups"), [(1, [1] * 7), (3, [3, 3, 1]), (7, [7]), (100, [7])]
)
async def test_answers_so_many_at_a_time(together: int, groups: list[int]) -> None:
    sent: list[Sequence[str]] = []

    async def send(numbers: Sequence[str]) -> None:
        sent.append(numbers)

    receipts = Receipts(send, together)
    await asyncio.gather(*(receipts.answer(str(number)) for number in range(7)))
    assert [len(each) for each in sent] == groups
    assert [number for each in sent for number in each] == [str(number) for number in range(7)]


async def test_who_waits_hears_that_nothing_was_sent() -> None:
    async def fail(_: Sequence[str]) -> None:
        raise ConnectionError

    with pytest.raises(ConnectionError):
        await Receipts(fail, 2).answer("1")


@pytest.mark.parametrize(
    ("per_document", "together"),
    [
        ({}, 1),
        ({"CertificateIssue": 1.0, "RelayReceipt": 1.0, "TransportAck": 2.0}, 1),
        ({"CertificateIssue": 1.0, "RelayReceipt": 0.1, "TransportAck": 0.2}, 10),
        ({"CertificateIssue": 1.0, "TransportAck": 0.5}, 6),
    ],
)
def test_tells_how_many_documents_a_receipt_of_the_road_answers(
    per_document: dict[str, float], together: int
) -> None:
    assert Weighed(sizes={}, means={}, per_document=per_document).together == together
