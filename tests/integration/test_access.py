"""Who asks: tokens, certificates, passwords and sessions, with real hashes and a real trail."""

from __future__ import annotations

import secrets
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Final

import pytest

from swb.backends.argon2.passwords import Argon2Passwords
from swb.backends.sqlite.access import SqliteAccessStore
from swb.backends.sqlite.audit import SqliteAuditTrail
from swb.core.access import AccessRole, Principal, PrincipalKind
from swb.core.credentials import SessionLimits, digest_secret
from swb.services.access import AccessService
from swb.services.accounts import Accounts
from swb.services.approving import read_entries
from swb.services.guessing import Guesses
from swb_schemas.errors import SwbError
from tests.integration.world import Clock

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Awaitable
    from pathlib import Path

AT: Final = datetime(2026, 3, 2, 8, 0, tzinfo=UTC)
DAY: Final = timedelta(days=1)
PASSWORD: Final = "rice paddy at noon"
NSW: Final = Principal(
    name="nsw",
    kind=PrincipalKind.SYSTEM,
    state="TH",
    roles=frozenset({AccessRole.SINGLE_WINDOW}),
)
ANNA: Final = Principal(
    name="anna",
    kind=PrincipalKind.PERSON,
    state="TH",
    roles=frozenset({AccessRole.OPERATOR}),
)


@dataclass
class Desk:
    """Everything around one file of access."""

    clock: Clock
    store: SqliteAccessStore
    trail: SqliteAuditTrail
    accounts: Accounts
    service: AccessService
    folder: Path
    rested: list[float]

    async def entered(self) -> list[tuple[str, str, str]]:
        """Who did what to what, so far."""
        return [(each.who, each.action, each.subject) for each in await read_entries(self.trail)]


@pytest.fixture
async def desk(tmp_path: Path) -> AsyncIterator[Desk]:
    clock, passwords = Clock(AT), Argon2Passwords()
    rested: list[float] = []

    async def rest(seconds: float) -> None:
        rested.append(seconds)

    store = SqliteAccessStore(path=tmp_path / "access.db")
    trail = SqliteAuditTrail(path=tmp_path / "audit.db")
    await store.open()
    await trail.open(create=True)
    accounts = Accounts(
        store=store,
        trail=trail,
        passwords=passwords,
        clock=clock,
        new_secret=secrets.token_bytes,
        who="root",
    )
    service = AccessService(
        store=store,
        trail=trail,
        passwords=passwords,
        clock=clock,
        new_secret=secrets.token_bytes,
        limits=SessionLimits(idle=timedelta(minutes=15), absolute=timedelta(hours=10)),
        guesses=Guesses(ticks=clock.ticks),
        rest=rest,
    )
    yield Desk(clock, store, trail, accounts, service, tmp_path, rested)
    await store.close()
    await trail.close()


async def code_of(act: Awaitable[object]) -> str:
    with pytest.raises(SwbError) as caught:
        await act
    return caught.value.code


async def test_a_token_is_kept_as_a_digest_alone_and_lets_its_system_in(desk: Desk) -> None:
    credential, token = await desk.accounts.create_token(NSW, lasts_for=DAY)
    assert await desk.service.authenticate_token(token) == NSW
    desk.clock.turn(DAY)
    assert await code_of(desk.service.authenticate_token(token)) == "access.expired"
    await desk.store.close()
    await desk.trail.close()
    secret = token.rpartition("_")[2]
    for file in desk.folder.iterdir():
        assert secret.encode() not in file.read_bytes()
        assert bytes.fromhex(secret) not in file.read_bytes()
    assert credential.credential_id.encode() in (desk.folder / "access.db").read_bytes()


async def test_both_tokens_hold_while_one_takes_the_place_of_the_other(desk: Desk) -> None:
    first, before = await desk.accounts.create_token(NSW, lasts_for=30 * DAY)
    second, after = await desk.accounts.rotate_token(
        first.credential_id, overlap=DAY, lasts_for=30 * DAY
    )
    assert await desk.service.authenticate_token(before) == NSW
    assert await desk.service.authenticate_token(after) == NSW
    desk.clock.turn(DAY)
    assert await code_of(desk.service.authenticate_token(before)) == "access.expired"
    await desk.accounts.revoke(second.credential_id)
    assert await code_of(desk.service.authenticate_token(after)) == "access.revoked"
    assert await desk.entered() == [
        ("root", "tokens create", "system nsw"),
        ("root", "tokens rotate", "system nsw"),
        ("root", "tokens revoke", "system nsw"),
    ]


