"""The plain forms in which inputs and outputs of an adapter cross to another process.

``docs/adr/adapter-contract-across-a-process.md`` says why; `swb_adapters.sdk.command` is the
protocol of adapters that are programs. What matters here is that nothing is lost on that way.
"""

from __future__ import annotations

import base64
import json
from dataclasses import asdict
from typing import TYPE_CHECKING, Any

from swb_adapters.sdk.contract import Reading, Rendering
from swb_adapters.sdk.paths import PathMap
from swb_schemas.catalogue import decode_document
from swb_schemas.findings import read_findings
from swb_schemas.xml import encode, parse_xml

if TYPE_CHECKING:
    from swb_adapters.sdk.contract import Adapter

__all__ = ["check_crossing", "plain_reading", "plain_rendering"]


def plain_reading(reading: Reading) -> dict[str, Any]:
    """Write a reading as JSON values; the document as its canonical octets."""
    return {
        "message_type": reading.message_type,
        "document": base64.b64encode(encode(reading.document)).decode(),
        "findings": [asdict(finding) for finding in reading.findings],
        "paths": list(reading.paths.pairs),
        "consent": reading.consent,
    }


def plain_rendering(rendering: Rendering) -> dict[str, Any]:
    """Write a rendering as JSON values."""
    return {
        "message_type": rendering.message_type,
        "payload": base64.b64encode(rendering.payload).decode(),
        "losses": [asdict(loss) for loss in rendering.losses],
        "paths": list(rendering.paths.pairs),
    }


def _rebuild_reading(plain: dict[str, Any]) -> Reading:
    return Reading(
        message_type=plain["message_type"],
        document=decode_document(parse_xml(base64.b64decode(plain["document"]))),
        findings=read_findings(plain["findings"]),
        paths=PathMap(map(tuple, plain["paths"])),
        consent=plain["consent"],
    )


def _rebuild_rendering(plain: dict[str, Any]) -> Rendering:
    return Rendering(
        message_type=plain["message_type"],
        payload=base64.b64decode(plain["payload"]),
        losses=read_findings(plain["losses"]),
        paths=PathMap(map(tuple, plain["paths"])),
    )


def check_crossing(adapter: Adapter, raw: bytes) -> tuple[str, ...]:
    """Check that a reading, and the rendering of its document, survive as plain values.

    Args:
        adapter: The adapter.
        raw: A payload that it must read.
    """
    problems: list[str] = []
    reading = adapter.to_canonical(raw)
    if _rebuild_reading(json.loads(json.dumps(plain_reading(reading)))) != reading:
        problems.append("expected the same reading after JSON, found another")
    rendering = adapter.from_canonical(reading.document)
    if _rebuild_rendering(json.loads(json.dumps(plain_rendering(rendering)))) != rendering:
        problems.append("expected the same rendering after JSON, found another")
    return tuple(problems)
