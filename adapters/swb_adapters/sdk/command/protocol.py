"""Lines of the command protocol, version 1: how they are written, and what they may hold."""

from __future__ import annotations

import base64
import binascii
import json
import re
from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING, Any, Final, TypeVar

from swb_adapters.sdk.json import parse_json
from swb_adapters.sdk.limits import AdapterLimits
from swb_adapters.sdk.paths import PathMap
from swb_schemas.errors import Actor, RefusedError
from swb_schemas.findings import Finding, Severity

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

__all__ = [
    "CODES",
    "LINE_LIMIT",
    "PROTOCOL",
    "Answer",
    "BrokenCommandError",
    "Verdict",
    "encode_line",
    "parse_answer",
    "read_octets",
    "read_pairs",
    "read_text",
    "read_word",
    "spell_finding",
    "spell_octets",
]

WordT = TypeVar("WordT", bound=StrEnum)

PROTOCOL: Final = 1
LINE_LIMIT: Final = 24_000_000
"""Octets of one line: the largest payload in base64, and room for findings and paths."""
_LIMITS: Final = AdapterLimits(octets=LINE_LIMIT, elements=500_000)
_MOST_FINDINGS: Final = 50_000
"""Of a document of 5,000 items, ten losses an item."""
_MOST_PAIRS: Final = 5_000
_LONGEST_TEXT: Final = 4_000
CODES: Final = frozenset(
    {
        "adapter.inconsistent",
        "adapter.malformed",
        "adapter.mandatory_loss",
        "adapter.schema",
        "adapter.too_large",
        "adapter.unsupported",
        "adapter.value",
        "document.too_many_items",
    }
)
"""With which an adapter may refuse, beside those of an XML parser, ``xml.*``."""
_CODE: Final = re.compile(r"[a-z]{1,20}(?:\.[a-z_]{1,40}){1,3}")


class BrokenCommandError(Exception):
    """The process died, hung or talks nonsense: nothing more of it can be believed.

    It is no error of the contract and never leaves a `CommandAdapter`.
    """


