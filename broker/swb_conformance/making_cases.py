"""The vectors about what a target makes: sealed documents and messages, as data."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from swb_conformance.cases import Verdict
from swb_conformance.folders import load_group, require_keys
from swb_conformance.target import Verb

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from datetime import datetime

    from swb_conformance.folders import Files

__all__ = ["MakingCase", "load_making_cases"]

_VERBS: Final = (Verb.SEAL, Verb.SIGN)


@dataclass(frozen=True, slots=True, kw_only=True)
class MakingCase:
    """One vector. Octets are read when somebody looks at them.

    Attributes:
        name: Path below ``vectors/``.
        verb: ``seal`` or ``sign``.
        requirements: Ids of those that it is there for.
        clause: Section of docs/reference/wire.md.
        at: The moment of making, and of judging what was made.
        message_type: Of the document.
        subject_path: The document that is sealed, or the sealed document that is sent.
        header_path: The header's fields, JSON.
        key_path: The signing key, PEM.
        certificate_paths: Its certificate, DER, and those above it.
        protect_path: Public key or certificate of the recipient, PEM; empty for a clear body.
        trust_path: The bundle by which the suite judges what was made.
        receiver: URN of who opens a message; empty of a sealed document.
        decryption_key_paths: Private keys by which the suite opens a message.
        verdict: What must come out.
        codes: Of a refusal, one of these; empty when accepted.
        written_path: Where it is accepted, the octets that must stand before what the target
            draws: all but the seal of a sealed document, the head of a message.
        files: Octets by path.
    """

    name: str
    verb: Verb
    requirements: tuple[str, ...]
    clause: str
    at: datetime
    message_type: str
    subject_path: str
    header_path: str
    key_path: str
    certificate_paths: tuple[str, ...]
    protect_path: str
    trust_path: str
    receiver: str
    decryption_key_paths: tuple[str, ...]
    verdict: Verdict
    codes: tuple[str, ...]
    written_path: str
    files: Mapping[str, bytes]

    @property
    def subject(self) -> bytes:
        """What is sealed or sent."""
        return self.files[self.subject_path]

    @property
    def header(self) -> dict[str, Any]:
        """The header's fields, as a request has them."""
        fields: dict[str, Any] = json.loads(self.files[self.header_path])
        return fields

    @property
    def certificates(self) -> Sequence[bytes]:
        """The certificate of the key, and those above it."""
        return [self.files[path] for path in self.certificate_paths]

    @property
    def written(self) -> bytes:
        """The octets that must stand there, whatever the target draws."""
        return self.files[self.written_path]


def load_making_cases() -> tuple[MakingCase, ...]:
    """Read the vectors about what is made, in order of name.

    Raises:
        RefusedError: ``vector.malformed``.
    """
    return tuple(case for verb in _VERBS for case in load_group(verb.value, _build))


def _build(name: str, told: Mapping[str, Any], files: Files) -> MakingCase:
    require_keys(
        told,
        "verb",
        "requirements",
        "clause",
        "at",
        "message_type",
        "subject",
        "header",
        "key",
        "certificates",
        "protect",
        "trust",
        "receiver",
        "decryption_keys",
        "expect",
    )
    expect = told["expect"]
    require_keys(expect, "verdict", "codes", "written")
    return MakingCase(
        name=name,
        verb=Verb(told["verb"]),
        requirements=tuple(told["requirements"]),
        clause=told["clause"],
        at=told["at"],
        message_type=told["message_type"],
        subject_path=told["subject"],
        header_path=told["header"],
        key_path=told["key"],
        certificate_paths=tuple(told["certificates"]),
        protect_path=told["protect"],
        trust_path=told["trust"],
        receiver=told["receiver"],
        decryption_key_paths=tuple(told["decryption_keys"]),
        verdict=Verdict(expect["verdict"]),
        codes=tuple(expect["codes"]),
        written_path=expect["written"],
        files=files,
    )
