"""The vectors about files that arrive, as data: trust bundles, sealed documents, messages.

Others stand in modules of their own: `rule_cases`, `making_cases`, `document_cases`.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING, Any

from swb_conformance.folders import load_group, require_keys

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from datetime import datetime

    from swb_conformance.folders import Files

__all__ = ["Case", "Question", "Verdict", "load_cases"]

_EXPECTED = "expected/"


class Question(StrEnum):
    """What is asked of a file that arrived."""

    TRUST = "trust"
    """A trust bundle is read."""
    SEALED_DOCUMENT = "sealed-document"
    """The inner layer alone is verified."""
    MESSAGE = "message"
    """The outer layer alone is verified, as a router does."""
    DELIVERY = "delivery"
    """Both layers are verified, as a recipient does."""


class Verdict(StrEnum):
    """What must come out."""

    ACCEPTED = "accepted"
    REFUSED = "refused"
    UNDETERMINED = "undetermined"


@dataclass(frozen=True, slots=True, kw_only=True)
class Case:
    """One vector. Octets are read when somebody looks at them.

    Attributes:
        name: Path below ``vectors/``.
        question: What is asked.
        requirements: Ids of those that it is there for.
        clause: Step of docs/reference/wire.md.
        at: The judging moment.
        receiver: URN of the judging recipient; empty where nobody judges as one.
        subject_path: File that is judged.
        trust_path: The trust bundle by which it is judged.
        key_paths: Private keys of the recipient, PEM.
        verdict: What must come out.
        code: The code of a refusal; empty when accepted.
        files: Octets by path.
    """

    name: str
    question: Question
    requirements: tuple[str, ...]
    clause: str
    at: datetime
    receiver: str
    subject_path: str
    trust_path: str
    key_paths: tuple[str, ...]
    verdict: Verdict
    code: str
    files: Mapping[str, bytes]

    @property
    def subject(self) -> bytes:
        """What is judged."""
        return self.files[self.subject_path]

    @property
    def trust(self) -> bytes:
        """The trust bundle by which it is judged."""
        return self.files[self.trust_path]

    @property
    def decryption_keys(self) -> Sequence[bytes]:
        """Private keys of the recipient, PEM."""
        return [self.files[path] for path in self.key_paths]

    @property
    def expected(self) -> Mapping[str, bytes]:
        """What must come out besides the verdict, by file name."""
        return {
            path.removeprefix(_EXPECTED): self.files[path]
            for path in self.files
            if path.startswith(_EXPECTED)
        }


def load_cases(*questions: Question) -> tuple[Case, ...]:
    """Read the vectors about files that arrive, in order of name.

    Args:
        questions: Of which kinds; all of them, where none is named.

    Raises:
        RefusedError: ``vector.malformed``.
    """
    return tuple(
        case
        for question in sorted(questions or Question)
        for case in load_group(question.value, _build)
    )


def _build(name: str, told: Mapping[str, Any], files: Files) -> Case:
    require_keys(
        told,
        "question",
        "requirements",
        "clause",
        "at",
        "receiver",
        "subject",
        "trust",
        "decryption_keys",
        "expect",
    )
    require_keys(told["expect"], "verdict", "code")
    return Case(
        name=name,
        question=Question(told["question"]),
        requirements=tuple(told["requirements"]),
        clause=told["clause"],
        at=told["at"],
        receiver=told["receiver"],
        subject_path=told["subject"],
        trust_path=told["trust"],
        key_paths=tuple(told["decryption_keys"]),
        verdict=Verdict(told["expect"]["verdict"]),
        code=told["expect"]["code"],
        files=files,
    )