class Verdict:
    """The words of an answer."""

    ACCEPTED: Final = "accepted"
    REFUSED: Final = "refused"
    FAILED: Final = "failed"
    """A fault of the adapter's own, of which it could still tell."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """What a process said to one request.

    Attributes:
        verdict: A word of `Verdict`.
        code: Why not; empty where it accepted.
        message: For people.
        findings: Faults, warnings and losses.
        paths: Where elements stand; None where those of the description hold.
        members: All that it said.
    """

    verdict: str
    code: str
    message: str
    findings: tuple[Finding, ...]
    paths: PathMap | None
    members: Mapping[str, Any]


def encode_line(members: Mapping[str, object]) -> bytes:
    """Write one line; everything beyond ASCII is escaped, so no program can misread it."""
    return json.dumps(members, separators=(",", ":")).encode() + b"\n"


def spell_octets(raw: bytes) -> str:
    """Spell octets in base64 (RFC 4648, 4), with padding and without line breaks."""
    return base64.b64encode(raw).decode("ascii")


def spell_finding(finding: Finding) -> dict[str, str]:
    """Spell a finding as an object of strings; what is empty is left out."""
    members = {
        "code": finding.code,
        "severity": str(finding.severity),
        "path": finding.path,
        "national_path": finding.national_path,
        "message": finding.message,
        "actor": str(finding.actor),
        "clause": finding.clause,
    }
    return {name: text for name, text in members.items() if text}


# --- reading -----------------------------------------------------------------------------------


def parse_answer(raw: bytes, number: int) -> Answer:
    """Read a line that a process wrote.

    Args:
        raw: The line.
        number: Of the request.

    Raises:
        BrokenCommandError: It is no answer to that request.
    """
    try:
        value = parse_json(raw, limits=_LIMITS)
    except RefusedError as cause:
        said = cause.findings[0].message if cause.findings else cause.message
        message = f"expected one line of JSON: {said}"
        raise BrokenCommandError(message) from cause
    if not isinstance(value, dict):
        message = "expected an answer that is an object"
        raise BrokenCommandError(message)
    if value.get("id") != number or type(value["id"]) is not int:
        message = f"expected an answer with the id {number}"
        raise BrokenCommandError(message)
    verdict = value.get("verdict")
    if verdict not in {Verdict.ACCEPTED, Verdict.REFUSED, Verdict.FAILED}:
        message = "expected a verdict: accepted, refused or failed"
        raise BrokenCommandError(message)
    code = read_text(value, "code") if verdict != Verdict.ACCEPTED else ""
    if verdict == Verdict.REFUSED and not (code in CODES or code.startswith("xml.")):
        message = f"expected a code of the contract, found {code[:60]!r}"
        raise BrokenCommandError(message)
    weight = Severity.WARN if verdict == Verdict.ACCEPTED else Severity.REFUSE
    pairs = value.get("paths")
    return Answer(
        verdict=verdict,
        code=code,
        message=read_text(value, "message", default=""),
        findings=tuple(_read_findings(value.get("findings"), weight)),
        paths=None if pairs is None else read_pairs(pairs),
        members=value,
    )


def read_text(members: Mapping[str, Any], name: str, *, default: str | None = None) -> str:
    """Read a text.

    Raises:
        BrokenCommandError: There is none, and no default; or it is something else.
    """
    text = members.get(name)
    if text is None and default is not None:
        return default
    if not isinstance(text, str) or len(text) > _LONGEST_TEXT:
        message = f"expected {name}: a text of at most {_LONGEST_TEXT} characters"
        raise BrokenCommandError(message)
    return text


def read_word(
    members: Mapping[str, Any], name: str, words: type[WordT], *, default: str | None = None
) -> WordT:
    """Read one word of a closed set.

    Raises:
        BrokenCommandError: There is none, and no default; or it is another word.
    """
    text = read_text(members, name, default=default)
    try:
        return words(text)
    except ValueError as cause:
        known = ", ".join(str(each) for each in words)
        message = f"expected {name}: one of {known}; found {text[:60]!r}"
        raise BrokenCommandError(message) from cause


def read_octets(members: Mapping[str, Any], name: str) -> bytes:
    """Read octets in base64.

    Raises:
        BrokenCommandError: There are none.
    """
    text = members.get(name)
    try:
        if isinstance(text, str):
            return base64.b64decode(text, validate=True)
    except (binascii.Error, ValueError):
        pass
    message = f"expected {name} in base64"
    raise BrokenCommandError(message)


def read_pairs(value: object) -> PathMap:
    """Read a path map: pairs of a canonical pattern and a national one.

    Raises:
        BrokenCommandError: It is none.
    """
    if not isinstance(value, list) or len(value) > _MOST_PAIRS:
        message = f"expected paths: at most {_MOST_PAIRS} pairs"
        raise BrokenCommandError(message)
    pairs: list[tuple[str, str]] = []
    for each in value:
        texts = [text for text in each if isinstance(text, str)] if isinstance(each, list) else []
        if len(texts) != 2 or len(each) != 2 or max(map(len, texts)) > _LONGEST_TEXT:  # noqa: PLR2004 - a pair
            message = "expected paths: pairs of texts"
            raise BrokenCommandError(message)
        pairs.append((texts[0], texts[1]))
    try:
        return PathMap(pairs)
    except ValueError as cause:
        raise BrokenCommandError(str(cause)) from cause


def _read_findings(value: object, weight: Severity) -> Iterable[Finding]:
    if value is None:
        return
    if not isinstance(value, list) or len(value) > _MOST_FINDINGS:
        message = f"expected findings: at most {_MOST_FINDINGS} objects"
        raise BrokenCommandError(message)
    for each in value:
        if not isinstance(each, dict):
            message = "expected findings: objects"
            raise BrokenCommandError(message)
        code = read_text(each, "code")
        if _CODE.fullmatch(code) is None:
            message = f"expected a code in words and dots, found {code[:60]!r}"
            raise BrokenCommandError(message)
        usual = Severity.LOSS if code == "adapter.loss" else weight
        yield Finding(
            code=code,
            severity=read_word(each, "severity", Severity, default=usual),
            path=read_text(each, "path", default=""),
            national_path=read_text(each, "national_path", default=""),
            message=read_text(each, "message"),
            actor=read_word(each, "actor", Actor, default=Actor.SENDER),
            clause=read_text(each, "clause", default=""),
        )
