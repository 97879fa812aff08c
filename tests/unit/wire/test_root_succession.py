"""Roots are replaced by a quorum of the old ones and of the new ones, and by nothing less."""

from __future__ import annotations

import base64
import json
from datetime import timedelta
from typing import TYPE_CHECKING

import pytest

from swb_schemas.catalogue import Purpose
from swb_schemas.documents.elements import Environment
from swb_schemas.errors import RefusedError, UndeterminedError
from swb_schemas.wire import parse_trust_bundle
from swb_schemas.wire.certificates import parse_certificate
from swb_schemas.wire.root_succession import (
    FormerRootEntry,
    RootStatementForm,
    encode_root_statement,
    extend_root_chain,
    parse_root_statement,
)
from swb_schemas.wire.trust_succession import MAXIMAL_LEAP, Accepted, check_succession, remember
from tests.vectors.roots import FIRST, SECOND, Statement, bundle_of_chain, der_of, state_roots
from tests.vectors.world import (
    AT,
    END,
    TH_ISSUING,
    bundle,
    holder,
    list_form,
    next_authority,
    second_authority,
)

if TYPE_CHECKING:
    from collections.abc import Sequence

    from swb.backends.softkey import Authority

DAY = timedelta(days=1)
ISSUING = parse_certificate(holder(TH_ISSUING, Purpose.ISSUING_SEAL).der)


def test_the_last_statement_says_which_roots_count() -> None:
    trust = parse_trust_bundle(bundle_of_chain(state_roots()))
    roots = trust.root_sets["TH"]
    assert (roots.number, roots.quorum) == (2, 2)
    assert [each.thumbprint for each in trust.roots["TH"]] == [one.thumbprint for one in SECOND]
    assert set(roots.pinned) == {one.thumbprint for one in FIRST}
    assert trust.lists["TH"].root_number == 2


def test_a_statement_says_the_same_after_reading() -> None:
    form = state_roots().form
    assert parse_root_statement(encode_root_statement(form)) == form


@pytest.mark.parametrize(
    ("signed_by", "accepted"),
    [
        pytest.param(SECOND[:2], True, id="two that are old and new"),
        pytest.param((FIRST[0], SECOND[0], SECOND[2]), True, id="one old, one both, one new"),
        pytest.param((FIRST[0], SECOND[0]), False, id="the old quorum alone"),
        pytest.param(SECOND[1:], False, id="the new quorum alone"),
        pytest.param(SECOND[:1], False, id="one of both"),
    ],
)
def test_both_quorums_must_sign(signed_by: Sequence[Authority], accepted: bool) -> None:
    octets = bundle_of_chain(state_roots(signed_by=signed_by))
    if accepted:
        parse_trust_bundle(octets)
        return
    with pytest.raises(RefusedError) as refused:
        parse_trust_bundle(octets)
    assert refused.value.code == "trust.root_quorum"


def test_whoever_pins_a_later_statement_needs_no_earlier_one() -> None:
    second = state_roots(former=())
    trust = parse_trust_bundle(bundle_of_chain(second, pinned=SECOND))
    assert trust.root_sets["TH"].number == 2


def test_a_pinned_statement_cannot_ask_for_less_than_was_pinned() -> None:
    weaker = state_roots(FIRST, signed_by=FIRST[:1], former=(), number=1, quorum=1)
    with pytest.raises(RefusedError) as refused:
        parse_trust_bundle(bundle_of_chain(weaker, signed_by=FIRST[:2]))
    assert refused.value.code == "trust.root_number"


def test_what_a_replaced_root_issued_counts_until_the_statement_says() -> None:
    until = AT - DAY
    trust = parse_trust_bundle(bundle_of_chain(state_roots(former=((FIRST[0], until),))))
    found = trust.list_certificates(TH_ISSUING, Purpose.ISSUING_SEAL, AT)
    (listed,) = found
    assert listed.holds_until == until
    assert listed.holds_at(until)
    assert not listed.holds_at(AT)


def test_nobody_is_former_who_never_counted() -> None:
    stranger = next_authority(9)
    with pytest.raises(RefusedError) as refused:
        parse_trust_bundle(bundle_of_chain(state_roots(former=((stranger, END),))))
    assert refused.value.code == "trust.root"


def test_nobody_is_former_who_counts() -> None:
    with pytest.raises(RefusedError) as refused:
        parse_trust_bundle(bundle_of_chain(state_roots(former=((SECOND[0], END),))))
    assert refused.value.code == "trust.root"


