"""Who may do what: the table of roles, and how credentials are written, known and ended."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from functools import partial
from typing import TYPE_CHECKING, Final

import pytest

from swb.core.access import (
    PERSON_ROLES,
    RIGHTS,
    SYSTEM_ROLES,
    AccessRole,
    Principal,
    PrincipalKind,
    Right,
    may,
    require_right,
    require_roles,
)
from swb.core.credentials import (
    ID_OCTETS,
    SECRET_OCTETS,
    Credential,
    CredentialKind,
    Session,
    SessionLimits,
    digest_secret,
    parse_token,
    require_good,
    require_name,
    require_password,
    rotate,
    write_form_token,
    write_token,
)
from swb.core.quotas import Quota
from swb.services.guessing import Gate
from swb_schemas.errors import RefusedError

if TYPE_CHECKING:
    from collections.abc import Callable

AT: Final = datetime(2026, 3, 2, 8, 0, tzinfo=UTC)
DAY: Final = timedelta(days=1)
TOKEN: Final = write_token("0123456789abcdef", b"s" * 32)
CHANGING: Final = {
    Right.SUBMIT,
    Right.ENTITLE,
    Right.PULL,
    Right.REPLAY,
    Right.DISCARD,
    Right.APPROVE,
    Right.MANAGE_ACCESS,
}


def principal(*roles: AccessRole, state: str = "TH") -> Principal:
    kind = PrincipalKind.SYSTEM if set(roles) & SYSTEM_ROLES else PrincipalKind.PERSON
    return Principal(name="somebody", kind=kind, state=state, roles=frozenset(roles))


def credential(**changes: object) -> Credential:
    made = Credential(
        credential_id="0123456789abcdef",
        kind=CredentialKind.TOKEN,
        digest=digest_secret(TOKEN),
        principal=principal(AccessRole.SINGLE_WINDOW),
        created_at=AT - DAY,
        expires_at=AT + DAY,
    )
    return replace(made, **changes)  # type: ignore[arg-type]  # named by the test


def refused(act: Callable[[], object]) -> str:
    with pytest.raises(RefusedError) as caught:
        act()
    return caught.value.code


def test_every_role_has_rights_and_every_right_a_role() -> None:
    assert set(RIGHTS) == set(AccessRole)
    assert frozenset().union(*RIGHTS.values()) == set(Right)
    assert set(AccessRole) == PERSON_ROLES | SYSTEM_ROLES


def test_who_only_looks_changes_nothing() -> None:
    for role in (AccessRole.VIEWER, AccessRole.REGULATOR):
        assert not RIGHTS[role] & CHANGING


def test_who_decides_on_access_neither_reads_payloads_nor_sends_any() -> None:
    rights = RIGHTS[AccessRole.ADMINISTRATOR]
    assert not rights & {Right.READ_PAYLOAD, Right.SUBMIT, Right.PULL, Right.REPLAY}
    deciding = {role for role, given in RIGHTS.items() if Right.MANAGE_ACCESS in given}
    assert deciding == {AccessRole.ADMINISTRATOR}


def test_a_subscriber_sees_nothing_but_what_it_is_entitled_to() -> None:
    assert RIGHTS[AccessRole.SUBSCRIBER] == {Right.READ_CATALOGUE, Right.SUBSCRIBE}


@pytest.mark.parametrize("role", AccessRole)
def test_nobody_may_anything_in_another_state(role: AccessRole) -> None:
    for right in Right:
        assert not may(principal(role), right, "VN")
        assert refused(partial(require_right, principal(role), right, "VN")) == (
            "access.foreign_state"
        )


def test_a_right_that_no_role_has_is_denied() -> None:
    viewer = principal(AccessRole.VIEWER)
    require_right(viewer, Right.FOLLOW, "TH")
    assert refused(lambda: require_right(viewer, Right.SUBMIT, "TH")) == "access.denied"
    assert not may(replace(viewer, roles=frozenset()), Right.READ_CATALOGUE, "TH")


@pytest.mark.parametrize(
    ("kind", "roles"),
    [
        (PrincipalKind.PERSON, {AccessRole.SINGLE_WINDOW}),
        (PrincipalKind.PERSON, {AccessRole.VIEWER, AccessRole.SUBSCRIBER}),
        (PrincipalKind.SYSTEM, {AccessRole.OPERATOR}),
        (PrincipalKind.SYSTEM, set()),
    ],
    ids=["person as system", "both", "system as person", "none"],
)
def test_refuses_roles_of_another_kind(kind: PrincipalKind, roles: set[AccessRole]) -> None:
    assert refused(lambda: require_roles(kind, frozenset(roles))) == "access.roles"


def test_a_token_is_known_by_its_digest() -> None:
    assert parse_token(TOKEN) == "0123456789abcdef"
    assert require_good(credential(), digest_secret(TOKEN), at=AT).name == "somebody"
    other = digest_secret(write_token("0123456789abcdef", b"t" * 32))
    assert refused(lambda: require_good(credential(), other, at=AT)) == "access.unauthenticated"
    assert refused(lambda: require_good(None, other, at=AT)) == "access.unauthenticated"


def test_digests_are_compared_in_a_time_that_tells_nothing(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("swb.core.credentials.hmac.compare_digest", lambda *_: False)
    digest = digest_secret(TOKEN)
    assert refused(lambda: require_good(credential(), digest, at=AT)) == "access.unauthenticated"


@pytest.mark.parametrize(
    "raw",
    ["", "swb_", TOKEN + "0", TOKEN.upper(), f" {TOKEN}", f"{TOKEN}\n", "swb_../../x_" + "0" * 64],
)
def test_what_is_no_token_is_not_looked_for(raw: str) -> None:
    assert refused(lambda: parse_token(raw)) == "access.unauthenticated"


def test_a_token_has_an_id_of_8_octets_and_a_secret_of_32() -> None:
    credential_id = bytes(ID_OCTETS).hex()
    assert parse_token(write_token(credential_id, bytes(SECRET_OCTETS))) == credential_id


def test_a_token_ends_when_it_expires_or_is_revoked() -> None:
    digest = digest_secret(TOKEN)
    assert refused(lambda: require_good(credential(expires_at=AT), digest, at=AT)) == (
        "access.expired"
    )
    revoked = credential(revoked_at=AT)
    assert refused(lambda: require_good(revoked, digest, at=AT)) == "access.revoked"
    assert require_good(revoked, digest, at=AT - DAY) == revoked.principal
    assert not revoked.is_good(AT)
    assert revoked.is_good(AT - timedelta(seconds=1))
    assert not revoked.is_good(AT + timedelta(seconds=1)), "nor ever again"


def test_a_rotated_token_holds_for_the_overlap_and_never_longer_than_before() -> None:
    hour = timedelta(hours=1)
    assert rotate(credential(), at=AT, overlap=hour).expires_at == AT + hour
    assert rotate(credential(), at=AT, overlap=30 * DAY).expires_at == AT + DAY
    assert refused(lambda: rotate(credential(revoked_at=AT), at=AT, overlap=hour)) == (
        "access.revoked"
    )


def test_a_session_ends_by_rest_and_by_age() -> None:
    limits = SessionLimits(idle=timedelta(minutes=15), absolute=timedelta(hours=10))
    session = Session(digest="", user="somebody", begun_at=AT, seen_at=AT)
    assert session.is_good(AT + timedelta(minutes=14), limits)
    assert not session.is_good(AT + timedelta(minutes=15), limits)
    busy = replace(session, seen_at=AT + timedelta(hours=10))
    assert not busy.is_good(AT + timedelta(hours=10), limits)


def test_what_forms_carry_tells_nothing_of_the_session() -> None:
    secret = "0" * 64
    assert write_form_token(secret) == write_form_token(secret) != write_form_token("1" * 64)
    assert write_form_token(secret) not in {secret, digest_secret(secret)}


@pytest.mark.parametrize("name", ["", "Anna", "-x", "a b", "a\nb", "a/b", "ก", "a" * 65])
def test_refuses_names_that_could_be_read_for_others(name: str) -> None:
    assert refused(lambda: require_name(name)) == "access.name"


@pytest.mark.parametrize("name", ["anna", "a", "0.b@c_d-e", "a" * 64])
def test_takes_names_that_people_can_tell_apart(name: str) -> None:
    assert require_name(name) == name


@pytest.mark.parametrize(
    "password", ["short", "x" * 257, "Somebody.else", "twelve\x00chars", "a lone \ud800 half"]
)
def test_refuses_passwords_and_tells_nothing_of_them(password: str) -> None:
    with pytest.raises(RefusedError) as caught:
        require_password(password, name="somebody.else")
    assert caught.value.code == "access.password"
    assert password not in caught.value.message


@pytest.mark.parametrize("length", [12, 256])
def test_takes_passwords_of_12_to_256_characters(length: int) -> None:
    assert require_password("x" * length, name="somebody.else") == "x" * length
    outside = length - 1 if length == 12 else length + 1
    assert refused(lambda: require_password("x" * outside, name="somebody.else"))


def test_a_gate_lets_so_many_through_and_says_how_long_the_next_one_waits() -> None:
    now = [0.0]
    gate = Gate(Quota(messages_per_second=1 / 30, burst_seconds=300), ticks=lambda: now[0])
    assert [gate.ask("anna") for _ in range(10)] == [0] * 10
    waits = gate.ask("anna")
    assert 0 < waits <= 30
    assert gate.ask("boun") == 0
    now[0] += waits
    assert gate.ask("anna") == 0
