"""Findings: what a check has to say about a document, as values and not as exceptions."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

__all__ = ["Actor", "Finding", "Severity", "read_findings"]


class Actor(StrEnum):
    """Who must act on a failure or a finding."""

    SENDER = "sender"
    """Whoever made the payload or the message: the trader's system, the other authority."""
    RECIPIENT = "recipient"
    """The side that received it."""
    OPERATOR = "operator"
    """Whoever runs this broker: configuration, keys, servers."""
    DEVELOPER = "developer"
    """Nobody can mend it but the people who write the code: an internal fault."""


class Severity(StrEnum):
    """How much a finding weighs."""

    REFUSE = "refuse"
    """The side that may refuse does refuse."""
    WARN = "warn"
    """Somebody should look; nothing is stopped."""
    LOSS = "loss"
    """An adapter could not carry this element into the other format."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """One fault, advice or declared loss.

    Attributes:
        code: Stable dotted identifier, from the same list as error codes.
        severity: How much it weighs.
        path: Where, in the canonical document, as element names from the root with 1-based
            positions, for example ``CertificateOfOrigin/Item[2]/GrossMass``. Empty when it
            concerns the whole.
        message: What was expected and what was found.
        actor: Who must act.
        national_path: Where, in the sender's own format, when an adapter can tell.
        clause: The rule that asks for it, for example ``ATIGA OCP 23``; empty when none does.
    """

    code: str
    severity: Severity
    path: str
    message: str
    actor: Actor = Actor.SENDER
    national_path: str = ""
    clause: str = ""


def read_findings(told: Iterable[Mapping[str, str]]) -> tuple[Finding, ...]:
    """Read findings that came as objects of strings, as JSON has them.

    Args:
        told: Each with every member of a `Finding`; further ones are passed over.

    Raises:
        KeyError: A member is not there.
        ValueError: A severity or an actor is none.
    """
    return tuple(
        Finding(
            code=each["code"],
            severity=Severity(each["severity"]),
            path=each["path"],
            message=each["message"],
            actor=Actor(each["actor"]),
            national_path=each["national_path"],
            clause=each["clause"],
        )
        for each in told
    )