@pytest.mark.parametrize(
    "changes",
    [
        pytest.param({"quorum": 4}, id="a quorum that cannot be met"),
        pytest.param({"expires": state_roots().form.issued}, id="expired when issued"),
        pytest.param(
            {"roots": (base64.b64encode(der_of(SECOND[0])).decode(),) * 2}, id="a root twice"
        ),
        pytest.param({"number": 0}, id="no number"),
        pytest.param(
            {"former": (FormerRootEntry(root=FIRST[0].thumbprint, until=END),) * 65},
            id="too many former ones",
        ),
    ],
)
def test_refuses_a_statement_of_another_form(changes: dict[str, object]) -> None:
    with pytest.raises(ValueError, match="root statement"):
        RootStatementForm.model_validate(dict(state_roots().form) | changes)


def test_expired_roots_leave_everything_undetermined() -> None:
    trust = parse_trust_bundle(bundle_of_chain(state_roots(expires=AT - DAY)))
    with pytest.raises(UndeterminedError) as undetermined:
        trust.find_certificate(TH_ISSUING, Purpose.ISSUING_SEAL, AT)
    assert undetermined.value.code == "trust.roots_expired"


# --- what may follow ---------------------------------------------------------------------------

BEFORE = parse_trust_bundle(bundle_of_chain(form=list_form("TH", number=5), signed_by=FIRST[:2]))
AFTER = parse_trust_bundle(bundle_of_chain(state_roots()))


def _refusal(after: bytes, before: dict[str, Accepted]) -> str:
    with pytest.raises(RefusedError) as refused:
        check_succession(parse_trust_bundle(after), before)
    return refused.value.code


def test_under_new_roots_the_numbers_of_lists_begin_anew() -> None:
    assert AFTER.lists["TH"].number < BEFORE.lists["TH"].number
    check_succession(AFTER, remember(BEFORE))


def test_a_thief_who_took_the_highest_number_cannot_keep_the_state_out() -> None:
    highest = bundle_of_chain(form=list_form("TH", number=999_999_999), signed_by=FIRST[:2])
    check_succession(AFTER, remember(parse_trust_bundle(highest)))


def test_refuses_the_roots_before() -> None:
    old = bundle_of_chain(form=list_form("TH", number=6), signed_by=FIRST[:2])
    assert _refusal(old, remember(AFTER)) == "trust.rolled_back"


def test_refuses_another_statement_of_the_same_number() -> None:
    forked = state_roots(former=())
    assert _refusal(bundle_of_chain(forked), remember(AFTER)) == "trust.rolled_back"


def test_a_chain_is_followed_past_what_is_known_and_past_nothing_else() -> None:
    """Another statement of a known number is no news to be passed over."""
    second, forked = state_roots(), state_roots(former=())
    third = state_roots(number=3, former=())
    known = parse_trust_bundle(bundle_of_chain(second)).root_sets["TH"]

    def extend(*statements: Statement) -> int:
        members = [json.loads(each.octets) for each in statements]
        return extend_root_chain(known, members, state="TH", environment=Environment.TEST).number

    assert extend(second) == 2
    assert extend(second, third) == 3
    for fork in ((forked,), (forked, third)):
        with pytest.raises(RefusedError) as refused:
            extend(*fork)
        assert refused.value.code == "trust.rolled_back"


def test_refuses_a_later_statement_that_follows_a_fork() -> None:
    forked = state_roots(former=())
    third = state_roots(number=3, former=())
    octets = bundle_of_chain(forked, third)
    assert _refusal(octets, remember(AFTER)) == "trust.rolled_back"


def test_refuses_a_leap_to_a_number_that_nobody_could_follow() -> None:
    first = remember(parse_trust_bundle(bundle()))
    near, far = (bundle(list_form("TH", number=1 + MAXIMAL_LEAP + more)) for more in (0, 1))
    check_succession(parse_trust_bundle(near), first)
    assert _refusal(far, first) == "trust.fast_forward"


def test_the_quorum_of_the_statement_holds_for_its_lists() -> None:
    with pytest.raises(RefusedError) as refused:
        parse_trust_bundle(bundle_of_chain(state_roots(), signed_by=SECOND[:1]))
    assert refused.value.code == "trust.quorum"


def test_who_pins_all_roots_anew_begins_anew() -> None:
    fresh = (next_authority(5), next_authority(6))
    octets = bundle_of_chain(pinned=fresh, signed_by=fresh)
    check_succession(parse_trust_bundle(octets), remember(BEFORE))


def test_who_pins_one_root_more_does_not_begin_anew() -> None:
    more = (*FIRST, next_authority(5))
    octets = bundle_of_chain(pinned=more, signed_by=(second_authority(), FIRST[2]))
    assert _refusal(octets, remember(BEFORE)) == "trust.rolled_back"
