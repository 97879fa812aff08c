"""Accounts: tokens, certificates and users are made, changed and ended, by whom the trail tells."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from swb.core.access import PrincipalKind, require_roles
from swb.core.credentials import (
    ID_OCTETS,
    SECRET_OCTETS,
    Credential,
    CredentialKind,
    User,
    digest_secret,
    require_name,
    require_password,
    rotate,
    write_token,
)
from swb_schemas.errors import Actor, RefusedError

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from datetime import timedelta

    from swb.core.access import AccessRole, Principal
    from swb.ports import AccessStore, AuditTrail, Clock, PasswordHasher

__all__ = ["Accounts"]


class Accounts:
    """Decides on systems and people, in the name of one person.

    Args:
        store: What is remembered.
        trail: Where every change is entered, before it is made.
        passwords: The slow function.
        clock: The present.
        new_secret: Makes so many octets of chance.
        who: The person who decides.
    """

    def __init__(
        self,
        *,
        store: AccessStore,
        trail: AuditTrail,
        passwords: PasswordHasher,
        clock: Clock,
        new_secret: Callable[[int], bytes],
        who: str,
    ) -> None:
        self._store = store
        self._trail = trail
        self._passwords = passwords
        self._clock = clock
        self._new_secret = new_secret
        self._who = who

    # systems

    async def create_token(
        self, principal: Principal, *, lasts_for: timedelta
    ) -> tuple[Credential, str]:
        """Make a token for a system.

        Returns:
            What is kept, and the token itself, which is nowhere else.

        Raises:
            RefusedError: ``access.name``, ``access.roles``.
            UnavailableError: ``access.unavailable``, ``audit.unavailable``.
        """
        credential, token = self._draw_token(principal, lasts_for=lasts_for)
        await self._keep(credential, "tokens create")
        return credential, token

    async def register_certificate(
        self, principal: Principal, der: bytes, *, lasts_for: timedelta
    ) -> Credential:
        """Let a system prove by a client certificate who it is.

        Args:
            principal: The system.
            der: The certificate; that it is in order was seen before, and TLS sees it again.
            lasts_for: So long it holds here, if it does not expire before.

        Raises:
            RefusedError: ``access.name``, ``access.roles``, ``access.exists``.
            UnavailableError: ``access.unavailable``, ``audit.unavailable``.
        """
        credential = self._make(
            principal, CredentialKind.CERTIFICATE, digest_secret(der), lasts_for=lasts_for
        )
        await self._keep(credential, "tokens create")
        return credential

    async def rotate_token(
        self, credential_id: str, *, overlap: timedelta, lasts_for: timedelta
    ) -> tuple[Credential, str]:
        """Make a token that takes the place of another one; for a time both hold.

        Raises:
            RefusedError: ``access.unknown``; ``access.revoked``, ``access.expired``: there is
                nothing left to take the place of; ``access.not_a_token``: it is a certificate.
            UnavailableError: ``access.unavailable``, ``audit.unavailable``.
        """
        before = await self._find(credential_id)
        if before.kind is not CredentialKind.TOKEN:
            message = "expected a token, found a certificate: register the new one beside it"
            raise RefusedError("access.not_a_token", message, actor=Actor.OPERATOR)
        ending = rotate(before, at=self._clock.now(), overlap=overlap)
        credential, token = self._draw_token(before.principal, lasts_for=lasts_for)
        await self._keep(credential, "tokens rotate", ending)
        return credential, token

    async def revoke(self, credential_id: str) -> Credential:
        """Let a token or certificate hold no longer, from now on. Safe to repeat.

        Raises:
            RefusedError: ``access.unknown``.
            UnavailableError: ``access.unavailable``, ``audit.unavailable``.
        """
        credential = await self._find(credential_id)
        await self._enter("tokens revoke", credential.principal.account, credential_id)
        await self._store.revoke_credential(credential_id, at=self._clock.now())
        return await self._find(credential_id)

    async def list_credentials(self) -> Sequence[Credential]:
        """List tokens and certificates, those that hold no longer among them.

        Raises:
            UnavailableError: ``access.unavailable``.
        """
        return await self._store.list_credentials()

    # people

    async def create_user(self, principal: Principal, password: str) -> User:
        """Let somebody sign in.

        Raises:
            RefusedError: ``access.name``, ``access.roles``, ``access.password``,
                ``access.exists``.
            UnavailableError: ``access.unavailable``, ``audit.unavailable``.
        """
        require_name(principal.name)
        require_roles(PrincipalKind.PERSON, principal.roles)
        require_password(password, name=principal.name)
        now = self._clock.now()
        user = User(
            principal=principal,
            password_hash=await self._passwords.hash(password),
            created_at=now,
            password_set_at=now,
        )
        await self._enter("users create", principal.name, _spell(principal))
        if not await self._store.add_user(user):
            message = f"expected a name that is free, found {principal.name}"
            raise RefusedError("access.exists", message, actor=Actor.OPERATOR)
        return user

    async def set_password(self, name: str, password: str) -> User:
        """Give somebody another password; whoever is signed in by the old one is so no longer.

        Raises:
            RefusedError: ``access.unknown``, ``access.password``.
            UnavailableError: ``access.unavailable``, ``audit.unavailable``.
        """
        user = await self._find_user(name)
        require_password(password, name=name)
        hashed = await self._passwords.hash(password)
        changed = replace(user, password_hash=hashed, password_set_at=self._clock.now())
        return await self._change(changed, "users set-password", ends_sessions=True)

    async def set_roles(self, name: str, roles: frozenset[AccessRole]) -> User:
        """Give somebody other roles; they hold from the next request on.

        Raises:
            RefusedError: ``access.unknown``, ``access.roles``.
            UnavailableError: ``access.unavailable``, ``audit.unavailable``.
        """
        user = await self._find_user(name)
        require_roles(PrincipalKind.PERSON, roles)
        changed = replace(user, principal=replace(user.principal, roles=roles))
        return await self._change(changed, "users set-roles", ends_sessions=False)

    async def disable(self, name: str) -> User:
        """Let somebody sign in no longer, and end their sessions. Safe to repeat.

        Raises:
            RefusedError: ``access.unknown``.
            UnavailableError: ``access.unavailable``, ``audit.unavailable``.
        """
        user = await self._find_user(name)
        changed = replace(user, disabled_at=user.disabled_at or self._clock.now())
        return await self._change(changed, "users disable", ends_sessions=True)

    async def enable(self, name: str) -> User:
        """Let somebody sign in again. Safe to repeat.

        Raises:
            RefusedError: ``access.unknown``.
            UnavailableError: ``access.unavailable``, ``audit.unavailable``.
        """
        user = await self._find_user(name)
        changed = replace(user, disabled_at=None)
        return await self._change(changed, "users enable", ends_sessions=False)

    async def list_users(self) -> Sequence[User]:
        """List everybody, by name.

        Raises:
            UnavailableError: ``access.unavailable``.
        """
        return await self._store.list_users()

    def _draw_token(self, principal: Principal, *, lasts_for: timedelta) -> tuple[Credential, str]:
        credential_id = self._new_secret(ID_OCTETS).hex()
        token = write_token(credential_id, self._new_secret(SECRET_OCTETS))
        credential = self._make(
            principal,
            CredentialKind.TOKEN,
            digest_secret(token),
            lasts_for=lasts_for,
            credential_id=credential_id,
        )
        return credential, token

    def _make(
        self,
        principal: Principal,
        kind: CredentialKind,
        digest: str,
        *,
        lasts_for: timedelta,
        credential_id: str = "",
    ) -> Credential:
        require_name(principal.name)
        require_roles(PrincipalKind.SYSTEM, principal.roles)
        now = self._clock.now()
        return Credential(
            credential_id=credential_id or self._new_secret(ID_OCTETS).hex(),
            kind=kind,
            digest=digest,
            principal=principal,
            created_at=now,
            expires_at=now + lasts_for,
        )

    async def _keep(
        self, credential: Credential, action: str, instead_of: Credential | None = None
    ) -> None:
        replaced = f", instead of {instead_of.credential_id}" if instead_of else ""
        detail = f"{credential.kind} {credential.credential_id}{replaced}: "
        await self._enter(
            action, credential.principal.account, detail + _spell(credential.principal)
        )
        if not await self._store.add_credential(credential, instead_of=instead_of):
            message = f"expected a {credential.kind} that is not registered yet, found one that is"
            raise RefusedError("access.exists", message, actor=Actor.OPERATOR)

    async def _find(self, credential_id: str) -> Credential:
        found = await self._store.find_credential(credential_id)
        if found is None:
            message = f"expected the id of a token or certificate, found {credential_id[:80]!r}"
            raise RefusedError("access.unknown", message, actor=Actor.OPERATOR)
        return found

    async def _find_user(self, name: str) -> User:
        found = await self._store.find_user(name)
        if found is None:
            message = f"expected the name of a user, found {name[:80]!r}"
            raise RefusedError("access.unknown", message, actor=Actor.OPERATOR)
        return found

    async def _change(self, user: User, action: str, *, ends_sessions: bool) -> User:
        await self._enter(action, user.principal.name, _spell(user.principal))
        await self._store.change_user(user, ends_sessions=ends_sessions)
        return user

    async def _enter(self, action: str, subject: str, detail: str) -> None:
        await self._trail.append(
            at=self._clock.now(), who=self._who, action=action, subject=subject, detail=detail
        )


def _spell(principal: Principal) -> str:
    return f"{principal.state} {' '.join(sorted(principal.roles))}"
