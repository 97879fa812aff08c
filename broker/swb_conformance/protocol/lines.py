"""Lines of the command protocol, version 1: how a request is written, what an answer may hold.

An answer that breaks the protocol is no refusal: whoever talks nonsense has judged nothing, and
the case in which that happens has failed.
"""

from __future__ import annotations

import base64
import binascii
import json
import re
from typing import TYPE_CHECKING, Any, Final

from swb_conformance.target import Answer, BrokenTargetError, Verb
from swb_schemas.errors import RefusedError
from swb_schemas.findings import Severity
from swb_schemas.wire.jws import parse_json

if TYPE_CHECKING:
    from collections.abc import Mapping

__all__ = ["LINE_LIMIT", "PROTOCOL", "encode_request", "parse_answer"]

PROTOCOL: Final = 1
LINE_LIMIT: Final = 24_000_000
"""Octets of one line, as docs/reference/command-protocol.md has it."""
_MOST_FINDINGS: Final = 30_000
_LONGEST_TEXT: Final = 4_000
_CODE: Final = re.compile(r"[a-z]{1,20}(?:\.[a-z_]{1,40}){1,3}")
_VERDICTS: Final = ("accepted", "refused", "failed")
_MAY_BE_UNDETERMINED: Final = frozenset({Verb.VERIFY, Verb.OPEN})
_YIELD_OCTETS: Final = frozenset({Verb.TO_CANONICAL, Verb.FROM_CANONICAL, Verb.SEAL, Verb.SIGN})
_YIELD_OBJECTS: Final = frozenset({Verb.DESCRIBE, Verb.VERIFY, Verb.OPEN})
_FINDING_TEXTS: Final = ("code", "message", "path", "national_path", "clause", "actor", "severity")


def encode_request(number: int, verb: Verb, octets: bytes, members: Mapping[str, object]) -> bytes:
    """Write one request; everything beyond ASCII is escaped, so no program can misread it.

    Args:
        number: Its id.
        verb: What to do.
        octets: ``input``; left out for ``describe``.
        members: Further members, JSON values.
    """
    request: dict[str, object] = {"id": number, "verb": str(verb)}
    if verb is not Verb.DESCRIBE:
        request["input"] = base64.b64encode(octets).decode("ascii")
    return json.dumps({**request, **members}, separators=(",", ":")).encode("ascii") + b"\n"


def parse_answer(raw: bytes, number: int, verb: Verb) -> Answer:
    """Read the line that answers a request.

    Args:
        raw: The line.
        number: Of the request.
        verb: Of the request; it decides on the form of ``output``.

    Raises:
        BrokenTargetError: It is no answer to that request.
    """
    if not raw.endswith(b"\n"):
        raise BrokenTargetError("expected a line that ends in LF")
    try:
        value = parse_json(raw, code="conformance.nonsense", limit=LINE_LIMIT)
    except RefusedError as cause:
        raise BrokenTargetError(f"expected one line of JSON: {cause.message[:200]}") from cause
    if not isinstance(value, dict):
        raise BrokenTargetError("expected an answer that is an object")
    if type(value.get("id")) is not int or value["id"] != number:
        found = str(value.get("id"))[:40]
        raise BrokenTargetError(f"expected an answer with the id {number}, found {found}")
    verdict = _read_verdict(value, verb)
    output, told = b"", {name: each for name, each in value.items() if name not in _MEMBERS}
    told["message"] = _read_text(value, "message", missing="")
    told["findings"] = _read_findings(value.get("findings"))
    if verdict == "accepted" and verb in _YIELD_OCTETS:
        output = _read_octets(value.get("output"), verb)
    elif verdict == "accepted" and verb in _YIELD_OBJECTS:
        if not isinstance(value.get("output"), dict):
            raise BrokenTargetError(f"expected an object as output of {verb}")
        told["output"] = value["output"]
    return Answer(verdict=verdict, code=_read_code(value, verdict), output=output, told=told)


_MEMBERS: Final = frozenset({"id", "verdict", "code", "output", "message", "findings"})


def _read_verdict(value: Mapping[str, Any], verb: Verb) -> str:
    verdict = value.get("verdict")
    known = (*_VERDICTS, "undetermined") if verb in _MAY_BE_UNDETERMINED else _VERDICTS
    if not isinstance(verdict, str) or verdict not in known:
        found = str(verdict)[:40]
        raise BrokenTargetError(f"expected a verdict ({', '.join(known)}), found {found!r}")
    return verdict


def _read_code(value: Mapping[str, Any], verdict: str) -> str:
    code = value.get("code")
    if verdict == "accepted":
        if code is not None:
            raise BrokenTargetError("expected the code null where the verdict is accepted")
        return ""
    if not isinstance(code, str) or _CODE.fullmatch(code) is None:
        found = str(code)[:60]
        raise BrokenTargetError(f"expected a code in words and dots, found {found!r}")
    return code


def _read_text(value: Mapping[str, Any], name: str, *, missing: str | None = None) -> str:
    text = value.get(name, missing)
    if text is None and missing is not None:
        return missing
    if not isinstance(text, str) or len(text) > _LONGEST_TEXT:
        raise BrokenTargetError(f"expected {name}: a text of at most {_LONGEST_TEXT} characters")
    return text


def _read_octets(value: object, verb: Verb) -> bytes:
    try:
        if isinstance(value, str):
            return base64.b64decode(value, validate=True)
    except (binascii.Error, ValueError):
        pass
    raise BrokenTargetError(f"expected output of {verb} in base64, with padding")


def _read_findings(value: object) -> list[dict[str, str]]:
    if value is None:
        return []
    if not isinstance(value, list) or len(value) > _MOST_FINDINGS:
        raise BrokenTargetError(f"expected findings: at most {_MOST_FINDINGS} objects")
    findings = []
    for each in value:
        if not isinstance(each, dict):
            raise BrokenTargetError("expected findings: objects")
        finding = {name: _read_text(each, name, missing="") for name in _FINDING_TEXTS}
        if _CODE.fullmatch(finding["code"]) is None:
            found = finding["code"][:60]
            raise BrokenTargetError(f"expected a finding's code in words and dots, found {found!r}")
        if finding["severity"] not in {"", *Severity}:
            found = finding["severity"][:60]
            raise BrokenTargetError(f"expected a severity ({', '.join(Severity)}), found {found!r}")
        findings.append({name: text for name, text in finding.items() if text})
    return findings
