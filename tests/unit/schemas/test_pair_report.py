"""What two states found when they tried their connections, and what it lets through."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

import pytest

from swb.backends.softkey.authority import Authority
from swb_schemas.connection_agreement import AgreementForm, encode_agreement, verify_agreement
from swb_schemas.connections import Connection, ConnectionState
from swb_schemas.errors import RefusedError
from swb_schemas.pair_report import (
    COUNTS_FOR,
    PAIR_WIDE,
    PairReportForm,
    encode_pair_report,
    find_untested,
    verify_pair_report,
)
from swb_schemas.wire import parse_trust_bundle
from swb_schemas.wire.digest import digest_text_of
from swb_schemas.wire.jws import assemble_jws
from swb_schemas.wire.trust_list import TrustListForm, encode_bundle
from tests.vectors.world import AT, BEGIN, END, authority, bundle

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from swb_schemas.wire.trust import TrustBundle

CASES = (*PAIR_WIDE, *(f"pair/{each}/TH-VN-CertificateIssue-ATIGA" for each in ("road", "rules")))
BUNDLE = bundle()
LINE = {"from": "TH", "to": "VN", "message_type": "CertificateIssue", "agreement": "ATIGA"}


def connection(state: str, **changes: str) -> Connection:
    return Connection.model_validate({**LINE, "state": state, **changes})


def report(*, signed_by: Sequence[str] = ("TH", "VN"), **changes: object) -> bytes:
    values = {
        "states": ("TH", "VN"),
        "ended": AT,
        "suite": "1.0",
        "trust": digest_text_of(BUNDLE),
        "tried": (LINE,),
        "cases": tuple({"name": each, "standing": "passed"} for each in CASES),
    }
    payload = encode_pair_report(PairReportForm.model_validate(values | changes))
    roots = [authority(state) for state in signed_by]
    return assemble_jws(payload, {each.thumbprint: each.sign(payload) for each in roots})


def refusal(raw: bytes, **terms: timedelta) -> str:
    with pytest.raises(RefusedError) as caught:
        verify_pair_report(raw, bundle=BUNDLE, at=AT, **terms)
    assert caught.value.code == "connection.untested"
    return caught.value.message


def test_what_both_signed_says_what_was_tried() -> None:
    found = verify_pair_report(report(), bundle=BUNDLE, at=AT)
    assert found.tried == {("TH", "VN", "CertificateIssue", "ATIGA")}


@pytest.mark.parametrize("signed_by", [(), ("TH",), ("VN",), ("TH", "REGION")])
def test_what_one_of_them_did_not_sign_says_nothing(signed_by: Sequence[str]) -> None:
    assert "expected" in refusal(report(signed_by=signed_by))


@pytest.mark.parametrize(
    "standings", [("failed",), ("passed", "failed"), ("skipped",), ("deviating", "skipped")]
)
def test_a_run_that_does_not_pass_says_nothing(standings: Sequence[str]) -> None:
    cases = tuple({"name": f"pair/{at}", "standing": each} for at, each in enumerate(standings))
    assert "expected a pair report that passes" in refusal(report(cases=cases, tried=()))


@pytest.mark.parametrize("raw", [b"", b"{}", b'{"payload":"e30","signatures":[]}'])
def test_what_is_no_report_says_nothing(raw: bytes) -> None:
    assert refusal(raw).startswith("the pair report: ")


def test_a_report_is_judged_by_the_very_bundle_by_which_the_pair_was_tried() -> None:
    other = digest_text_of(BUNDLE + b"\n")
    told = refusal(report(trust=other))
    assert other in told
    assert digest_text_of(BUNDLE) in told


@pytest.mark.parametrize(
    ("ended", "counts_for", "counts"),
    [
        (AT - COUNTS_FOR, COUNTS_FOR, True),
        (AT - COUNTS_FOR - timedelta(seconds=1), COUNTS_FOR, False),
        (AT - timedelta(days=8), timedelta(days=7), False),
        (AT + timedelta(minutes=5), COUNTS_FOR, True),
        (AT + timedelta(minutes=6), COUNTS_FOR, False),
    ],
)
def test_a_report_counts_for_a_term_and_not_before_its_run_ended(
    ended: datetime, counts_for: timedelta, *, counts: bool
) -> None:
    raw = report(ended=ended)
    if counts:
        assert verify_pair_report(raw, bundle=BUNDLE, at=AT, counts_for=counts_for).tried
    else:
        told = refusal(raw, counts_for=counts_for)
        assert f"of the last {counts_for.days} day(s)" in told


def test_a_report_counts_for_ninety_days_where_nothing_else_is_said() -> None:
    verify_pair_report(report(ended=AT - timedelta(days=90)), bundle=BUNDLE, at=AT)
    assert "of the last 90 day(s)" in refusal(report(ended=AT - timedelta(days=91)))


@pytest.mark.parametrize(
    ("state", "untested"),
    [("TEST", False), ("SUSPENDED", False), ("PARALLEL", True), ("LIVE", True)],
)
def test_only_what_goes_beyond_test_has_to_be_tried(state: str, *, untested: bool) -> None:
    line = connection(state)
    assert bool(find_untested([line], None)) is untested
    found = verify_pair_report(report(), bundle=BUNDLE, at=AT)
    assert not find_untested([line], found)


def test_each_direction_is_tried_by_itself() -> None:
    found = verify_pair_report(report(), bundle=BUNDLE, at=AT)
    back = connection(ConnectionState.LIVE, **{"from": "VN", "to": "TH"})
    assert find_untested([connection("LIVE"), back], found) == (back,)


@pytest.mark.parametrize(
    ("state", "tested", "refused"),
    [
        ("TEST", None, False),
        ("PARALLEL", None, True),
        ("LIVE", None, True),
        ("LIVE", "sha-256:" + "1" * 64, False),
    ],
)
def test_in_production_nothing_leaves_test_without_a_report(
    state: str, tested: str | None, *, refused: bool
) -> None:
    authorities = {
        each: Authority(each, "production", begin=BEGIN, end=END, seed=b"pair report")
        for each in ("TH", "VN")
    }
    trust = production(authorities)
    form = AgreementForm.model_validate(
        {
            "states": ("TH", "VN"),
            "environment": "production",
            "number": 1,
            "issued": AT,
            "connections": (connection(state),),
            "tested": tested,
        }
    )
    payload = encode_agreement(form)
    signed = {each.thumbprint: each.sign(payload) for each in authorities.values()}
    raw = assemble_jws(payload, signed)
    if not refused:
        assert verify_agreement(raw, trust=trust).number == 1
        return
    with pytest.raises(RefusedError) as caught:
        verify_agreement(raw, trust=trust)
    assert caught.value.code == "connection.untested"


def production(authorities: dict[str, Authority]) -> TrustBundle:
    lists = {
        state: each.sign_list(
            TrustListForm(
                state=state,
                environment="production",
                number=1,
                issued=BEGIN,
                expires=END,
                parties=(),
            )
        )
        for state, each in authorities.items()
    }
    roots = {state: [each.root_pem.decode()] for state, each in authorities.items()}
    return parse_trust_bundle(encode_bundle(environment="production", roots=roots, lists=lists))
