"""What is remembered of access, in its file."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Final

import pytest

from swb.backends.sqlite.access import SqliteAccessStore
from swb.backends.sqlite.audit import SqliteAuditTrail
from swb.core.access import AccessRole, Principal, PrincipalKind
from swb.core.credentials import Credential, CredentialKind, Session, User, digest_secret
from swb.ports import Draft, KeptAnswer, PullLease
from swb_schemas.errors import UnavailableError

if TYPE_CHECKING:
    from collections.abc import AsyncIterator
    from pathlib import Path

AT: Final = datetime(2026, 3, 2, 8, 0, tzinfo=UTC)
HOUR: Final = timedelta(hours=1)
CREDENTIAL: Final = Credential(
    credential_id="0123456789abcdef",
    kind=CredentialKind.TOKEN,
    digest=digest_secret("token"),
    principal=Principal(
        name="nsw",
        kind=PrincipalKind.SYSTEM,
        state="TH",
        roles=frozenset({AccessRole.SINGLE_WINDOW, AccessRole.SUBSCRIBER}),
    ),
    created_at=AT,
    expires_at=AT + HOUR,
)
USER: Final = User(
    principal=Principal(
        name="anna",
        kind=PrincipalKind.PERSON,
        state="TH",
        roles=frozenset({AccessRole.OPERATOR}),
    ),
    password_hash="hash",
    created_at=AT,
    password_set_at=AT,
)
SESSION: Final = Session(digest="d1", user="anna", begun_at=AT, seen_at=AT)
REQUEST: Final = KeptAnswer(owner="TH system nsw", key="k", fingerprint="f", begun_at=AT)
LEASE: Final = PullLease(
    document_id="doc",
    lease_id="lease",
    owner="TH system nsw",
    message_type="CertificateIssue",
    message_id="msg",
    message_digest="sha-256:00",
    attempts=2,
    ends_at=AT + HOUR,
)


@pytest.fixture
async def store(tmp_path: Path) -> AsyncIterator[SqliteAccessStore]:
    opened = SqliteAccessStore(path=tmp_path / "access.db")
    await opened.open()
    yield opened
    await opened.close()


async def test_a_credential_is_found_by_id_and_listed(store: SqliteAccessStore) -> None:
    assert await store.add_credential(CREDENTIAL)
    assert not await store.add_credential(replace(CREDENTIAL, credential_id="f" * 16))
    assert await store.find_credential(CREDENTIAL.credential_id) == CREDENTIAL
    assert await store.find_credential("f" * 16) is None
    assert await store.list_credentials() == [CREDENTIAL]


async def test_a_token_is_never_found_as_a_certificate(store: SqliteAccessStore) -> None:
    shown = replace(
        CREDENTIAL, credential_id="c" * 16, kind=CredentialKind.CERTIFICATE, digest="der"
    )
    await store.add_credential(CREDENTIAL)
    await store.add_credential(shown)
    assert await store.find_certificate("der") == shown
    assert await store.find_certificate(CREDENTIAL.digest) is None


async def test_a_successor_and_the_end_of_its_forerunner_are_one(store: SqliteAccessStore) -> None:
    await store.add_credential(CREDENTIAL)
    ending = replace(CREDENTIAL, expires_at=AT + HOUR / 2)
    twin = replace(CREDENTIAL, credential_id="e" * 16)
    assert not await store.add_credential(twin, instead_of=ending)
    assert await store.find_credential(CREDENTIAL.credential_id) == CREDENTIAL
    assert await store.add_credential(replace(twin, digest="new"), instead_of=ending)
    assert await store.find_credential(CREDENTIAL.credential_id) == ending


async def test_revoking_stands_from_the_first_time(store: SqliteAccessStore) -> None:
    await store.add_credential(CREDENTIAL)
    assert await store.revoke_credential(CREDENTIAL.credential_id, at=AT)
    assert not await store.revoke_credential(CREDENTIAL.credential_id, at=AT + HOUR)
    await store.note_credential_use(CREDENTIAL.credential_id, at=AT)
    found = await store.find_credential(CREDENTIAL.credential_id)
    assert found == replace(CREDENTIAL, revoked_at=AT, used_at=AT)


async def test_a_name_is_one_user(store: SqliteAccessStore) -> None:
    assert await store.add_user(USER)
    assert not await store.add_user(replace(USER, password_hash="other"))
    assert await store.find_user("anna") == USER
    assert await store.find_user("boun") is None
    assert await store.list_users() == [USER]
    assert not await store.change_user(
        replace(USER, principal=replace(USER.principal, name="boun")), ends_sessions=True
    )


async def test_a_session_has_the_user_as_that_is_now(store: SqliteAccessStore) -> None:
    await store.add_user(USER)
    await store.add_session(SESSION, forget_before=AT)
    assert await store.find_session("d1") == (SESSION, USER)
    disabled = replace(USER, disabled_at=AT)
    assert await store.change_user(disabled, ends_sessions=False)
    await store.note_session_use("d1", at=AT + HOUR)
    assert await store.find_session("d1") == (replace(SESSION, seen_at=AT + HOUR), disabled)
    await store.end_session("d1")
    assert await store.find_session("d1") is None


async def test_sessions_end_with_the_password_and_with_age(store: SqliteAccessStore) -> None:
    await store.add_user(USER)
    await store.add_session(SESSION, forget_before=AT)
    later = replace(SESSION, digest="d2", begun_at=AT + HOUR)
    await store.add_session(later, forget_before=AT + HOUR)
    assert await store.find_session("d1") is None
    assert await store.find_session("d2") is not None
    await store.change_user(USER, ends_sessions=True)
    assert await store.find_session("d2") is None


async def begin(store: SqliteAccessStore, **changes: object) -> KeptAnswer | None:
    request = replace(REQUEST, **changes)  # type: ignore[arg-type]  # named by the test
    before = request.begun_at - HOUR
    return await store.begin_request(request, takes_over=before, forget_before=before - HOUR)


async def test_one_of_many_begins_a_request(store: SqliteAccessStore) -> None:
    found = await asyncio.gather(*(begin(store) for _ in range(8)))
    assert found.count(None) == 1
    assert {each for each in found if each is not None} == {REQUEST}


async def test_a_request_has_one_answer_for_its_owner_alone(store: SqliteAccessStore) -> None:
    assert await begin(store) is None
    answer = replace(REQUEST, status=201, media_type="text/plain", location="/x", content=b"yes")
    await store.end_request(answer, owner=REQUEST.owner, key="k")
    assert await begin(store) == answer
    assert await begin(store, owner="TH system other") is None
    assert await begin(store, fingerprint="other") == answer
    theirs = replace(answer, owner="TH system other", content=b"no")
    await store.end_request(theirs, owner=theirs.owner, key="k")
    assert await begin(store, owner=theirs.owner) == theirs
    assert await begin(store) == answer


async def test_a_request_that_was_abandoned_may_begin_again(store: SqliteAccessStore) -> None:
    assert await begin(store) is None
    late = AT + HOUR + timedelta(seconds=1)
    assert await begin(store, begun_at=late, fingerprint="other") == REQUEST
    assert await begin(store, begun_at=late) is None
    await store.end_request(None, owner=REQUEST.owner, key="k")
    assert await begin(store, begun_at=late) is None
    assert await begin(store, begun_at=late + 3 * HOUR, key="another") is None
    assert await begin(store, begun_at=late + 3 * HOUR, fingerprint="forgotten") is None


async def test_drafts_are_their_owners_and_do_not_overwrite_each_other(
    store: SqliteAccessStore,
) -> None:
    draft = Draft(draft_id="1", owner="TH anna", title="t", content=b"{}", version=1, changed_at=AT)
    assert await store.save_draft(draft)
    assert not await store.save_draft(draft)
    second = replace(draft, version=2, content=b"{1}", changed_at=AT + HOUR)
    assert await store.save_draft(second)
    assert not await store.save_draft(second)
    assert not await store.save_draft(replace(second, version=3, owner="TH boun"))
    assert await store.find_draft("1", owner="TH anna") == second
    assert await store.find_draft("1", owner="TH boun") is None
    assert await store.list_drafts(owner="TH anna") == [second]
    assert not await store.remove_draft("1", owner="TH boun")
    assert await store.remove_draft("1", owner="TH anna")
    old = replace(draft, draft_id="2", owner="TH boun")
    assert await store.save_draft(old)
    assert await store.save_draft(replace(draft, draft_id="3", changed_at=AT + HOUR))
    assert await store.forget_drafts(before=AT + HOUR) == 1
    assert await store.find_draft("2", owner="TH boun") is None
    assert await store.find_draft("3", owner="TH anna") is not None


async def test_the_last_lease_on_a_delivery_stands_until_it_is_forgotten(
    store: SqliteAccessStore,
) -> None:
    await store.keep_leases([LEASE], forget_before=AT)
    other = replace(LEASE, lease_id="other", attempts=3, acknowledged_at=AT)
    await store.keep_leases([other], forget_before=AT)
    assert await store.find_lease("doc") == other
    await store.keep_leases([], forget_before=LEASE.ends_at + HOUR)
    assert await store.find_lease("doc") is None


async def entitle(
    store: SqliteAccessStore, owner: str, key: str, until: datetime, *, at: datetime = AT - HOUR
) -> bool:
    return await store.entitle(owner, key, until=until, at=at, most=2)


async def test_who_may_follow_what_and_until_when(store: SqliteAccessStore) -> None:
    assert await entitle(store, "TH system bank", "TH:A:1", AT)
    assert await entitle(store, "TH system bank", "TH:A:1", AT + HOUR)
    assert await entitle(store, "TH system bank", "TH:A:0", AT)
    assert await entitle(store, "TH system ship", "TH:A:2", AT + HOUR)
    assert await store.list_entitlements("TH system bank", at=AT) == ["TH:A:1"]
    assert await store.end_entitlement("TH system bank", "TH:A:1")
    assert not await store.end_entitlement("TH system bank", "TH:A:1")
    assert await store.list_entitlements("TH system bank", at=AT) == []


async def test_one_may_follow_only_so_many_at_a_time(store: SqliteAccessStore) -> None:
    assert await entitle(store, "TH system bank", "TH:A:1", AT)
    assert await entitle(store, "TH system bank", "TH:A:2", AT + HOUR)
    assert not await entitle(store, "TH system bank", "TH:A:3", AT + HOUR)
    assert await entitle(store, "TH system ship", "TH:A:3", AT + HOUR)
    assert await entitle(store, "TH system bank", "TH:A:2", AT + 2 * HOUR), "it has that one"
    assert await entitle(store, "TH system bank", "TH:A:3", AT + HOUR, at=AT), "one has ended"
    assert await store.list_entitlements("TH system bank", at=AT) == ["TH:A:2", "TH:A:3"]


async def test_says_that_its_file_is_of_no_use(tmp_path: Path) -> None:
    missing = SqliteAccessStore(path=tmp_path / "none.db", create=False)
    with pytest.raises(UnavailableError) as caught:
        await missing.open()
    assert caught.value.code == "access.unavailable"
    trail = SqliteAuditTrail(path=tmp_path / "audit.db")
    await trail.open(create=True)
    await trail.close()
    other = SqliteAccessStore(path=tmp_path / "audit.db")
    with pytest.raises(UnavailableError) as caught:
        await other.open()
    assert caught.value.code == "access.schema"
