"""Checks that a document is carried whole, or that what is lost is said."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from swb_adapters.sdk.comparing import find_differences
from swb_schemas.catalogue import decode_document, find_type_of
from swb_schemas.findings import Severity
from swb_schemas.xml import encode, parse_xml

if TYPE_CHECKING:
    from collections.abc import Iterator

    from swb_adapters.sdk.contract import Adapter, Reading, Rendering
    from swb_schemas.documents import Document
    from swb_schemas.findings import Finding

__all__ = ["check_between", "check_document", "check_payload"]


def check_payload(adapter: Adapter, raw: bytes) -> tuple[str, ...]:
    """Check that a payload reads, and that what was read is written and read the same again.

    Args:
        adapter: The adapter.
        raw: A payload that it must read, such as one of its samples.
    """
    return tuple(_check_payload(adapter, raw))


def _check_payload(adapter: Adapter, raw: bytes) -> Iterator[str]:
    reading = adapter.to_canonical(raw)
    if adapter.to_canonical(raw) != reading:
        yield "expected the same reading of the same payload, found another"
    yield from _check_reading(adapter, reading)
    if any(m.writes and m.model is type(reading.document) for m in adapter.info.messages):
        yield from check_document(adapter, reading.document)


def _check_reading(adapter: Adapter, reading: Reading) -> Iterator[str]:
    document = reading.document
    expected = find_type_of(document).message_type
    if reading.message_type != expected:
        yield f"expected message type {expected}, found {reading.message_type!r}"
    if not any(m.reads and m.model is type(document) for m in adapter.info.messages):
        yield f"expected a type that info says it reads, found {type(document).__name__}"
    if decode_document(parse_xml(encode(document))) != document:
        yield "expected a document that is the same after its canonical octets, found another"
    for finding in reading.findings:
        if finding.severity is Severity.REFUSE:
            yield f"expected a refusal to be raised, found it as a finding: {finding.code}"
        if not finding.national_path:
            yield f"expected a national path with {finding.code}, found none"


def check_document(adapter: Adapter, document: Document) -> tuple[str, ...]:
    """Check that a document is carried whole, or that every loss is declared.

    Args:
        adapter: The adapter; it must write and read documents of this type.
        document: A document that its format has a spelling for.
    """
    return tuple(_check_document(adapter, document))


def _check_document(adapter: Adapter, document: Document) -> Iterator[str]:
    rendering = adapter.from_canonical(document)
    if adapter.from_canonical(document) != rendering:
        yield "expected the same payload for the same document, found another"
    yield from _check_losses(adapter, document, rendering)
    after = adapter.to_canonical(rendering.payload).document
    for path in find_differences(document, after, rendering.losses):
        yield f"expected {path} to be carried or declared lost, found it changed"
    again = adapter.from_canonical(after)
    if again.losses:
        yield f"expected nothing more to lose, found {again.losses[0].path}"
    if again.payload != rendering.payload:
        yield "expected what was read to be written with the same octets, found others"


def _check_losses(adapter: Adapter, document: Document, rendering: Rendering) -> Iterator[str]:
    declared = adapter.info.get_support(document).loses
    expressions = [
        re.compile(re.escape(pattern).replace(r"\[\*\]", r"(\[\d+\])?") + r"(/.*)?")
        for pattern in declared
    ]
    for loss in rendering.losses:
        yield from _check_loss(loss)
        if not any(expression.fullmatch(loss.path) for expression in expressions):
            yield f"expected {loss.path} to lie under a pattern of info's loses, found none"


def _check_loss(loss: Finding) -> Iterator[str]:
    if loss.severity is not Severity.LOSS or not loss.code.startswith("adapter.loss"):
        yield f"expected a finding adapter.loss of severity loss, found {loss.code}"
    if not loss.path or not loss.message:
        yield f"expected a loss to have a path and a reason, found {loss!r}"


def check_between(first: Adapter, second: Adapter, raw: bytes) -> tuple[str, ...]:
    """Check that a payload of one format differs after another one by declared losses only.

    Args:
        first: Reads the payload.
        second: Writes the document, and reads it again.
        raw: A payload of the first adapter.
    """
    before = first.to_canonical(raw).document
    rendering = second.from_canonical(before)
    after = second.to_canonical(rendering.payload).document
    return tuple(
        f"expected {path} to be carried or declared lost, found it changed"
        for path in find_differences(before, after, rendering.losses)
    )
