"""Access: who is it that asks? A token, a certificate or a password becomes a principal.

What is refused here is refused in a way and a time that tell nothing of what is kept. Signing in
and signing out, and every attempt to sign in that fails, are entered in the audit trail.
"""

from __future__ import annotations

import asyncio
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING, Final

from swb.core.credentials import (
    SECRET_OCTETS,
    Session,
    SessionLimits,
    digest_secret,
    is_name,
    parse_token,
    require_good,
    write_form_token,
)
from swb.services.guessing import Guesses
from swb_schemas.errors import RefusedError

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Awaitable, Callable
    from datetime import datetime

    from swb.core.access import Principal
    from swb.core.credentials import Credential
    from swb.ports import AccessStore, AuditTrail, Clock, PasswordHasher

__all__ = ["AccessService", "SignedIn"]

_NOTED_EVERY: Final = timedelta(minutes=1)
"""Between two notes that a session goes on; a session may so last a minute longer than is said."""
_USE_NOTED_EVERY: Final = timedelta(hours=1)
"""The same of a token or certificate."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SignedIn:
    """Somebody who signed in.

    Attributes:
        principal: Who, with the roles that they have now.
        form_token: What forms of this session carry.
        ends_at: When the session is over in any case.
    """

    principal: Principal
    form_token: str
    ends_at: datetime


class AccessService:
    """Proves who asks.

    Args:
        store: What is remembered.
        trail: Where signing in is entered.
        passwords: The slow function.
        clock: The present.
        new_secret: Makes so many octets of chance.
        limits: How long somebody stays signed in.
        guesses: Counts wrong attempts to sign in.
        rest: Lets seconds pass.
    """

    def __init__(
        self,
        *,
        store: AccessStore,
        trail: AuditTrail,
        passwords: PasswordHasher,
        clock: Clock,
        new_secret: Callable[[int], bytes],
        limits: SessionLimits,
        guesses: Guesses | None = None,
        rest: Callable[[float], Awaitable[None]] = asyncio.sleep,
    ) -> None:
        self._store = store
        self._trail = trail
        self._passwords = passwords
        self._clock = clock
        self._new_secret = new_secret
        self._limits = limits
        self._guesses = guesses or Guesses()
        self._rest = rest
        self._nobodys: str | None = None

    @property
    def limits(self) -> SessionLimits:
        """How long somebody stays signed in."""
        return self._limits

    async def enter(
        self, principal: Principal, action: str, subject: str, detail: str = ""
    ) -> None:
        """Enter what somebody does, before it is done.

        Raises:
            UnavailableError: ``audit.unavailable``, ``clock.stepped``; then it is not to be done.
        """
        await self._enter(self._clock.now(), principal.account, action, subject, detail)

    @asynccontextmanager
    async def entering(
        self, principal: Principal, action: str, subject: str, detail: str = ""
    ) -> AsyncIterator[None]:
        """Enter what somebody does, before it is done, and once more where it was refused.

        Raises:
            UnavailableError: ``audit.unavailable``, ``clock.stepped``; then it is not to be done.
        """
        await self.enter(principal, action, subject, detail)
        try:
            yield
        except RefusedError as refusal:
            await self.enter(principal, f"{action} refused", subject, refusal.code)
            raise

    async def authenticate_token(self, token: str) -> Principal:
        """Find whose token it is.

        Raises:
            RefusedError: ``access.unauthenticated``, ``access.revoked``, ``access.expired``.
            UnavailableError: ``access.unavailable``, ``clock.stepped``.
        """
        credential = await self._store.find_credential(parse_token(token))
        return await self._let_in(credential, digest_secret(token))

    async def authenticate_certificate(self, der: bytes) -> Principal:
        """Find whose certificate it is; TLS has proven that the other end has its key.

        Raises:
            RefusedError: ``access.unauthenticated``, ``access.revoked``, ``access.expired``.
            UnavailableError: ``access.unavailable``, ``clock.stepped``.
        """
        digest = digest_secret(der)
        return await self._let_in(await self._store.find_certificate(digest), digest)

    async def _let_in(self, credential: Credential | None, digest: str) -> Principal:
        now = self._clock.now()
        principal = require_good(credential, digest, at=now)
        if credential is not None and (
            credential.used_at is None or now - credential.used_at >= _USE_NOTED_EVERY
        ):
            await self._store.note_credential_use(credential.credential_id, at=now)
        return principal

    async def sign_in(
        self, name: str, password: str, *, address: str, device: str = "", next_device: str = ""
    ) -> tuple[str, SignedIn]:
        """Begin a session.

        Args:
            name: As it was typed.
            password: As it was typed.
            address: Where the request came from.
            device: What the browser keeps of the last time that somebody signed in there.
            next_device: What it keeps of this time: chance, made for it.

        Returns:
            The session's secret, which only the browser keeps; and who it is.

        Raises:
            RefusedError: ``access.sign_in``: the name, the password, or a user that is disabled;
                which of them is not told.
            UnavailableError: ``access.too_many_attempts``, ``access.unavailable``,
                ``audit.unavailable``, ``clock.stepped``.
        """
        rest = self._guesses.ask(name, address, device)
        if rest > 0:
            await self._rest(rest)
        user = await self._store.find_user(name) if is_name(name) else None
        known = await self._hash_of_nobody() if user is None else user.password_hash
        fits = await self._passwords.verify(known, password)
        now = self._clock.now()
        if user is None or not fits or user.disabled_at is not None:
            # What is no user's name may be a password in the wrong field: it is not written down.
            subject = "an unknown name" if user is None else name
            await self._enter(now, "nobody", "sign in refused", subject, address)
            message = "expected the name and password of a user who may sign in, found others"
            raise RefusedError("access.sign_in", message)
        self._guesses.forgive(name, address, device=device, next_device=next_device)
        secret = self._new_secret(SECRET_OCTETS).hex()
        session = Session(digest=digest_secret(secret), user=name, begun_at=now, seen_at=now)
        await self._enter(now, name, "sign in", name, address)
        await self._store.add_session(session, forget_before=now - self._limits.absolute)
        return secret, self._describe(user.principal, secret, session)

    async def authenticate_session(self, secret: str) -> SignedIn:
        """Find who signed in, with the roles that they have now.

        Raises:
            RefusedError: ``access.session_over``.
            UnavailableError: ``access.unavailable``, ``clock.stepped``.
        """
        digest = digest_secret(secret)
        found = await self._store.find_session(digest)
        now = self._clock.now()
        if found is None or found[1].disabled_at is not None:
            raise _over()
        session, user = found
        if not session.is_good(now, self._limits):
            await self._store.end_session(digest)
            raise _over()
        if now - session.seen_at >= _NOTED_EVERY:
            await self._store.note_session_use(digest, at=now)
        return self._describe(user.principal, secret, session)

    async def sign_out(self, secret: str) -> None:
        """End a session. Safe to repeat.

        Raises:
            UnavailableError: ``access.unavailable``, ``audit.unavailable``; the session goes on.
        """
        digest = digest_secret(secret)
        found = await self._store.find_session(digest)
        if found is None:
            return
        name = found[1].principal.name
        await self._enter(self._clock.now(), name, "sign out", name, "")
        await self._store.end_session(digest)

    async def _enter(self, at: datetime, who: str, action: str, subject: str, detail: str) -> None:
        await self._trail.append(at=at, who=who, action=action, subject=subject, detail=detail)

    async def _hash_of_nobody(self) -> str:
        """A hash to compare with where nobody has that name, so that it takes as long."""
        if self._nobodys is None:
            self._nobodys = await self._passwords.hash(self._new_secret(SECRET_OCTETS).hex())
        return self._nobodys

    def _describe(self, principal: Principal, secret: str, session: Session) -> SignedIn:
        return SignedIn(
            principal=principal,
            form_token=write_form_token(secret),
            ends_at=session.begun_at + self._limits.absolute,
        )


def _over() -> RefusedError:
    message = "expected a session that goes on, found none: sign in again"
    return RefusedError("access.session_over", message)