async def test_a_certificate_lets_in_whom_it_is_registered_for(desk: Desk) -> None:
    registered = await desk.accounts.register_certificate(NSW, b"der", lasts_for=DAY)
    assert await desk.service.authenticate_certificate(b"der") == NSW
    assert await code_of(desk.service.authenticate_certificate(b"other")) == (
        "access.unauthenticated"
    )
    again = desk.accounts.register_certificate(NSW, b"der", lasts_for=DAY)
    assert await code_of(again) == "access.exists"
    rotated = desk.accounts.rotate_token(registered.credential_id, overlap=DAY, lasts_for=DAY)
    assert await code_of(rotated) == "access.not_a_token"


async def test_a_password_begins_a_session_that_ends_by_itself(desk: Desk) -> None:
    await desk.accounts.create_user(ANNA, PASSWORD)
    secret, signed_in = await desk.service.sign_in("anna", PASSWORD, address="::1")
    assert signed_in.principal == ANNA
    assert signed_in.ends_at == AT + timedelta(hours=10)
    desk.clock.turn(timedelta(minutes=14))
    assert await desk.service.authenticate_session(secret) == signed_in
    desk.clock.turn(timedelta(minutes=14))
    assert await desk.service.authenticate_session(secret) == signed_in
    desk.clock.turn(timedelta(minutes=15))
    assert await code_of(desk.service.authenticate_session(secret)) == "access.session_over"


async def test_each_sign_in_is_a_session_of_its_own_and_signing_out_ends_one(desk: Desk) -> None:
    await desk.accounts.create_user(ANNA, PASSWORD)
    first, _ = await desk.service.sign_in("anna", PASSWORD, address="::1")
    second, _ = await desk.service.sign_in("anna", PASSWORD, address="::1")
    assert first != second
    await desk.service.sign_out(first)
    await desk.service.sign_out(first)
    assert await code_of(desk.service.authenticate_session(first)) == "access.session_over"
    assert (await desk.service.authenticate_session(second)).principal == ANNA
    assert await desk.entered() == [
        ("root", "users create", "anna"),
        ("anna", "sign in", "anna"),
        ("anna", "sign in", "anna"),
        ("anna", "sign out", "anna"),
    ]


async def test_nobody_is_signed_out_without_an_entry(desk: Desk) -> None:
    await desk.accounts.create_user(ANNA, PASSWORD)
    secret, signed_in = await desk.service.sign_in("anna", PASSWORD, address="::1")
    await desk.trail.close()
    assert await code_of(desk.service.sign_out(secret)) == "audit.unavailable"
    assert await desk.service.authenticate_session(secret) == signed_in


async def test_what_is_decided_on_a_user_holds_at_once(desk: Desk) -> None:
    await desk.accounts.create_user(ANNA, PASSWORD)
    secret, _ = await desk.service.sign_in("anna", PASSWORD, address="::1")
    await desk.accounts.set_roles("anna", frozenset({AccessRole.VIEWER}))
    found = await desk.service.authenticate_session(secret)
    assert found.principal.roles == {AccessRole.VIEWER}
    await desk.accounts.set_password("anna", PASSWORD.upper())
    assert await code_of(desk.service.authenticate_session(secret)) == "access.session_over"
    secret, _ = await desk.service.sign_in("anna", PASSWORD.upper(), address="::1")
    await desk.accounts.disable("anna")
    assert await code_of(desk.service.authenticate_session(secret)) == "access.session_over"
    signing_in = desk.service.sign_in("anna", PASSWORD.upper(), address="::1")
    assert await code_of(signing_in) == "access.sign_in"
    await desk.accounts.enable("anna")
    assert await desk.service.sign_in("anna", PASSWORD.upper(), address="::1")


