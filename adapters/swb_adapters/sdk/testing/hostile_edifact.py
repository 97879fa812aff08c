"""What is hostile in UN/EDIFACT only, and changes of a good interchange segment by segment.

Both take interchanges as adapters of this SDK write them: UNA first, the usual service characters,
one segment a line.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from swb_adapters.sdk.testing.nasty import NASTY_TEXTS

if TYPE_CHECKING:
    from collections.abc import Iterator

__all__ = ["hostile_edifact", "reshape_edifact"]

_SERVICE: Final = re.compile(r"[?+:'*]")
_DATA: Final = re.compile(r"(?<=[+:])(?:[^?+:'*]|\?.)+")
_UNT: Final = re.compile(r"^UNT\+\d+", re.MULTILINE)


def hostile_edifact(sample: bytes) -> Iterator[tuple[str, bytes]]:
    """Make interchanges that must be refused, each with a name."""
    head, _, rest = sample.partition(b"UNH")
    yield "UNA only", b"UNA:+.? '"
    yield "UNA cut", b"UNA:+"
    yield "UNB only", head
    yield "UNA with the same character twice", b"UNA++.? '" + sample[9:]
    yield "UNA twice", sample[:9] + sample
    yield "no tag", head + b"'''" + b"UNH" + rest
    yield "release character at the end", sample + b"?"
    yield "only release characters", head + b"?" * 1_000_000
    yield "many empty segments", head + b"'" * 400_000
    yield "many segments", head + b"UNH" + rest.replace(b"UNT+", b"FTX+A'" * 310_000 + b"UNT+")
    yield "many data elements", head + b"UNH" + b"+" * 1_000_000 + rest
    yield "many components", head + b"UNH" + b":" * 1_000_000 + rest
    yield "one long data element", head + b"UNH" + rest.replace(b"BGM+", b"BGM+" + b"x" * 1_000_000)
    yield "a message in a message", head + (b"UNH" + rest.partition(b"UNT+")[0]) * 2 + b"UNT+1+1'"
    yield "a number of segments beyond all", sample.replace(b"UNT+", b"UNT+" + b"9" * 4000)
    yield "control character", sample.replace(b"BGM+", b"BGM+\x01")
    yield "line break in a data element", sample.replace(b"BGM+", b"BGM+\n")


def reshape_edifact(sample: bytes, *, every: int = 1) -> Iterator[bytes]:
    """Change a good interchange: leave a segment out, double it, swap it, put nasty text in.

    The number of segments stays right, so the changes come as far as the table.

    Args:
        sample: The good interchange.
        every: Make only every n-th of them.
    """
    utf_8 = b"UNB+UNOC" not in sample
    codec = "utf-8" if utf_8 else "iso8859-1"
    rows = sample.decode(codec).splitlines(keepends=True)
    number = 0
    for changed in _change(rows):
        number += 1
        if number % every:
            continue
        count = len(changed) - 3
        text = _UNT.sub(f"UNT+{count}", "".join(changed))
        yield text.encode(codec, errors="replace")


def _change(rows: list[str]) -> Iterator[list[str]]:
    for at in range(3, len(rows) - 2):
        before, row, after = rows[:at], rows[at], rows[at + 1 :]
        yield before + after
        yield [*before, row, row, *after]
        yield [*before, after[0], row, *after[1:]]
        for found in _DATA.finditer(row):
            yield [*before, row[: found.start()] + row[found.end() :], *after]
            yield [*before, f"{row[: found.start()]}x:+{row[found.start() :]}", *after]
            for text in NASTY_TEXTS:
                released = _SERVICE.sub(r"?\g<0>", text.replace("\n", " "))
                yield [*before, row[: found.start()] + released + row[found.end() :], *after]
