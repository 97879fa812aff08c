"""Which adapter reads a payload, where a national system speaks several formats."""

from __future__ import annotations

from typing import Final

import pytest

from swb.formats import InProcessFormats
from swb_adapters.aanzfta import ADAPTER as AANZFTA
from swb_adapters.canonical import ADAPTER as CANONICAL
from swb_adapters.ephyto import ADAPTER as EPHYTO
from swb_adapters.sdk import Adapter, find_reader
from swb_adapters.thailand import ADAPTER as THAILAND
from swb_adapters.vietnam import ADAPTER as VIETNAM
from swb_schemas.errors import Actor, RefusedError
from swb_schemas.xml import encode
from tests.sps import make_sps

SPS: Final = EPHYTO.from_canonical(make_sps()).payload
PAYLOADS: Final = {
    "an SPSCertificate": (SPS, EPHYTO),
    "one behind comments and a declaration": (
        b'\xef\xbb\xbf<?xml version="1.0"?>\n<!-- <a> --><?b?>\n<SPSCertificate/>',
        EPHYTO,
    ),
    "a name that only begins like it": (b"<SPSCertificateList/>", THAILAND),
    "another root": (b"<x:Envelope>", THAILAND),
    "a root beyond what is looked at": (
        b"<!--" + b" " * 70_000 + b"--><SPSCertificate/>",
        THAILAND,
    ),
    "JSON": (b' {"a": 1}', AANZFTA),
    "neither": (b"UNB+UNOA", THAILAND),
    "nothing": (b"", THAILAND),
}


@pytest.mark.parametrize(("raw", "adapter"), PAYLOADS.values(), ids=PAYLOADS)
def test_chooses_by_syntax_and_root(raw: bytes, adapter: Adapter) -> None:
    assert find_reader([THAILAND, AANZFTA, EPHYTO], raw) is adapter


async def test_a_single_window_may_speak_two_formats_in_xml() -> None:
    reading = await InProcessFormats([THAILAND, EPHYTO]).to_canonical(SPS)
    assert (reading.adapter, reading.document) == ("ephyto", make_sps())
    beside = InProcessFormats([THAILAND, EPHYTO, CANONICAL])
    reading = await beside.to_canonical(encode(make_sps()))
    assert (reading.adapter, reading.document) == ("canonical", make_sps())
    with pytest.raises(RefusedError) as refusal:
        InProcessFormats([THAILAND, VIETNAM])
    assert refusal.value.code == "config.invalid"


async def test_a_document_that_no_format_writes_is_for_the_operator() -> None:
    with pytest.raises(RefusedError) as refusal:
        await InProcessFormats([THAILAND]).from_canonical(make_sps())
    assert (refusal.value.code, refusal.value.actor) == ("adapter.unsupported", Actor.OPERATOR)
    assert "[national] adapters has thailand" in refusal.value.message
