"""Who consented to what, and what is no table of consents."""

from __future__ import annotations

from datetime import date
from typing import Final

import pytest

from swb_schemas.consents import parse_consents
from swb_schemas.errors import RefusedError

LINE: Final = '[[consent]]\nexporter = "0990000000017"\nfrom = 2026-01-01\n'


def covers(text: str, destination: str, on: date = date(2026, 6, 1)) -> bool:
    return parse_consents(text.encode()).covers(
        exporter="0990000000017",
        destination=destination,
        message_type="DeclarationExtract",
        on=on,
    )


def test_a_line_without_destinations_is_for_every_one() -> None:
    assert covers(LINE, "VN")
    assert covers(LINE + 'to = ["VN"]', "VN")
    assert not covers(LINE + 'to = ["VN"]', "SG")


FAULTS: Final[dict[str, tuple[str, str]]] = {
    "a consent for nobody": (LINE + "to = []", "consent[1]/to: expected at least 1, found 0"),
    "a second line in small letters": (
        LINE + LINE + 'to = ["vn"]',
        "consent[2]/to[1]: expected two capital letters (ISO 3166-1 alpha-2), found 'vn'",
    ),
    "an unknown key": (LINE + "since = 3", "consent[1]/since: expected no such key, found one"),
    "no first day": (
        '[[consent]]\nexporter = "1"',
        "consent[1]/from: expected this key, found none",
    ),
    "another table": ("[consents]", "consents: expected no such key, found one"),
    "an exporter of whom nothing is told": (
        LINE.replace("0990000000017", "0990000000017" * 3),
        "consent[1]/exporter: expected at most 35 characters, found another value",
    ),
}


@pytest.mark.parametrize(("text", "told"), FAULTS.values(), ids=FAULTS)
def test_says_what_is_wrong_with_a_table(text: str, told: str) -> None:
    with pytest.raises(RefusedError) as failure:
        parse_consents(text.encode())
    assert failure.value.code == "consent.malformed"
    assert failure.value.message == told