async def test_whoever_guesses_learns_nothing(desk: Desk) -> None:
    await desk.accounts.create_user(ANNA, PASSWORD)
    told = set()
    for name in ("anna", "boun", "a\ud800b"):
        with pytest.raises(SwbError) as caught:
            await desk.service.sign_in(name, "a lone \ud800 half", address="::1")
        told.add(str(caught.value))
    assert len(told) == 1
    assert ("nobody", "sign in refused", "an unknown name") in await desk.entered()
    assert not [entry for entry in await desk.entered() if "boun" in str(entry)]


async def test_wrong_passwords_of_one_behind_a_proxy_that_nobody_named_keep_no_other_one_out(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def verify(_: Argon2Passwords, known: str, password: str) -> bool:
        return known.startswith("$argon2id$") and password == PASSWORD

    await desk.accounts.create_user(ANNA, PASSWORD)
    monkeypatch.setattr(Argon2Passwords, "verify", verify)  # forty of them would take long
    for number in range(35):
        wrong = desk.service.sign_in(f"name-{number}", "wrong", address="::1")
        assert await code_of(wrong) == "access.sign_in"
    assert desk.rested == pytest.approx([1, 2, 3, 4, 5])
    assert (await desk.service.sign_in("anna", PASSWORD, address="::1"))[1].principal == ANNA
    assert desk.rested.pop() == pytest.approx(6)
    await desk.service.sign_in("anna", PASSWORD, address="::1")
    assert len(desk.rested) == 5, "who was here before does not even rest"


async def test_a_name_that_nobody_has_takes_the_same_work(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Otherwise the time of an answer tells which names there are."""
    await desk.accounts.create_user(ANNA, PASSWORD)
    compared: list[str] = []
    verify = Argon2Passwords.verify

    async def watch(passwords: Argon2Passwords, known: str, password: str) -> bool:
        compared.append(known.rpartition("$")[0].rpartition("$")[0])
        return await verify(passwords, known, password)

    monkeypatch.setattr(Argon2Passwords, "verify", watch)
    for name in ("anna", "boun", "No Name!"):
        assert await code_of(desk.service.sign_in(name, "wrong", address="::1")) == "access.sign_in"
    assert len(compared) == 3
    assert len(set(compared)) == 1  # the same function with the same cost


async def test_who_is_disabled_has_no_session_left_and_none_would_hold(desk: Desk) -> None:
    await desk.accounts.create_user(ANNA, PASSWORD)
    secret, _ = await desk.service.sign_in("anna", PASSWORD, address="::1")
    disabled = await desk.accounts.disable("anna")
    assert await desk.store.find_session(digest_secret(secret)) is None
    await desk.accounts.enable("anna")
    secret, _ = await desk.service.sign_in("anna", PASSWORD, address="::1")
    await desk.store.change_user(disabled, ends_sessions=False)
    assert await desk.store.find_session(digest_secret(secret)) is not None
    assert await code_of(desk.service.authenticate_session(secret)) == "access.session_over"


@pytest.mark.parametrize(
    ("name", "password", "roles", "code"),
    [
        ("Anna", PASSWORD, {AccessRole.VIEWER}, "access.name"),
        ("anna", "short", {AccessRole.VIEWER}, "access.password"),
        ("anna", PASSWORD, {AccessRole.SUBSCRIBER}, "access.roles"),
    ],
)
async def test_refuses_users_that_are_none(
    desk: Desk, name: str, password: str, roles: set[AccessRole], code: str
) -> None:
    person = Principal(name=name, kind=PrincipalKind.PERSON, state="TH", roles=frozenset(roles))
    assert await code_of(desk.accounts.create_user(person, password)) == code
    assert await desk.entered() == []


async def test_what_is_not_there_cannot_be_changed(desk: Desk) -> None:
    await desk.accounts.create_user(ANNA, PASSWORD)
    assert await code_of(desk.accounts.create_user(ANNA, PASSWORD)) == "access.exists"
    assert await code_of(desk.accounts.disable("boun")) == "access.unknown"
    assert await code_of(desk.accounts.revoke("f" * 16)) == "access.unknown"
