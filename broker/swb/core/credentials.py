"""Credentials: how a token is written and known again, and until when anything of it holds.

A token is ``swb_<id>_<secret>``: the id, 16 hexadecimal digits, names it for people and in logs;
the secret is 256 bits of chance as 64 hexadecimal digits. Only its SHA-256 is kept. That is enough
for a secret that nobody can guess; passwords, which people choose, are kept by a slow function. A
certificate is known by the SHA-256 of its DER (the ``x5t#S256`` of RFC 8705).
"""

from __future__ import annotations

import hmac
import re
from dataclasses import dataclass, replace
from enum import StrEnum
from hashlib import sha256
from typing import TYPE_CHECKING, Final

from swb_schemas.errors import Actor, RefusedError

if TYPE_CHECKING:
    from datetime import datetime, timedelta

    from swb.core.access import Principal

__all__ = [
    "ID_OCTETS",
    "SECRET_OCTETS",
    "Credential",
    "CredentialKind",
    "Session",
    "SessionLimits",
    "User",
    "digest_secret",
    "is_name",
    "parse_token",
    "require_good",
    "require_name",
    "require_password",
    "rotate",
    "write_form_token",
    "write_token",
]

ID_OCTETS: Final = 8
SECRET_OCTETS: Final = 32
_TOKEN: Final = re.compile(r"swb_([0-9a-f]{16})_[0-9a-f]{64}")
_NAME: Final = re.compile(r"[a-z0-9][a-z0-9.@_-]{0,63}")
_SHORTEST: Final = 12
_LONGEST: Final = 256
"""Characters of a password; NIST SP 800-63B asks for length and for nothing else."""


class CredentialKind(StrEnum):
    """By what a system proves who it is."""

    TOKEN = "token"  # noqa: S105 - a kind, no secret
    """A bearer token (RFC 6750)."""
    CERTIFICATE = "certificate"
    """A client certificate of TLS (RFC 8705)."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Credential:
    """What a system proves by who it is; the secret itself is not here.

    Attributes:
        credential_id: Names it, 16 hexadecimal digits.
        kind: Token or certificate.
        digest: SHA-256 of the token, or of the certificate's DER, 64 hexadecimal digits.
        principal: Whose it is.
        created_at: When.
        expires_at: It holds until then.
        revoked_at: From then on it holds no longer; None while nobody revoked it.
        used_at: About when it was used last; None when never.
    """

    credential_id: str
    kind: CredentialKind
    digest: str
    principal: Principal
    created_at: datetime
    expires_at: datetime
    revoked_at: datetime | None = None
    used_at: datetime | None = None

    def is_good(self, at: datetime) -> bool:
        """Whether it holds."""
        return at < self.expires_at and (self.revoked_at is None or at < self.revoked_at)


@dataclass(frozen=True, slots=True, kw_only=True)
class User:
    """Somebody who may sign in.

    Attributes:
        principal: Who, and what their roles are.
        password_hash: By a slow function, with its parameters and salt.
        created_at: When.
        password_set_at: When the password was chosen.
        disabled_at: Since when nobody may sign in by it; None while one may.
    """

    principal: Principal
    password_hash: str
    created_at: datetime
    password_set_at: datetime
    disabled_at: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class SessionLimits:
    """How long somebody stays signed in.

    Attributes:
        idle: After so long without a request the session is over.
        absolute: After so long it is over in any case.
    """

    idle: timedelta
    absolute: timedelta


@dataclass(frozen=True, slots=True, kw_only=True)
class Session:
    """That somebody signed in.

    Attributes:
        digest: SHA-256 of what the browser holds, 64 hexadecimal digits.
        user: The user's name.
        begun_at: When.
        seen_at: About when a request came last.
    """

    digest: str
    user: str
    begun_at: datetime
    seen_at: datetime

    def is_good(self, at: datetime, limits: SessionLimits) -> bool:
        """Whether it goes on."""
        return at - self.seen_at < limits.idle and at - self.begun_at < limits.absolute


def write_token(credential_id: str, secret: bytes) -> str:
    """Write a token out of its id and `SECRET_OCTETS` octets of chance."""
    return f"swb_{credential_id}_{secret.hex()}"


def parse_token(raw: str) -> str:
    """Read the id of a token.

    Raises:
        RefusedError: ``access.unauthenticated``.
    """
    found = _TOKEN.fullmatch(raw)
    if found is None:
        message = "expected a token such as swb_ makes, found something else"
        raise RefusedError("access.unauthenticated", message)
    return found[1]


def digest_secret(secret: str | bytes) -> str:
    """SHA-256 of a token, a certificate's DER or a session's secret, 64 hexadecimal digits."""
    return sha256(secret.encode() if isinstance(secret, str) else secret).hexdigest()


def write_form_token(session_secret: str) -> str:
    """Write what a form of this session carries, so that no other site can post it.

    It is made of what the browser holds in its cookie, and tells nothing of that.
    """
    return hmac.new(session_secret.encode(), b"swb form", sha256).hexdigest()


def require_good(credential: Credential | None, digest: str, *, at: datetime) -> Principal:
    """Require that a credential is what was shown, and holds.

    The digests are compared in a time that tells nothing.

    Raises:
        RefusedError: ``access.unauthenticated``, ``access.revoked``, ``access.expired``.
    """
    if credential is None or not hmac.compare_digest(credential.digest, digest):
        message = "expected a token or certificate that is registered here, found another one"
        raise RefusedError("access.unauthenticated", message)
    if credential.revoked_at is not None and at >= credential.revoked_at:
        message = f"{credential.kind} {credential.credential_id} was revoked"
        raise RefusedError("access.revoked", message)
    if at >= credential.expires_at:
        message = f"{credential.kind} {credential.credential_id} has expired"
        raise RefusedError("access.expired", message)
    return credential.principal


def rotate(credential: Credential, *, at: datetime, overlap: timedelta) -> Credential:
    """Let a credential end soon, because another one takes its place.

    Args:
        credential: That holds now.
        at: The present.
        overlap: So long both hold.

    Raises:
        RefusedError: ``access.revoked``, ``access.expired``: it does not hold any more.
    """
    require_good(credential, credential.digest, at=at)
    return replace(credential, expires_at=min(credential.expires_at, at + overlap))


def is_name(text: str) -> bool:
    """Whether a text can be the name of a user or system."""
    return _NAME.fullmatch(text) is not None


def require_name(name: str) -> str:
    """Require a name that people can tell apart, in logs too.

    Raises:
        RefusedError: ``access.name``.
    """
    if not is_name(name):
        message = (
            "expected a name of small letters, digits, '.', '@', '_' and '-', "
            f"64 at most, found {name[:80]!r}"
        )
        raise RefusedError("access.name", message, actor=Actor.OPERATOR)
    return name


def require_password(password: str, *, name: str) -> str:
    """Require a password that is long enough, and not the name.

    Raises:
        RefusedError: ``access.password``; the message tells nothing of it.
    """
    fits = _SHORTEST <= len(password) <= _LONGEST and password.isprintable()
    if not fits or password.casefold() == name.casefold():
        message = (
            f"expected a password of {_SHORTEST} to {_LONGEST} printable characters that "
            "is not the name, found another one"
        )
        raise RefusedError("access.password", message, actor=Actor.OPERATOR)
    return password
