"""Octets that no format of a syntax may read, and good payloads that were damaged."""

from __future__ import annotations

import hashlib
import random
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

__all__ = ["DAMAGES", "LARGEST", "Damage", "list_hostile", "mutate", "tell_octets"]

LARGEST: Final = 7_000_000
"""Octets of the largest payload."""
_ELEMENTS: Final = 300_000
_SHOWN: Final = 32
"""Octets of a payload that a failure shows."""
_ENTITIES: Final = b"".join(
    b'<!ENTITY e%d "%s">' % (level, b"&e%d;" % (level - 1) * 10) for level in range(1, 10)
)

_ANY: Final[Mapping[str, bytes]] = {
    "no-octets": b"",
    "white-space": b" \r\n\t ",
    "a-nul": b"\0",
    "a-number": b"42",
    "json-of-something-else": b'{"a": [1, 2, 3]}',
    "xml-of-something-else": b"<a/>",
    "random-octets": hashlib.shake_256(b"swb").digest(4096),
    "a-lone-byte-order-mark": b"\xef\xbb\xbf",
    "an-entity-bomb": b'<!DOCTYPE a [<!ENTITY e0 "ha">' + _ENTITIES + b"]><a>&e9;</a>",
    "an-external-entity": b'<!DOCTYPE a [<!ENTITY x SYSTEM "file:///etc/hostname">]><a>&x;</a>',
    "deep-xml": b"<a>" * 10_000 + b"</a>" * 10_000,
    "deep-json": b"[" * 100_000,
    "deep-json-that-is-closed": b'{"a":' * 5000 + b"1" + b"}" * 5000,
    "many-attributes": b"<a " + b" ".join(b'b%d=""' % n for n in range(10_000)) + b"/>",
    "one-long-attribute": b'<a b="' + b"x" * 1_000_000 + b'"/>',
    "an-undeclared-prefix": b"<x:a/>",
    "an-unknown-entity": b"<a>&unknown;</a>",
    "a-character-that-xml-forbids": b"<a>&#0;</a>",
    "a-line-without-end": b"x" * 2_000_000,
    "many-short-lines": b"x\n" * 500_000,
    "the-service-characters-of-edifact-alone": b"UNA:+.? '",
    "only-release-characters": b"UNA:+.? 'UNB+" + b"?" * 100_000,
    "a-zip-that-is-none": b"PK\x03\x04" + b"\0" * 64,
}


def list_hostile() -> Mapping[str, Callable[[], bytes]]:
    """Make octets that every format refuses, by name; large ones when they are asked for."""
    made: dict[str, Callable[[], bytes]] = {
        name: partial(bytes, octets) for name, octets in _ANY.items()
    }
    made["many-elements"] = lambda: b"<a>" + b"<b/>" * (_ELEMENTS + 1) + b"</a>"
    made["many-values"] = lambda: b"[" + b"0," * _ELEMENTS + b"0]"
    made["more-octets-than-a-payload-has"] = lambda: b" " * (LARGEST + 1)
    return made


def tell_octets(payload: bytes) -> str:
    """Tell what was put to a target: how much, how it begins, whether it is more than it takes."""
    beginning = repr(payload[:_SHOWN])[1:]
    more = "..." if len(payload) > _SHOWN else ""
    told = f"{len(payload):,} octets" + (f", {beginning}{more}" if payload else "")
    if len(payload) > LARGEST:
        told += f"; a payload has at most {LARGEST:,}, and one of more is adapter.too_large"
    return told


@dataclass(frozen=True, slots=True)
class Damage:
    """What becomes of a good payload that nobody may read.

    Attributes:
        words: What was done, for whoever has to mend the target.
        do: Does it.
    """

    words: str
    do: Callable[[bytes], bytes]


def _cut(tenths: int) -> Callable[[bytes], bytes]:
    return lambda payload: payload[: len(payload) * tenths // 10]


DAMAGES: Final[Mapping[str, Damage]] = {
    **{
        f"cut-at-{tenths}0-per-cent": Damage(f"cut after {tenths}0 % of its octets", _cut(tenths))
        for tenths in range(1, 10)
    },
    "in-utf-16": Damage(
        "spelled in UTF-16", lambda payload: payload.decode("utf-8", "replace").encode("utf-16")
    ),
    "filled-up-beyond-the-largest": Damage(
        "filled up with spaces at its end", lambda payload: payload.ljust(LARGEST + 1)
    ),
    "behind-other-octets": Damage(
        "put behind four other octets", lambda payload: b"\x01\x02{<" + payload
    ),
    "turned-round": Damage("turned round, last octet first", lambda payload: payload[::-1]),
}
"""What becomes of a good payload that nobody may read."""


def mutate(payload: bytes, seed: str) -> bytes:
    """Change a few octets of a good payload; the same ones for the same seed."""
    drawn = random.Random(seed)  # noqa: S311 - nothing secret
    octets = bytearray(payload)
    for _ in range(drawn.choice((1, 1, 1, 2, 5))):
        if not octets:
            break
        at = drawn.randrange(len(octets))
        match drawn.randrange(4):
            case 0:
                octets[at] = drawn.randrange(256)
            case 1:
                del octets[at : at + drawn.randrange(1, 17)]
            case 2:
                octets.insert(at, drawn.randrange(256))
            case _:
                there = drawn.randrange(len(octets))
                octets[at:at] = octets[there : there + drawn.randrange(1, 65)]
    return bytes(octets)
