"""Names of parties and keys of certificates."""

from __future__ import annotations

import re
from typing import Final

import pytest
from hypothesis import given
from hypothesis import strategies as st

from swb_schemas.errors import RefusedError
from swb_schemas.parties import (
    PARTY_PATTERN,
    CertificateKey,
    PartyId,
    parse_certificate_key,
    parse_party_id,
)
from tests.strategies import text

PARTIES: Final = {
    "an issuing authority": ("urn:swb:party:TH:issuing", PartyId("TH", "issuing")),
    "an office of it": ("urn:swb:party:VN:issuing:09.A-1", PartyId("VN", "issuing", "09.A-1")),
    "a role of two words": ("urn:swb:party:SG:food-safety", PartyId("SG", "food-safety")),
    "the region's router": ("urn:swb:party:REGION:router", PartyId("REGION", "router")),
}

NO_PARTIES: Final = {
    "nothing": "",
    "another namespace": "urn:swc:party:TH:issuing",
    "no role": "urn:swb:party:TH",
    "an empty role": "urn:swb:party:TH:",
    "an empty office": "urn:swb:party:TH:issuing:",
    "a state in small letters": "urn:swb:party:th:issuing",
    "a state of three letters": "urn:swb:party:THA:issuing",
    "a role in capitals": "urn:swb:party:TH:Issuing",
    "a fourth part": "urn:swb:party:TH:issuing:a:b",
    "a role that is too long": "urn:swb:party:TH:" + "a" * 33,
    "a line feed at the end": "urn:swb:party:TH:issuing\n",
    "capitals in front": "URN:swb:party:TH:issuing",
}


@pytest.mark.parametrize(("urn", "party"), PARTIES.values(), ids=PARTIES)
def test_reads_and_writes_a_party(urn: str, party: PartyId) -> None:
    assert parse_party_id(urn) == party
    assert str(party) == urn


@pytest.mark.parametrize("urn", NO_PARTIES.values(), ids=NO_PARTIES)
def test_refuses_a_party(urn: str) -> None:
    with pytest.raises(RefusedError) as caught:
        parse_party_id(urn)
    assert caught.value.code == "party.malformed"


@given(st.from_regex(re.compile(rf"\A{PARTY_PATTERN}\Z", re.ASCII), fullmatch=True))
def test_every_party_survives_its_urn(urn: str) -> None:
    assert str(parse_party_id(urn)) == urn


KEYS: Final = {
    "plain": ("TH:BKK:D2026-0000001", CertificateKey("TH", "BKK", "D2026-0000001")),
    "with a slash and a space": (
        "VN:02:VN-TH%2009%2F02%2F00006",
        CertificateKey("VN", "02", "VN-TH 09/02/00006"),
    ),
    "with a colon": ("SG:A:1%3A2", CertificateKey("SG", "A", "1:2")),
    "in Thai": ("TH:B:%E0%B8%81", CertificateKey("TH", "B", "ก")),
    "with a percent sign": ("TH:B:50%25", CertificateKey("TH", "B", "50%")),
}

NO_KEYS: Final = {
    "nothing": "",
    "two parts": "TH:BKK",
    "four parts": "TH:BKK:1:2",
    "an empty number": "TH:BKK:",
    "an empty office": "TH::1",
    "an office with a slash": "TH:a%2Fb:1",
    "no state": "THA:BKK:1",
    "the region": "REGION:BKK:1",
    "no UTF-8": "TH:BKK:%FF",
    "a number that is too long": "TH:BKK:" + "1" * 36,
}


@pytest.mark.parametrize(("text_", "key"), KEYS.values(), ids=KEYS)
def test_reads_and_writes_a_key(text_: str, key: CertificateKey) -> None:
    assert parse_certificate_key(text_) == key
    assert str(key) == text_


def test_reads_a_key_that_a_person_typed_without_encoding() -> None:
    assert parse_certificate_key("VN:02:VN-TH 09/02/00006").number == "VN-TH 09/02/00006"


@pytest.mark.parametrize("text_", NO_KEYS.values(), ids=NO_KEYS)
def test_refuses_a_key(text_: str) -> None:
    with pytest.raises(RefusedError) as caught:
        parse_certificate_key(text_)
    assert caught.value.code == "certificate_key.malformed"


@given(
    st.builds(
        CertificateKey,
        st.from_regex(r"\A[A-Z]{2}\Z"),
        st.from_regex(r"\A[A-Za-z0-9][A-Za-z0-9.-]{0,31}\Z"),
        text(35),
    )
)
def test_every_key_survives_its_spelling(key: CertificateKey) -> None:
    spelled = str(key)
    assert parse_certificate_key(spelled) == key
    assert re.fullmatch(r"[A-Za-z0-9_.~%:-]+", spelled), "fit for URLs and file names"


def test_the_folded_form_ignores_case_and_separators_only() -> None:
    spellings = ("VN-TH 09/02/00006", "vn-th 09.02.00006", "VNTH090200006")
    assert {CertificateKey("VN", "02", each).folded for each in spellings} == {"VN02VNTH090200006"}
    assert CertificateKey("VN", "02", "x").folded != CertificateKey("VN", "03", "x").folded
