"""The one error root of the whole project, and its three families.

A failure is exactly one of three things, and the three are never mixed:

* *refused*: the input is malformed, breaks a rule, is not trusted or not authorised.
  Trying again with the same octets cannot help.
* *undetermined*: it could not be checked now (a trust list is stale, a revocation answer is
  missing). It says nothing about the input.
* *unavailable*: a part of the system is down (store, transport, signer, national system).

Every failure carries a stable, dotted ``code``. The same code stands in logs, receipts, command
output and conformance vectors, and has an entry in ``docs/reference/errors.md``.

Messages say what was expected and what was found; they never hold payload content beyond names
and identifiers.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from swb_schemas.findings import Actor

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import timedelta

    from swb_schemas.findings import Finding

__all__ = ["Actor", "RefusedError", "SwbError", "UnavailableError", "UndeterminedError"]


class SwbError(Exception):
    """Root of every error that leaves a public function of this project.

    Attributes:
        code: Stable dotted identifier, for example ``xml.entity``.
        actor: Who must act; each family has a usual one.
        final: True when trying again with the same input cannot help.
        message: What was expected and what was found, without payload content.
        findings: The single faults, where there are several.
    """

    family: ClassVar[str] = "internal"
    final: ClassVar[bool] = True
    usual_actor: ClassVar[Actor] = Actor.DEVELOPER

    def __init__(
        self,
        code: str,
        message: str,
        *,
        actor: Actor | None = None,
        findings: Sequence[Finding] = (),
    ) -> None:
        super().__init__(message)
        self.code = code
        self.message = message
        self.actor = self.usual_actor if actor is None else actor
        self.findings = tuple(findings)

    def __str__(self) -> str:
        return f"{self.code}: {self.message}"


class RefusedError(SwbError):
    """Malformed, a rule broken, not trusted or not authorised. Never retried."""

    family = "refused"
    usual_actor = Actor.SENDER


class UndeterminedError(SwbError):
    """Could not be checked now; says nothing about the input. Retried."""

    family = "undetermined"
    final = False
    usual_actor = Actor.OPERATOR


class UnavailableError(SwbError):
    """Store, transport, signer or national system is down. Retried.

    Attributes:
        retry_after: How long whoever is down, or full, asks to be left alone; None where it did
            not say.
    """

    family = "unavailable"
    final = False
    usual_actor = Actor.OPERATOR

    def __init__(
        self,
        code: str,
        message: str,
        *,
        actor: Actor | None = None,
        findings: Sequence[Finding] = (),
        retry_after: timedelta | None = None,
    ) -> None:
        super().__init__(code, message, actor=actor, findings=findings)
        self.retry_after = retry_after
