"""A gateway's store full of generated Form Ds, for runs over what is stored.

``python -m tests.stored_form_ds FOLDER COUNT`` makes a folder with ``swb.toml`` and its store, of
COUNT Form Ds. They are sealed documents whose signature is left out: what is stored was verified
before, and is only read.
"""

from __future__ import annotations

import asyncio
import sys
from datetime import UTC, date, datetime, time
from pathlib import Path
from typing import Final

from swb.app import open_store
from swb.config import load_config
from swb.ports import Direction, DocumentRecord
from swb.simulator.form_ds import draw_form_d
from swb_schemas.wire.exchange import first_id_of
from swb_schemas.xml import encode
from swb_schemas.xml.codec import encode_element
from tests.vectors.world import seal_header

__all__ = ["DAY", "fill_store"]

DAY: Final = date(2026, 11, 20)
"""On which all of them were made and taken."""
_PAGE: Final = 1000
_CONFIG: Final = """\
[party]
state = "TH"
environment = "test"

[roles]
run = ["gateway"]

[store]
path = "store.db"

[transport]
kind = "embedded"
path = "broker.db"

[trust]
bundle = "trust/bundle.json"

[connections]
table = "connections.toml"

[national]
adapters = ["thailand"]
drop_folder = "national"

[keys.receipt-seal]
key = "receipt-seal.pem"
certificate = "receipt-seal.crt.pem"

[keys.transport]
key = "transport.pem"
certificate = "transport.crt.pem"
"""


def fill_store(folder: Path, count: int) -> Path:
    """Make a configuration and its store.

    Returns:
        The configuration.
    """
    file = folder / "swb.toml"
    file.write_text(_CONFIG, encoding="utf-8")
    asyncio.run(_fill(file, count))
    return file


async def _fill(file: Path, count: int) -> None:
    async with open_store(load_config(file), create=True) as store:
        for begin in range(0, count, _PAGE):
            records = [_record(serial) for serial in range(begin, min(begin + _PAGE, count))]
            await store.answer(f"form ds from {begin}", documents=records, outbound=[])


def _record(serial: int) -> DocumentRecord:
    certificate = draw_form_d(serial, seed=1, until=DAY).certificate
    document_id = f"{first_id_of(DAY)[:14]}7000-8000-{serial:012d}"
    header = seal_header(certificate, document_id=document_id)
    octets = (
        b'<SealedDocument xmlns="urn:swb:sealed-document:1" version="1.0">'
        + encode_element(header, "SealHeader")
        + encode(certificate)
        + b"</SealedDocument>"
    )
    return DocumentRecord(
        document_id=document_id,
        message_type=header.message_type,
        certificate_key=str(certificate.key),
        conversation_id=str(header.conversation_id),
        issuing_party=str(header.issuing_party),
        receiving_party=str(header.receiving_party),
        environment=header.environment,
        digest=f"sha-256:{serial:064x}",
        direction=Direction.OUT if serial % 2 else Direction.IN,
        octets=octets,
        recorded_at=datetime.combine(DAY, time(), UTC),
    )


if __name__ == "__main__":
    sys.stdout.write(f"{fill_store(Path(sys.argv[1]), int(sys.argv[2]))}\n")
