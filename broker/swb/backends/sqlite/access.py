"""`swb.ports.AccessStore` in an SQLite file of its own; it holds digests, and no secret."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Any

from swb.backends.sqlite import access_statements as sql
from swb.backends.sqlite.access_rows import (
    parameters_of_credential,
    parameters_of_lease,
    parameters_of_user,
    read_answer,
    read_credential,
    read_draft,
    read_lease,
    read_session,
    read_user,
)
from swb.backends.sqlite.database import Database
from swb.backends.sqlite.migrations import load_schema
from swb.backends.sqlite.operations import writing
from swb.backends.sqlite.store_rows import encode_instant

if TYPE_CHECKING:
    import sqlite3
    from collections.abc import Mapping, Sequence
    from datetime import datetime
    from pathlib import Path

    from swb.core.credentials import Credential, Session, User
    from swb.ports import Draft, KeptAnswer, PullLease

__all__ = ["SqliteAccessStore"]


def _execute(connection: sqlite3.Connection, statement: str, row: tuple[object, ...]) -> int:
    return connection.execute(statement, row).rowcount


def _keep_leases(
    connection: sqlite3.Connection, leases: Sequence[PullLease], *, forget_before: datetime
) -> None:
    connection.execute(sql.FORGET_LEASES, (encode_instant(forget_before),))
    connection.executemany(sql.KEEP_LEASE, [parameters_of_lease(each) for each in leases])


def _fetch(connection: sqlite3.Connection, statement: str, row: tuple[object, ...]) -> list[Any]:
    return connection.execute(statement, row).fetchall()


def _add_credential(
    connection: sqlite3.Connection, credential: Credential, *, instead_of: Credential | None = None
) -> bool:
    row = parameters_of_credential(credential)
    if connection.execute(sql.ADD_CREDENTIAL, row).rowcount != 1:
        return False
    if instead_of is not None:
        ends = (encode_instant(instead_of.expires_at), instead_of.credential_id)
        connection.execute(sql.SHORTEN_CREDENTIAL, ends)
    return True


def _change_user(connection: sqlite3.Connection, user: User, *, ends_sessions: bool) -> bool:
    name, state, roles, password_hash, _, password_set_at, disabled_at = parameters_of_user(user)
    row = (state, roles, password_hash, password_set_at, disabled_at, name)
    if connection.execute(sql.CHANGE_USER, row).rowcount != 1:
        return False
    if ends_sessions:
        connection.execute(sql.END_SESSIONS_OF, (name,))
    return True


def _add_session(
    connection: sqlite3.Connection, session: Session, *, forget_before: datetime
) -> None:
    connection.execute(sql.FORGET_SESSIONS, (encode_instant(forget_before),))
    begun, seen = encode_instant(session.begun_at), encode_instant(session.seen_at)
    connection.execute(sql.ADD_SESSION, (session.digest, session.user, begun, seen))


def _entitle(connection: sqlite3.Connection, row: Mapping[str, object]) -> bool:
    connection.execute(sql.FORGET_ENTITLEMENTS, row)
    return connection.execute(sql.ENTITLE, row).rowcount == 1


def _begin_request(
    connection: sqlite3.Connection,
    request: KeptAnswer,
    *,
    takes_over: datetime,
    forget_before: datetime,
) -> KeptAnswer | None:
    connection.execute(sql.FORGET_REQUESTS, (encode_instant(forget_before),))
    begun = encode_instant(request.begun_at)
    row = (request.owner, request.key, request.fingerprint, begun, encode_instant(takes_over))
    if connection.execute(sql.BEGIN_REQUEST, row).rowcount == 1:
        return None
    found = connection.execute(sql.FIND_REQUEST, (request.owner, request.key)).fetchone()
    return read_answer(found)


class SqliteAccessStore:
    """What is remembered of access, in one file."""

    def __init__(self, *, path: Path, create: bool = True) -> None:
        """Name the file; nothing is opened yet.

        Args:
            path: The file. Its folder must exist, on a local disk.
            create: Whether it is made when missing; commands that only ask do not.
        """
        self._create = create
        self._database = Database(
            path=path,
            schema=load_schema("access", error_code="access.schema"),
            error_code="access.unavailable",
        )

    async def open(self) -> None:
        """See `AccessStore.open`."""
        await self._database.open(create=self._create)

    async def close(self) -> None:
        """See `AccessStore.close`."""
        await self._database.close()

    async def ping(self) -> None:
        """See `AccessStore.ping`."""
        await self._database.beat()

    add_credential = writing(_add_credential)

    async def find_credential(self, credential_id: str) -> Credential | None:
        """See `AccessStore.find_credential`."""
        found = await self._read(sql.FIND_CREDENTIAL, credential_id)
        return read_credential(found[0]) if found else None

    async def find_certificate(self, digest: str) -> Credential | None:
        """See `AccessStore.find_certificate`."""
        found = await self._read(sql.FIND_CERTIFICATE, digest)
        return read_credential(found[0]) if found else None

    async def revoke_credential(self, credential_id: str, *, at: datetime) -> bool:
        """See `AccessStore.revoke_credential`."""
        return await self._write(sql.REVOKE_CREDENTIAL, encode_instant(at), credential_id) == 1

    async def note_credential_use(self, credential_id: str, *, at: datetime) -> None:
        """See `AccessStore.note_credential_use`."""
        await self._write(sql.NOTE_CREDENTIAL_USE, encode_instant(at), credential_id)

    async def list_credentials(self) -> Sequence[Credential]:
        """See `AccessStore.list_credentials`."""
        return [read_credential(row) for row in await self._read(sql.LIST_CREDENTIALS)]

    async def add_user(self, user: User) -> bool:
        """See `AccessStore.add_user`."""
        return await self._write(sql.ADD_USER, *parameters_of_user(user)) == 1

    change_user = writing(_change_user)

    async def find_user(self, name: str) -> User | None:
        """See `AccessStore.find_user`."""
        found = await self._read(sql.FIND_USER, name)
        return read_user(found[0]) if found else None

    async def list_users(self) -> Sequence[User]:
        """See `AccessStore.list_users`."""
        return [read_user(row) for row in await self._read(sql.LIST_USERS)]

    add_session = writing(_add_session)

    async def find_session(self, digest: str) -> tuple[Session, User] | None:
        """See `AccessStore.find_session`."""
        found = await self._read(sql.FIND_SESSION, digest)
        return (read_session(found[0][:4]), read_user(found[0][4:])) if found else None

    async def note_session_use(self, digest: str, *, at: datetime) -> None:
        """See `AccessStore.note_session_use`."""
        await self._write(sql.NOTE_SESSION_USE, encode_instant(at), digest)

    async def end_session(self, digest: str) -> None:
        """See `AccessStore.end_session`."""
        await self._write(sql.END_SESSION, digest)

    begin_request = writing(_begin_request)

    async def end_request(self, answer: KeptAnswer | None, *, owner: str, key: str) -> None:
        """See `AccessStore.end_request`."""
        if answer is None:
            await self._write(sql.FORGET_REQUEST, owner, key)
            return
        kept = (answer.status, answer.media_type, answer.location, answer.content)
        await self._write(sql.END_REQUEST, *kept, owner, key)

    async def save_draft(self, draft: Draft) -> bool:
        """See `AccessStore.save_draft`."""
        at = encode_instant(draft.changed_at)
        what = (draft.title, draft.content, draft.version, at)
        if draft.version == 1:
            return await self._write(sql.ADD_DRAFT, draft.draft_id, draft.owner, *what) == 1
        which = (draft.draft_id, draft.owner, draft.version - 1)
        return await self._write(sql.CHANGE_DRAFT, *what, *which) == 1

    async def find_draft(self, draft_id: str, *, owner: str) -> Draft | None:
        """See `AccessStore.find_draft`."""
        found = await self._read(sql.FIND_DRAFT, draft_id, owner)
        return read_draft(found[0]) if found else None

    async def list_drafts(self, *, owner: str, limit: int = 200) -> Sequence[Draft]:
        """See `AccessStore.list_drafts`."""
        return [read_draft(row) for row in await self._read(sql.LIST_DRAFTS, owner, limit)]

    async def forget_drafts(self, *, before: datetime) -> int:
        """See `AccessStore.forget_drafts`."""
        return await self._write(sql.FORGET_DRAFTS, encode_instant(before))

    async def remove_draft(self, draft_id: str, *, owner: str) -> bool:
        """See `AccessStore.remove_draft`."""
        return await self._write(sql.REMOVE_DRAFT, draft_id, owner) == 1

    keep_leases = writing(_keep_leases)

    async def find_lease(self, document_id: str) -> PullLease | None:
        """See `AccessStore.find_lease`."""
        found = await self._read(sql.FIND_LEASE, document_id)
        return read_lease(found[0]) if found else None

    async def entitle(
        self, owner: str, certificate_key: str, *, until: datetime, at: datetime, most: int
    ) -> bool:
        """See `AccessStore.entitle`."""
        row = {
            "owner": owner,
            "certificate_key": certificate_key,
            "until": encode_instant(until),
            "at": encode_instant(at),
            "most": most,
        }
        return await self._database.write(partial(_entitle, row=row))

    async def end_entitlement(self, owner: str, certificate_key: str) -> bool:
        """See `AccessStore.end_entitlement`."""
        return await self._write(sql.END_ENTITLEMENT, owner, certificate_key) == 1

    async def list_entitlements(self, owner: str, *, at: datetime) -> Sequence[str]:
        """See `AccessStore.list_entitlements`."""
        found = await self._read(sql.LIST_ENTITLEMENTS, owner, encode_instant(at))
        return [key for (key,) in found]

    async def list_told(self, owner: str) -> Mapping[str, str]:
        """See `AccessStore.list_told`."""
        return dict(await self._read(sql.LIST_TOLD, owner))

    async def keep_told(self, owner: str, certificate_key: str, told: str) -> None:
        """See `AccessStore.keep_told`."""
        await self._write(sql.KEEP_TOLD, told, owner, certificate_key)

    async def _write(self, statement: str, *row: object) -> int:
        return await self._database.write(partial(_execute, statement=statement, row=row))

    async def _read(self, statement: str, *row: object) -> list[Any]:
        return await self._database.read(partial(_fetch, statement=statement, row=row))
