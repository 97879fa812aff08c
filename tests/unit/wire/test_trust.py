"""Trust: whom, for what, and when."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

import pytest

from swb_schemas.catalogue import Purpose
from swb_schemas.documents.elements import Environment
from swb_schemas.errors import Actor, RefusedError, UndeterminedError
from swb_schemas.wire import Distrust, TrustBundle, Unknown, parse_trust_bundle, verify_trust_list
from swb_schemas.wire.certificates import parse_certificate, parse_pem_certificate
from swb_schemas.wire.jws import assemble_jws
from swb_schemas.wire.trust_list import Pointer, SnapshotEntry, TrustListForm, encode_trust_list
from swb_schemas.wire.trust_succession import check_list_succession, check_succession, remember
from tests.vectors.world import (
    AT,
    END,
    ROUTER,
    STANDARD_ENTRIES,
    TH_GATEWAY,
    VN_GATEWAY,
    authority,
    bundle,
    bundle_of_two_roots,
    entry_of,
    holder,
    list_form,
)

if TYPE_CHECKING:
    from tests.vectors.world import Holder

DAY = timedelta(days=1)
STANDARD = parse_trust_bundle(bundle())
SECOND = holder(TH_GATEWAY, Purpose.TRANSPORT, label="second")
FOREIGN = holder(TH_GATEWAY, Purpose.TRANSPORT, label="foreign", issuer="VN")
AGREEING = holder(TH_GATEWAY, Purpose.TRANSPORT, label="agreeing", usage=Purpose.DECRYPTION)


def test_finds_the_certificate_of_a_party_and_purpose() -> None:
    found = STANDARD.find_certificate(VN_GATEWAY, Purpose.DECRYPTION, AT)
    assert found is not None
    assert found.certificate.der == holder(VN_GATEWAY, Purpose.DECRYPTION).der


def test_finds_nothing_for_a_purpose_that_is_not_listed() -> None:
    assert STANDARD.find_certificate(ROUTER, Purpose.DECRYPTION, AT) is None


def test_during_roll_over_the_certificate_that_was_listed_last_is_used() -> None:
    entries = (*STANDARD_ENTRIES, entry_of(SECOND, start=AT - DAY))
    trust = parse_trust_bundle(bundle(list_form("TH", entries)))
    before = trust.find_certificate(TH_GATEWAY, Purpose.TRANSPORT, AT - 2 * DAY)
    after = trust.find_certificate(TH_GATEWAY, Purpose.TRANSPORT, AT)
    assert before is not None
    assert after is not None
    assert before.certificate.der == holder(TH_GATEWAY, Purpose.TRANSPORT).der
    assert after.certificate.der == SECOND.der
    both = trust.list_certificates(TH_GATEWAY, Purpose.TRANSPORT, AT)
    assert len(both) == 2


@pytest.mark.parametrize("unfit", [FOREIGN, AGREEING], ids=["another root", "key usage"])
def test_never_finds_a_certificate_that_would_be_refused(unfit: Holder) -> None:
    entries = (*STANDARD_ENTRIES, entry_of(unfit, start=AT - DAY))
    trust = parse_trust_bundle(bundle(list_form("TH", entries)))
    found = trust.find_certificate(TH_GATEWAY, Purpose.TRANSPORT, AT)
    assert found is not None
    assert found.certificate.der == holder(TH_GATEWAY, Purpose.TRANSPORT).der


@pytest.mark.parametrize(
    ("offset", "holds"),
    [
        pytest.param(timedelta(seconds=-1), False, id="a second before it is listed"),
        pytest.param(timedelta(0), True, id="when it is listed"),
        pytest.param(DAY, True, id="at its last instant"),
        pytest.param(DAY + timedelta(microseconds=1), False, id="just after"),
    ],
)
def test_both_ends_of_a_listing_belong_to_it(offset: timedelta, holds: bool) -> None:
    entries = (entry_of(SECOND, start=AT, end=AT + DAY),)
    trust = parse_trust_bundle(bundle(list_form("TH", entries)))
    found = trust.find_certificate(TH_GATEWAY, Purpose.TRANSPORT, AT + offset)
    assert (found is not None) == holds


def test_a_listing_cannot_outlive_the_certificate() -> None:
    short = holder(TH_GATEWAY, Purpose.TRANSPORT, label="short-lived", end=AT)
    trust = parse_trust_bundle(bundle(list_form("TH", (entry_of(short),))))
    assert trust.find_certificate(TH_GATEWAY, Purpose.TRANSPORT, AT) is not None
    assert trust.find_certificate(TH_GATEWAY, Purpose.TRANSPORT, AT + DAY) is None


def test_an_expired_list_leaves_everything_undetermined() -> None:
    trust = parse_trust_bundle(bundle(list_form("TH", expires=AT)))
    assert trust.find_certificate(TH_GATEWAY, Purpose.TRANSPORT, AT) is not None
    with pytest.raises(UndeterminedError) as undetermined:
        trust.find_certificate(TH_GATEWAY, Purpose.TRANSPORT, AT + timedelta(seconds=1))
    assert undetermined.value.code == "trust.list_expired"
    assert not undetermined.value.final


def test_two_roots_can_be_asked_for() -> None:
    form = list_form("TH", quorum=2)
    payload = encode_trust_list(form)
    signers = [authority("TH"), authority("VN")]
    signed = assemble_jws(payload, {one.thumbprint: one.sign(payload) for one in signers})
    roots = [parse_pem_certificate(one.root_pem) for one in signers]
    read = verify_trust_list(signed, state="TH", environment=Environment.TEST, roots=roots)
    assert len(read.signers) == 2
    with pytest.raises(RefusedError) as refused:
        verify_trust_list(signed, state="TH", environment=Environment.TEST, roots=roots[:1])
    assert refused.value.code == "trust.quorum"


# --- pointers and succession -------------------------------------------------------------------


def test_the_region_names_the_pinned_roots() -> None:
    assert STANDARD.check_pointers() == ()


def test_a_region_that_names_another_root_is_told_and_not_followed() -> None:
    other = Pointer(
        state="TH", location="https://trust.th.example/list.json", roots=(f"sha-256:{'0' * 64}",)
    )
    form = list_form("REGION").model_copy(update={"pointers": (other,)})
    trust = parse_trust_bundle(bundle(form))
    (finding,) = trust.check_pointers()
    assert (finding.code, finding.path, finding.actor) == (
        "trust.pointer_differs",
        "TH",
        Actor.OPERATOR,
    )
    assert trust.find_certificate(TH_GATEWAY, Purpose.TRANSPORT, AT) is not None


@pytest.mark.parametrize(
    ("before", "after", "refused"),
    [
        pytest.param({}, {}, False, id="the same"),
        pytest.param({}, {"number": 2}, False, id="a later one"),
        pytest.param({"number": 2}, {}, True, id="an earlier one"),
        pytest.param({}, {"expires": END - DAY}, True, id="the same number, another content"),
    ],
)
def test_never_goes_back_to_an_older_list(
    before: dict[str, Any], after: dict[str, Any], refused: bool
) -> None:
    old, new = (parse_trust_bundle(bundle(list_form("TH", **each))) for each in (before, after))
    if not refused:
        check_succession(new, remember(old))
        return
    with pytest.raises(RefusedError) as rolled_back:
        check_succession(new, remember(old))
    assert rolled_back.value.code == "trust.rolled_back"
    assert rolled_back.value.actor is Actor.OPERATOR


def test_a_list_cannot_free_itself_of_its_predecessors_quorum() -> None:
    first = list_form("TH", quorum=2)
    second = list_form("TH", number=2)
    before, alone, both = (
        parse_trust_bundle(bundle_of_two_roots(form, signed_by=signed_by, quorum=1))
        for form, signed_by in ((first, 2), (second, 1), (second, 2))
    )
    with pytest.raises(RefusedError) as refused:
        check_succession(alone, remember(before))
    assert refused.value.code == "trust.quorum"
    check_succession(both, remember(before))
    third = parse_trust_bundle(
        bundle_of_two_roots(list_form("TH", number=3), signed_by=1, quorum=1)
    )
    check_succession(third, remember(both))


def test_whoever_pins_may_ask_for_fewer_than_before() -> None:
    before = parse_trust_bundle(bundle_of_two_roots(list_form("TH"), signed_by=2, quorum=2))
    after = parse_trust_bundle(
        bundle_of_two_roots(list_form("TH", number=2), signed_by=1, quorum=1)
    )
    check_succession(after, remember(before))


@pytest.mark.parametrize(
    ("roots", "left", "refused"),
    [
        pytest.param(1, {"TH": (1, 99)}, True, id="a state vanished"),
        pytest.param(1, {}, True, id="all vanished"),
        pytest.param(1, {"TH": (1, 99), "VN": (1, 4)}, True, id="a state went back"),
        pytest.param(2, {"TH": (1, 99)}, False, id="a state left by a new root statement"),
        pytest.param(2, {"TH": (1, 98)}, True, id="a state went back under a new root statement"),
        pytest.param(1, {"TH": (2, 1), "VN": (1, 5)}, False, id="a state has new roots"),
    ],
)
def test_the_regions_snapshot_neither_goes_back_nor_shrinks(
    roots: int, left: dict[str, tuple[int, int]], refused: bool
) -> None:
    region = STANDARD.lists["REGION"]
    seen = {
        state: SnapshotEntry(
            state=state, root_number=root, number=number, digest=f"sha-256:{'0' * 64}"
        )
        for state, (root, number) in left.items()
    }
    now = replace(region, number=region.number + 1, root_number=roots, snapshot=seen)
    before = replace(remember(STANDARD)["REGION"], snapshot={"TH": (1, 99), "VN": (1, 5)})
    pinned = replace(STANDARD.root_sets["REGION"], number=roots)
    if not refused:
        check_list_succession(now, pinned, before)
        return
    with pytest.raises(RefusedError) as rolled_back:
        check_list_succession(now, pinned, before)
    assert rolled_back.value.code == "trust.rolled_back"


@pytest.mark.parametrize("stolen_first", [True, False])
def test_of_two_statuses_the_theft_counts_since_the_earlier_date(stolen_first: bool) -> None:
    ended = Distrust(since=AT - 2 * DAY, reason="revoked: superseded", ended_in_order=True)
    stolen = Distrust(since=AT - DAY, reason="stolen", is_compromise=True)
    first, second = (stolen, ended) if stolen_first else (ended, stolen)
    name = holder(TH_GATEWAY, Purpose.TRANSPORT).der.hex()
    known = replace(STANDARD, statuses={name: first}).with_statuses({name: second})
    assert known.statuses == {name: replace(stolen, since=AT - 2 * DAY)}


@pytest.mark.parametrize("status", [Unknown(reason="no answer"), Unknown(reason="on hold")])
def test_what_is_not_known_never_hides_a_theft(status: Unknown) -> None:
    stolen = Distrust(since=AT - DAY, reason="stolen", is_compromise=True)
    for first, second in ((stolen, status), (status, stolen)):
        known = replace(STANDARD, statuses={"one": first}).with_statuses({"one": second})
        assert known.statuses == {"one": stolen}


@pytest.mark.parametrize("days", [(1, 2, 3), (3, 2, 1), (2, 1, 3)])
def test_a_key_that_is_listed_several_times_is_stolen_since_the_earliest_date(
    days: tuple[int, ...],
) -> None:
    entries = []
    for day in days:
        party, entry = entry_of(SECOND, start=AT - (10 + day) * DAY)
        entries.append((party, entry.model_copy(update={"compromised_since": AT - day * DAY})))
    trust = parse_trust_bundle(bundle(list_form("TH", (*STANDARD_ENTRIES, *entries))))
    status = trust.statuses[parse_certificate(SECOND.der).thumbprint]
    assert isinstance(status, Distrust)
    assert (status.since, status.is_compromise) == (AT - 3 * DAY, True)


def test_never_loses_a_list() -> None:
    members = json.loads(bundle())
    del members["lists"]["VN"]
    with pytest.raises(RefusedError) as rolled_back:
        check_succession(parse_trust_bundle(json.dumps(members).encode()), remember(STANDARD))
    assert rolled_back.value.code == "trust.rolled_back"


# --- form --------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("old", "new"),
    [
        pytest.param('"number":1', '"number":"1"', id="a number as text"),
        pytest.param('"number":1', '"number":0', id="no number"),
        pytest.param('"quorum":1', '"quorum":0', id="no quorum"),
        pytest.param('"quorum":1', '"quorum":true', id="a quorum that is no number"),
        pytest.param("T00:00:00Z", "T00:00:00", id="no zone"),
        pytest.param('"issued":"2026', '"issued":"2056', id="issued after it expires"),
        pytest.param('"purpose":"transport"', '"purpose":"anything"', id="an unknown purpose"),
        pytest.param("TH:customs", "TH:gateway", id="a party twice"),
        pytest.param('"state":"TH"', '"state":"Th"', id="no state"),
    ],
)
def test_refuses_a_list_of_another_form(old: str, new: str) -> None:
    payload = encode_trust_list(list_form("TH")).decode()
    assert old in payload
    changed = payload.replace(old, new).encode()
    one = authority("TH")
    with pytest.raises(RefusedError) as refused:
        verify_trust_list(
            assemble_jws(changed, {one.thumbprint: one.sign(changed)}),
            state="TH",
            environment=Environment.TEST,
            roots=[parse_pem_certificate(one.root_pem)],
        )
    assert refused.value.code in {"trust.malformed", "trust.other_list"}


def test_a_list_says_the_same_after_reading() -> None:
    form = list_form("REGION")
    assert TrustListForm.model_validate_json(encode_trust_list(form)) == form


REVOKED = Distrust(since=AT - DAY, reason="keyCompromise")
STOLEN = replace(REVOKED, is_compromise=True)


def knowing(status: Distrust | Unknown) -> TrustBundle:
    """The standard bundle, knowing something against the transport key of Thailand."""
    certificate = parse_certificate(holder(TH_GATEWAY, Purpose.TRANSPORT).der)
    return replace(STANDARD, statuses={certificate.thumbprint: status})


def judge(trust: TrustBundle, *, proven_at: datetime | None = None) -> None:
    trust.judge_certificate(
        holder(TH_GATEWAY, Purpose.TRANSPORT).der,
        party=TH_GATEWAY,
        purpose=Purpose.TRANSPORT,
        moments=(AT - 2 * DAY,),
        at=AT,
        proven_at=proven_at,
    )


@pytest.mark.parametrize("proven_at", [None, AT - DAY, AT])
def test_a_revoked_certificate_is_refused_whatever_the_signing_time_says(
    proven_at: datetime | None,
) -> None:
    with pytest.raises(RefusedError) as refused:
        judge(knowing(REVOKED), proven_at=proven_at)
    assert refused.value.code == "certificate.revoked"
    with pytest.raises(RefusedError) as refused:
        judge(knowing(STOLEN), proven_at=proven_at)
    assert refused.value.code == "certificate.compromised"


def test_what_was_evidenced_before_the_revocation_stays_valid() -> None:
    judge(knowing(REVOKED), proven_at=AT - DAY - timedelta(seconds=1))


def test_an_unknown_status_refuses_nothing_and_accepts_nothing() -> None:
    with pytest.raises(UndeterminedError) as undetermined:
        judge(knowing(Unknown(reason="no answer")), proven_at=AT - 9 * DAY)
    assert undetermined.value.code == "certificate.status_unknown"


def test_nothing_is_encrypted_for_a_revoked_key() -> None:
    assert knowing(REVOKED).find_certificate(TH_GATEWAY, Purpose.TRANSPORT, AT) is None
