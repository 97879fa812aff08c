"""A table is read as an editor of Windows writes it: a mark in front, two octets at line ends."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

import pytest

from swb_conformance.deviations import parse_deviations
from swb_schemas.connections import parse_connections
from swb_schemas.consents import parse_consents
from swb_schemas.data_policy import parse_data_policy
from swb_schemas.demands import parse_demands
from swb_schemas.rulebook.edition import read_pack
from tests.services import ROOT

if TYPE_CHECKING:
    from collections.abc import Callable

PARSERS: Final[tuple[Callable[[bytes], Any], ...]] = (
    parse_connections,
    parse_consents,
    parse_data_policy,
    parse_demands,
    parse_deviations,
    read_pack,
)
CONNECTIONS: Final = (ROOT / "examples" / "region" / "connections.toml").read_bytes()


@pytest.mark.parametrize("parse", PARSERS, ids=lambda parse: parse.__name__)
def test_takes_the_mark_that_windows_puts_at_the_beginning(parse: Callable[[bytes], Any]) -> None:
    parse(b"\xef\xbb\xbf# nothing but this line and a title\r\n" + _least(parse))


def test_reads_the_same_connections_with_line_ends_of_windows() -> None:
    windows = b"\xef\xbb\xbf" + CONNECTIONS.replace(b"\n", b"\r\n")
    assert parse_connections(windows) == parse_connections(CONNECTIONS)


def _least(parse: Callable[[bytes], Any]) -> bytes:
    """The shortest table that this parser takes."""
    return b'title = "another"\r\n' if parse is read_pack else b""
