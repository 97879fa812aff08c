"""Octets that an adapter must refuse, and the check that it does so properly."""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING, Final

from lxml import etree

from swb_adapters.sdk.limits import DEFAULT_LIMITS
from swb_adapters.sdk.testing.hostile_edifact import hostile_edifact, reshape_edifact
from swb_adapters.sdk.testing.hostile_json import hostile_json, reshape_json
from swb_adapters.sdk.testing.nasty import NASTY_TEXTS
from swb_schemas.errors import RefusedError

if TYPE_CHECKING:
    from collections.abc import Iterator

    from swb_adapters.sdk.contract import Adapter

__all__ = [
    "check_refusal",
    "check_refusals",
    "hostile_payloads",
    "mutate_payload",
    "reshape_payload",
]

_ENTITIES: Final = b"".join(
    b'<!ENTITY e%d "%s">' % (level, b"&e%d;" % (level - 1) * 10) for level in range(1, 10)
)
_BOMB: Final = b'<!DOCTYPE a [<!ENTITY e0 "ha">' + _ENTITIES + b"]><a>&e9;</a>"
_EXTERNAL: Final = b'<!DOCTYPE a [<!ENTITY x SYSTEM "file:///etc/hostname">]><a>&x;</a>'
_CODES: Final = ("adapter.", "xml.")


def hostile_payloads(sample: bytes, *, syntax: str = "xml") -> Iterator[tuple[str, bytes]]:
    """Make payloads that must be refused, each with a name.

    Args:
        sample: A good payload, from which damaged ones are made.
        syntax: ``xml``, ``json`` or ``edifact``: adds what is hostile in that syntax only.
    """
    yield "empty", b""
    yield "white space", b" \r\n\t "
    yield "NUL", b"\0"
    yield "a number", b"42"
    yield "JSON of something else", b'{"a": [1, 2, 3]}'
    yield "random octets", hashlib.shake_256(b"swb").digest(4096)
    yield "too large", sample + b" " * (DEFAULT_LIMITS.octets + 1 - len(sample))
    for tenth in range(1, 10):
        yield f"truncated at {tenth}0 per cent", sample[: len(sample) * tenth // 10]
    yield "UTF-16", sample.decode().encode("utf-16")
    yield "twice", sample + sample
    yield (
        "octets that are no UTF-8",
        sample[: len(sample) // 2] + b"\xff" + sample[len(sample) // 2 :],
    )
    yield "UTF-16 that says UTF-8", sample.decode().encode("utf-16-le")
    if syntax == "xml":
        yield from _hostile_xml(sample)
    elif syntax == "json":
        yield from hostile_json(sample)
    elif syntax == "edifact":
        yield from hostile_edifact(sample)


def _hostile_xml(sample: bytes) -> Iterator[tuple[str, bytes]]:
    head, _, rest = sample.partition(b"?>")
    body = rest if head.startswith(b"<?xml") else sample
    latin = b'<?xml version="1.0" encoding="ISO-8859-1"?>'
    yield "UTF-8 that says ISO-8859-1", latin + body.lstrip()
    yield "another document", b"<a/>"
    yield "entity bomb", _BOMB
    yield "external entity", _EXTERNAL
    yield "document type before a good payload", b"<!DOCTYPE a>" + body
    yield "processing instruction", b"<?php phpinfo(); ?>" + body
    yield "deep nesting", b"<a>" * 10_000 + b"</a>" * 10_000
    yield "many elements", b"<a>" + b"<b/>" * (DEFAULT_LIMITS.elements + 1) + b"</a>"
    yield "one long attribute", b'<a b="' + b"x" * 1_000_000 + b'"/>'
    yield "many attributes", b"<a " + b" ".join(b'b%d=""' % n for n in range(10_000)) + b"/>"
    yield "undeclared prefix", b"<x:a/>"
    yield "unknown entity", b"<a>&unknown;</a>"
    yield "character that XML forbids", b"<a>&#0;</a>"


def check_refusals(adapter: Adapter, raw: bytes, *, may_read: bool = False) -> tuple[str, ...]:
    """Check that a payload is refused, by a code of the contract and by no other exception.

    Args:
        adapter: The adapter.
        raw: The payload.
        may_read: Whether reading it would be right as well, as for a small change of a good one.
    """
    try:
        adapter.to_canonical(raw)
    except RefusedError as refusal:
        return tuple(check_refusal(refusal))
    except Exception as error:  # noqa: BLE001 - any other exception is what is looked for
        return (f"expected RefusedError, found {type(error).__name__}: {str(error)[:200]}",)
    return () if may_read else ("expected the payload to be refused, found it read",)


def check_refusal(refusal: RefusedError) -> Iterator[str]:
    """Check a refusal: a code of the contract, findings that say something, and not too many."""
    if not refusal.code.startswith(_CODES):
        yield f"expected a code of {' or '.join(_CODES)}, found {refusal.code}"
    if len(refusal.findings) > DEFAULT_LIMITS.findings:
        yield f"expected at most {DEFAULT_LIMITS.findings} findings, found {len(refusal.findings)}"
    for finding in refusal.findings:
        if not finding.message:
            yield f"expected a message with {finding.code}, found none"


def mutate_payload(sample: bytes, *, count: int, seed: bytes = b"") -> Iterator[bytes]:
    """Change one octet of a good payload, over and over, the same way in every run.

    Args:
        sample: The good payload.
        count: How many changed payloads to make.
        seed: Other seeds make others.
    """
    for number in range(count):
        draw = hashlib.sha256(seed + number.to_bytes(4, "big")).digest()
        at = int.from_bytes(draw[:4], "big") % len(sample)
        kind, octet = draw[4] % 3, draw[5:6]
        if kind == 0:
            yield sample[:at] + octet + sample[at + 1 :]
        elif kind == 1:
            yield sample[:at] + sample[at + 1 + draw[6] % 16 :]
        else:
            yield sample[:at] + octet + sample[at:]


def reshape_payload(sample: bytes, *, every: int = 1, syntax: str = "xml") -> Iterator[bytes]:
    """Change the elements of a good payload: leave one out, double it, put nasty text in.

    Such payloads are well formed, so they come further than octets changed at random: a schema
    that is too wide, or a reading that trusts more than the schema promises, shows here.

    Args:
        sample: The good payload.
        every: Make only every n-th of them.
        syntax: ``xml``, ``json`` or ``edifact``.
    """
    if syntax == "edifact":
        return reshape_edifact(sample, every=every)
    return reshape_json(sample, every=every) if syntax == "json" else _reshape_xml(sample, every)


def _reshape_xml(sample: bytes, every: int) -> Iterator[bytes]:
    changes = len(NASTY_TEXTS) + 2
    count = sum(1 for _ in etree.fromstring(sample).iter(etree.Element)) - 1
    for number in range(0, count * changes, every):
        root = etree.fromstring(sample)
        element = list(root.iter(etree.Element))[1 + number // changes]
        parent, change = element.getparent(), number % changes
        if change < len(NASTY_TEXTS):
            element.text = NASTY_TEXTS[change]
        elif parent is not None and change == len(NASTY_TEXTS):
            parent.remove(element)
        else:
            element.addnext(etree.fromstring(etree.tostring(element, with_tail=False)))
        yield etree.tostring(root)
