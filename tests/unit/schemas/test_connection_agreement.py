"""What two states signed about their connections, and what one side may take away from it."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any, Final

import pytest

from swb_schemas.connection_agreement import (
    AgreementForm,
    ConnectionAgreement,
    check_succession,
    encode_agreement,
    narrow,
    verify_agreement,
)
from swb_schemas.connections import Connection, ConnectionState, ConnectionTable, Terms
from swb_schemas.errors import RefusedError
from swb_schemas.wire import parse_trust_bundle
from swb_schemas.wire.jws import assemble_jws
from tests.vectors.world import AT, authority, bundle, bundle_of_two_roots, list_form

if TYPE_CHECKING:
    from collections.abc import Sequence

TRUST: Final = parse_trust_bundle(bundle())


def line(state: str = "LIVE", /, **terms: object) -> Connection:
    return Connection(
        from_state="TH",
        to_state="VN",
        message_type="CertificateIssue",
        agreement="ATIGA",
        state=ConnectionState(state),
        terms=Terms.model_validate(terms),
    )


def agreement(
    *lines: Connection,
    number: int = 1,
    signed_by: Sequence[str] = ("TH", "VN"),
    **changes: object,
) -> bytes:
    """Sign as the states would."""
    values = {
        "states": ("TH", "VN"),
        "environment": "test",
        "number": number,
        "issued": AT,
        "connections": lines or (line(),),
    }
    payload = encode_agreement(AgreementForm.model_validate(values | changes))
    roots = [authority(state) for state in signed_by]
    return assemble_jws(payload, {each.thumbprint: each.sign(payload) for each in roots})


def code_of(raw: bytes) -> str:
    with pytest.raises(RefusedError) as refused:
        verify_agreement(raw, trust=TRUST)
    return refused.value.code


def test_what_both_signed_counts() -> None:
    found = verify_agreement(agreement(line(max_items=50)), trust=TRUST)
    assert (found.states, found.number, found.connections) == (
        ("TH", "VN"),
        1,
        (line(max_items=50),),
    )


@pytest.mark.parametrize(
    "raw",
    [
        pytest.param(agreement(signed_by=("TH",)), id="one side alone"),
        pytest.param(agreement(signed_by=("VN",)), id="the other side alone"),
        pytest.param(agreement(signed_by=("TH", "REGION")), id="the region in the other's place"),
        pytest.param(agreement(signed_by=("REGION",)), id="the region alone"),
        pytest.param(agreement(environment="production"), id="of another environment"),
        pytest.param(agreement().replace(b'"payload":"ey', b'"payload":"e2'), id="altered"),
        pytest.param(authority("TH").sign_list(list_form("TH")), id="a trust list"),
        pytest.param(b"{}", id="no JWS"),
        pytest.param(b"", id="nothing"),
    ],
)
def test_anything_else_connects_nobody(raw: bytes) -> None:
    assert code_of(raw) == "connection.agreement"


def test_a_state_that_asks_for_two_roots_signs_with_two() -> None:
    trust = parse_trust_bundle(bundle_of_two_roots(list_form("TH"), signed_by=2, quorum=2))
    with pytest.raises(RefusedError, match=r"expected .*root\(s\)"):
        verify_agreement(agreement(), trust=trust)


@pytest.mark.parametrize(
    "changes",
    [
        pytest.param({"states": ("VN", "TH")}, id="in another order"),
        pytest.param({"states": ("TH", "TH")}, id="with itself"),
        pytest.param({"states": ("ID", "TH")}, id="of another pair"),
        pytest.param({"connections": (line(), line())}, id="a line twice"),
        pytest.param({"number": 0}, id="without a number"),
    ],
)
def test_an_agreement_speaks_of_one_pair_and_once(changes: dict[str, Any]) -> None:
    with pytest.raises(ValueError, match=r"expected|greater"):
        agreement(**changes)


def test_never_goes_back_to_an_older_agreement() -> None:
    first, second, other = (
        verify_agreement(raw, trust=TRUST)
        for raw in (agreement(), agreement(number=2), agreement(line("TEST"), number=2))
    )
    seen = (second.number, second.payload_digest)
    check_succession(second, seen)
    check_succession(second, (first.number, first.payload_digest))
    check_succession(first, None)
    for older in (first, other):
        with pytest.raises(RefusedError) as refused:
            check_succession(older, seen)
        assert refused.value.code == "connection.rolled_back"


# --- the local table ---------------------------------------------------------------------------

OPEN: Final[dict[str, object]] = {"protected": False, "max_items": 100}
STRICT: Final[dict[str, object]] = {
    "protected": True,
    "max_items": 20,
    "electronic_signature": False,
}


def narrowed(local: Connection, signed: Connection) -> Connection | None:
    both = ConnectionAgreement(
        states=("TH", "VN"), number=1, payload_digest="", connections=(signed,)
    )
    found = narrow(ConnectionTable(connections=(local,)), [both]).connections
    return found[0] if found else None


@pytest.mark.parametrize(
    ("local", "signed", "counts"),
    [
        ("LIVE", "PARALLEL", "PARALLEL"),
        ("PARALLEL", "LIVE", "PARALLEL"),
        ("SUSPENDED", "LIVE", "SUSPENDED"),
        ("LIVE", "SUSPENDED", "SUSPENDED"),
        ("TEST", "LIVE", "TEST"),
        ("SUSPENDED", "TEST", "SUSPENDED"),
    ],
)
def test_one_side_holds_back_and_never_goes_ahead(local: str, signed: str, counts: str) -> None:
    found = narrowed(line(local), line(signed))
    assert found is not None
    assert found.state == counts


def test_the_stricter_terms_count_whoever_states_them() -> None:
    for local, signed in ((OPEN, STRICT), (STRICT, OPEN)):
        found = narrowed(line("LIVE", **local), line("LIVE", **signed))
        assert found is not None
        assert found.terms == Terms.model_validate(STRICT)


def test_only_what_was_signed_gives_a_legal_basis() -> None:
    found = narrowed(line(legal_basis="local"), line())
    assert found is not None
    assert found.terms.legal_basis == ""


ALLOWED: Final[dict[str, object]] = {"legal_basis": "Arrangement, article 4", "fingerprints": True}


def test_fingerprints_need_the_word_of_both_sides() -> None:
    for local, signed, counts in (
        (ALLOWED, ALLOWED, True),
        ({}, ALLOWED, False),
        (ALLOWED, {}, False),
        (ALLOWED, {"legal_basis": "Arrangement, article 4"}, False),
    ):
        found = narrowed(line(**local), line(**signed))
        assert found is not None
        assert found.terms.fingerprints is counts


def test_a_term_that_earlier_software_does_not_know_is_written_only_where_it_says_more() -> None:
    for terms, written in (({}, False), (ALLOWED, True)):
        payload = encode_agreement(
            AgreementForm(
                states=("TH", "VN"),
                environment="test",
                number=1,
                issued=AT,
                connections=(line(**terms),),
            )
        )
        assert ("fingerprints" in json.loads(payload)["connections"][0]["terms"]) is written


def test_a_line_that_nobody_signed_is_not_there() -> None:
    other = line().model_copy(update={"to_state": "ID"})
    assert narrowed(other, line()) is None
    assert narrow(ConnectionTable(connections=(line(),)), []).connections == ()


def test_an_agreement_is_json_that_others_can_write() -> None:
    payload = encode_agreement(
        AgreementForm(
            states=("TH", "VN"), environment="test", number=3, issued=AT, connections=(line(),)
        )
    )
    members = json.loads(payload)
    assert members["format"] == "urn:swb:connection-agreement:1"
    assert members["connections"] == [
        {
            "from": "TH",
            "to": "VN",
            "message_type": "CertificateIssue",
            "agreement": "ATIGA",
            "state": "LIVE",
            "terms": {
                "protected": True,
                "electronic_signature": True,
                "max_items": None,
                "legal_basis": "",
            },
        }
    ]
