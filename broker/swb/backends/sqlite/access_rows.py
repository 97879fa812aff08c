"""Rows of `swb.backends.sqlite.access`, and the records that they are."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from swb.backends.sqlite.store_rows import decode_instant, encode_instant
from swb.core.access import AccessRole, Principal, PrincipalKind
from swb.core.credentials import Credential, CredentialKind, Session, User
from swb.ports import Draft, KeptAnswer, PullLease

if TYPE_CHECKING:
    from datetime import datetime

__all__ = [
    "parameters_of_credential",
    "parameters_of_lease",
    "parameters_of_user",
    "read_answer",
    "read_credential",
    "read_draft",
    "read_lease",
    "read_session",
    "read_user",
]

Row = tuple[Any, ...]


def parameters_of_credential(credential: Credential) -> Row:
    """List the parameters of ``ADD_CREDENTIAL``."""
    return (
        credential.credential_id,
        str(credential.kind),
        credential.digest,
        credential.principal.name,
        credential.principal.state,
        _write_roles(credential.principal),
        encode_instant(credential.created_at),
        encode_instant(credential.expires_at),
        _encode(credential.revoked_at),
        _encode(credential.used_at),
    )


def read_credential(row: Row) -> Credential:
    """Read a row of credentials."""
    return Credential(
        credential_id=row[0],
        kind=CredentialKind(row[1]),
        digest=row[2],
        principal=_read_principal(PrincipalKind.SYSTEM, row[3:6]),
        created_at=decode_instant(row[6]),
        expires_at=decode_instant(row[7]),
        revoked_at=_decode(row[8]),
        used_at=_decode(row[9]),
    )


def parameters_of_user(user: User) -> Row:
    """List the parameters of ``ADD_USER``."""
    return (
        user.principal.name,
        user.principal.state,
        _write_roles(user.principal),
        user.password_hash,
        encode_instant(user.created_at),
        encode_instant(user.password_set_at),
        _encode(user.disabled_at),
    )


def read_user(row: Row) -> User:
    """Read a row of users."""
    return User(
        principal=_read_principal(PrincipalKind.PERSON, row[:3]),
        password_hash=row[3],
        created_at=decode_instant(row[4]),
        password_set_at=decode_instant(row[5]),
        disabled_at=_decode(row[6]),
    )


def read_session(row: Row) -> Session:
    """Read a row of sessions."""
    return Session(
        digest=row[0],
        user=row[1],
        begun_at=decode_instant(row[2]),
        seen_at=decode_instant(row[3]),
    )


def read_answer(row: Row) -> KeptAnswer:
    """Read a row of requests."""
    return KeptAnswer(
        owner=row[0],
        key=row[1],
        fingerprint=row[2],
        begun_at=decode_instant(row[3]),
        status=row[4],
        media_type=row[5],
        location=row[6],
        content=row[7],
    )


def read_draft(row: Row) -> Draft:
    """Read a row of drafts."""
    return Draft(
        draft_id=row[0],
        owner=row[1],
        title=row[2],
        content=row[3],
        version=row[4],
        changed_at=decode_instant(row[5]),
    )


def parameters_of_lease(lease: PullLease) -> Row:
    """List the parameters of ``KEEP_LEASE``."""
    return (
        lease.document_id,
        lease.lease_id,
        lease.owner,
        lease.message_type,
        lease.message_id,
        lease.message_digest,
        lease.attempts,
        encode_instant(lease.ends_at),
        _encode(lease.acknowledged_at),
    )


def read_lease(row: Row) -> PullLease:
    """Read a row of leases."""
    return PullLease(
        document_id=row[0],
        lease_id=row[1],
        owner=row[2],
        message_type=row[3],
        message_id=row[4],
        message_digest=row[5],
        attempts=row[6],
        ends_at=decode_instant(row[7]),
        acknowledged_at=_decode(row[8]),
    )


def _write_roles(principal: Principal) -> str:
    return " ".join(sorted(principal.roles))


def _read_principal(kind: PrincipalKind, row: Row) -> Principal:
    name, state, roles = row
    return Principal(
        name=name, kind=kind, state=state, roles=frozenset(map(AccessRole, roles.split()))
    )


def _encode(at: datetime | None) -> int | None:
    return None if at is None else encode_instant(at)


def _decode(microseconds: int | None) -> datetime | None:
    return None if microseconds is None else decode_instant(microseconds)
