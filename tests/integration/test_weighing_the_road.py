"""The road's messages are weighed and counted, however many a store has."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from typing import TYPE_CHECKING

from swb.backends.sqlite.store import SqliteMessageStore
from swb.ports import Acceptance
from swb.sandbox.road import weigh_store
from tests.contract.records import message

if TYPE_CHECKING:
    from pathlib import Path

ISSUES, RECEIPTS = 400, 300


async def test_weighs_more_messages_than_a_store_lists_at_a_time(tmp_path: Path) -> None:
    store = SqliteMessageStore(path=tmp_path / "store.db")
    await store.open()
    try:
        issues = [replace(message(n), octets=b"x" * (10 + n % 2)) for n in range(ISSUES)]
        receipts = [
            replace(
                message(n, kind=7, message_type="TransportAck"), octets=b"x" * (5 if n % 3 else 50)
            )
            for n in range(RECEIPTS)
        ]
        await asyncio.gather(
            *(store.accept(Acceptance(message=each)) for each in (*issues, *receipts))
        )
        weighed = await weigh_store(store)
    finally:
        await store.close()
    assert weighed.sizes == {"CertificateIssue": 10, "TransportAck": 5}
    assert weighed.means == {"CertificateIssue": 10, "TransportAck": 20}
    assert weighed.per_document == {"CertificateIssue": 1, "TransportAck": 0.75}
    assert weighed.together == 4
