"""What is remembered of access: credentials, users, sessions, and what the API was asked once."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from datetime import datetime

    from swb.core.credentials import Credential, Session, User

__all__ = ["AccessStore", "Draft", "KeptAnswer", "PasswordHasher", "PullLease", "SubscriberDoor"]


@dataclass(frozen=True, slots=True, kw_only=True)
class KeptAnswer:
    """What a request with an ``Idempotency-Key`` is answered by, however often it comes.

    Attributes:
        owner: Who asked (`Principal.owner`); keys of others are others.
        key: The key.
        fingerprint: SHA-256 over method, path and content of the request.
        begun_at: When it came first.
        status: Status of the answer; None while it is under way.
        media_type: Of the answer.
        location: The answer's ``Location``; empty where it has none.
        content: The answer's octets.
    """

    owner: str
    key: str
    fingerprint: str
    begun_at: datetime
    status: int | None = None
    media_type: str = ""
    location: str = ""
    content: bytes = b""


@dataclass(frozen=True, slots=True, kw_only=True)
class Draft:
    """A document that somebody has begun to enter by hand.

    Attributes:
        draft_id: UUIDv7.
        owner: Whose (`Principal.owner`).
        title: How the user finds it again.
        content: What was entered so far, as the form writes it.
        version: 1 at first; grows with each change, so that two windows do not overwrite each
            other.
        changed_at: When.
    """

    draft_id: str
    owner: str
    title: str
    content: bytes
    version: int
    changed_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class PullLease:
    """That somebody took a delivery, and has not acknowledged it yet.

    Attributes:
        document_id: The delivery.
        lease_id: Proves who took it; only its holder can acknowledge.
        owner: The holder (`Principal.owner`).
        message_type: Name in the catalogue.
        message_id: The message that brought it.
        message_digest: That message's signed digest.
        attempts: How often it was handed out in vain before.
        ends_at: Then it is anybody's again.
        acknowledged_at: When its holder said that it has it; None until then.
    """

    document_id: str
    lease_id: str
    owner: str
    message_type: str
    message_id: str
    message_digest: str
    attempts: int
    ends_at: datetime
    acknowledged_at: datetime | None = None


class PasswordHasher(Protocol):
    """A slow function, so that who steals the hashes does not have the passwords."""

    async def hash(self, password: str) -> str:
        """Hash a new password, with a salt of its own."""
        ...

    async def verify(self, password_hash: str, password: str) -> bool:
        """Tell whether it is the one that was hashed; it takes as long where it is not."""
        ...


class SubscriberDoor(Protocol):
    """Where a subscriber is told what becomes of its references."""

    async def tell(self, *, reference: str, status: str, since: datetime) -> None:
        """Tell where one stands, and return when the subscriber has it; it may be repeated.

        Args:
            reference: The certificate's key.
            status: The fact that stands.
            since: When that happened.

        Raises:
            UnavailableError: ``subscriber.unavailable``: it may not have it; try again, not before
                `retry_after`. ``subscriber.not_taken``: likewise, and others it may take.
        """
        ...


class AccessStore(Protocol):
    """What is remembered of access. Each method is one transaction.

    Every method may raise `UnavailableError` ``access.unavailable``.
    """

    async def open(self) -> None:
        """Open, create or migrate.

        Raises:
            UnavailableError: ``access.unavailable``, ``access.schema``.
        """
        ...

    async def close(self) -> None:
        """Finish what was begun and close. Safe to repeat."""
        ...

    async def ping(self) -> None:
        """Prove that reading and writing work."""
        ...

    # credentials of systems

    async def add_credential(
        self, credential: Credential, *, instead_of: Credential | None = None
    ) -> bool:
        """Keep a new credential, and what became of the one that it replaces, together.

        Returns:
            False, and nothing is written, where its digest or id is kept already.
        """
        ...

    async def find_credential(self, credential_id: str) -> Credential | None:
        """Find a credential by its id."""
        ...

    async def find_certificate(self, digest: str) -> Credential | None:
        """Find the credential of a certificate by the digest of its DER."""
        ...

    async def revoke_credential(self, credential_id: str, *, at: datetime) -> bool:
        """Let it hold no longer; returns whether it did until now. The first time stands."""
        ...

    async def note_credential_use(self, credential_id: str, *, at: datetime) -> None:
        """Note that it was used."""
        ...

    async def list_credentials(self) -> Sequence[Credential]:
        """List all, the earliest first."""
        ...

    # people

    async def add_user(self, user: User) -> bool:
        """Keep a new user; False, and nothing is written, where the name is taken."""
        ...

    async def change_user(self, user: User, *, ends_sessions: bool) -> bool:
        """Replace what is kept of a user; False where there is none of that name.

        Args:
            user: As it is from now on.
            ends_sessions: Whether every session of the user is over.
        """
        ...

    async def find_user(self, name: str) -> User | None:
        """Find a user."""
        ...

    async def list_users(self) -> Sequence[User]:
        """List all, by name."""
        ...

    # sessions

    async def add_session(self, session: Session, *, forget_before: datetime) -> None:
        """Keep a new session, and forget those that began earlier than that."""
        ...

    async def find_session(self, digest: str) -> tuple[Session, User] | None:
        """Find a session with its user as that is now."""
        ...

    async def note_session_use(self, digest: str, *, at: datetime) -> None:
        """Note that a request came."""
        ...

    async def end_session(self, digest: str) -> None:
        """End a session. Safe to repeat."""
        ...

    # requests that may be repeated

    async def begin_request(
        self, request: KeptAnswer, *, takes_over: datetime, forget_before: datetime
    ) -> KeptAnswer | None:
        """Begin a request under its key.

        Args:
            request: With neither status nor content.
            takes_over: What began earlier and has no answer yet was abandoned by a process that
                died; it is begun anew.
            forget_before: What began earlier is forgotten.

        Returns:
            None where it is begun; else what is kept under that key.
        """
        ...

    async def end_request(self, answer: KeptAnswer | None, *, owner: str, key: str) -> None:
        """Keep the answer of a request; None forgets the request, so that it may come again."""
        ...

    # drafts

    async def save_draft(self, draft: Draft) -> bool:
        """Keep a draft whose version follows the one that is kept, or is 1 where none is.

        Returns:
            False, and nothing is written, where somebody else was faster.
        """
        ...

    async def find_draft(self, draft_id: str, *, owner: str) -> Draft | None:
        """Find a draft of its owner."""
        ...

    async def list_drafts(self, *, owner: str, limit: int = 200) -> Sequence[Draft]:
        """List an owner's drafts, latest first."""
        ...

    async def remove_draft(self, draft_id: str, *, owner: str) -> bool:
        """Remove a draft; returns whether there was one."""
        ...

    async def forget_drafts(self, *, before: datetime) -> int:
        """Forget everybody's drafts that were changed last before a time; returns how many."""
        ...

    # deliveries that were taken

    async def keep_leases(self, leases: Sequence[PullLease], *, forget_before: datetime) -> None:
        """Keep leases, each in place of the one on the same delivery; forget what ended earlier."""
        ...

    async def find_lease(self, document_id: str) -> PullLease | None:
        """Find the lease on a delivery, ended or not."""
        ...

    # who may follow what

    async def entitle(
        self, owner: str, certificate_key: str, *, until: datetime, at: datetime, most: int
    ) -> bool:
        """Let a subscriber follow a reference until then, and forget what has ended for it.

        Args:
            owner: Who (`Principal.owner`).
            certificate_key: The reference.
            until: So long; one that it may follow already changes to this.
            at: The present.
            most: So many it may follow at a time.

        Returns:
            False, and it may follow no more than before, where it may follow as many already.
        """
        ...

    async def end_entitlement(self, owner: str, certificate_key: str) -> bool:
        """Let a subscriber follow a reference no longer; returns whether it could."""
        ...

    async def list_entitlements(self, owner: str, *, at: datetime) -> Sequence[str]:
        """List the references that a subscriber may follow, in order."""
        ...

    async def list_told(self, owner: str) -> Mapping[str, str]:
        """List what a subscriber was told last, by reference; empty where it was told nothing."""
        ...

    async def keep_told(self, owner: str, certificate_key: str, told: str) -> None:
        """Keep what a subscriber was told, as long as it is entitled to the reference."""
        ...
