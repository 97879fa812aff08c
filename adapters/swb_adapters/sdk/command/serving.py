"""The serving side: any Python adapter as an executable that speaks the command protocol."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING, Any, BinaryIO, Final

from swb_adapters.sdk.command.describing import describe, list_paths
from swb_adapters.sdk.command.protocol import (
    LINE_LIMIT,
    BrokenCommandError,
    Verdict,
    encode_line,
    read_octets,
    spell_finding,
    spell_octets,
)
from swb_adapters.sdk.json import parse_json
from swb_adapters.sdk.limits import AdapterLimits
from swb_schemas.catalogue import decode_document
from swb_schemas.errors import RefusedError
from swb_schemas.xml import encode, parse_xml

if TYPE_CHECKING:
    from swb_adapters.sdk.contract import Adapter

__all__ = ["answer", "serve"]

_LIMITS: Final = AdapterLimits(octets=LINE_LIMIT)
_FAILED: Final = "adapter.failed"


def serve(
    adapter: Adapter, requests: BinaryIO | None = None, answers: BinaryIO | None = None
) -> None:
    """Answer requests until there are no more.

    What anything prints meanwhile goes to standard error, so that it cannot stand among answers.

    Args:
        adapter: Any adapter.
        requests: Where they come from; None is standard input.
        answers: Where answers go; None is standard output.
    """
    reading = sys.stdin.buffer if requests is None else requests
    writing = sys.stdout.buffer if answers is None else answers
    before, sys.stdout = sys.stdout, sys.stderr
    try:
        while line := reading.readline(LINE_LIMIT + 1):
            writing.write(answer(adapter, line))
            writing.flush()
    finally:
        sys.stdout = before


def answer(adapter: Adapter, line: bytes) -> bytes:
    """Answer one request; whatever the adapter does, there is an answer."""
    number: object = None
    try:
        request = parse_json(line, limits=_LIMITS)
        if not isinstance(request, dict):
            message = "expected a request: an object"
            raise BrokenCommandError(message)  # noqa: TRY301 - one place that answers
        number = request.get("id")
        return _do(adapter, number, request)
    except BrokenCommandError as error:
        return _fail(number, "command.malformed", str(error))
    except RefusedError as refusal:
        return encode_line(
            {
                "id": number,
                "verdict": Verdict.REFUSED,
                "code": refusal.code,
                "message": refusal.message[:4000],
                "findings": [spell_finding(each) for each in refusal.findings],
            }
        )
    except Exception as error:  # noqa: BLE001 - a fault of the adapter's; its text may hold payload
        return _fail(number, _FAILED, f"the adapter raised {type(error).__name__}")


def _do(adapter: Adapter, number: object, request: dict[str, Any]) -> bytes:
    verb = request.get("verb")
    if verb == "describe":
        return _accept(number, output=describe(adapter))
    if verb == "to-canonical":
        return _read(adapter, number, read_octets(request, "input"))
    if verb == "from-canonical":
        return _write(adapter, number, read_octets(request, "input"))
    return _fail(number, "command.unknown_verb", "expected a verb of the description")


def _accept(number: object, **members: Any) -> bytes:  # noqa: ANN401 - JSON values
    return encode_line({"id": number, "verdict": Verdict.ACCEPTED, "code": None, **members})


def _fail(number: object, code: str, message: str) -> bytes:
    return encode_line(
        {"id": number, "verdict": Verdict.FAILED, "code": code, "message": message[:300]}
    )


def _read(adapter: Adapter, number: object, raw: bytes) -> bytes:
    reading = adapter.to_canonical(raw)
    known = list_paths(adapter).get(reading.message_type)
    return _accept(
        number,
        output=spell_octets(encode(reading.document)),
        message_type=reading.message_type,
        consent=reading.consent,
        findings=[spell_finding(each) for each in reading.findings],
        **({} if known == reading.paths else {"paths": [list(p) for p in reading.paths.pairs]}),
    )


def _write(adapter: Adapter, number: object, raw: bytes) -> bytes:
    rendering = adapter.from_canonical(decode_document(parse_xml(raw)))
    known = list_paths(adapter).get(rendering.message_type)
    return _accept(
        number,
        output=spell_octets(rendering.payload),
        message_type=rendering.message_type,
        findings=[spell_finding(each) for each in rendering.losses],
        **({} if known == rendering.paths else {"paths": [list(p) for p in rendering.paths.pairs]}),
    )
