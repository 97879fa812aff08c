"""The built-in target of the conformance suite: our own code behind the protocol's pipe.

``python -m swb.cli.conformance_target ADAPTER`` answers all verbs, so that our code is tried
through the same door as everybody's. Started by ``swb conformance run --target builtin:ADAPTER``.
"""

from __future__ import annotations

import json
import sys
from importlib.metadata import entry_points
from typing import TYPE_CHECKING, Any, BinaryIO, Final

from swb.plugins import GROUP, discover_adapters
from swb_adapters.sdk.command import answer as answer_as_adapter
from swb_adapters.sdk.command.describing import VERBS as ADAPTER_VERBS
from swb_adapters.sdk.command.describing import describe
from swb_adapters.sdk.command.protocol import encode_line
from swb_conformance.protocol import LINE_LIMIT
from swb_conformance.reference import VERBS, answer_request
from swb_conformance.target import Verb

if TYPE_CHECKING:
    from swb_adapters.sdk import Adapter

__all__ = ["answer_line", "load_adapter", "main", "serve"]

_USAGE: Final = "usage: python -m swb.cli.conformance_target ADAPTER"


def load_adapter(name: str) -> Adapter:
    """Load one installed adapter, and no other.

    Raises:
        RefusedError: ``adapter.unknown``.
    """
    return discover_adapters(entry_points(group=GROUP, name=name)).get(name)


def answer_line(adapter: Adapter, line: bytes) -> bytes:
    """Answer one request; whatever stands in it, there is an answer."""
    request = _read(line)
    verb = None if request is None else request.get("verb")
    if request is None or verb not in {Verb.DESCRIBE, *VERBS}:
        return answer_as_adapter(adapter, line)
    number = request.get("id")
    if verb == Verb.DESCRIBE:
        output = {**describe(adapter), "verbs": [*ADAPTER_VERBS, *VERBS]}
        return encode_line({"id": number, "verdict": "accepted", "code": None, "output": output})
    return encode_line({"id": number, **answer_request(request)})


def serve(adapter: Adapter, requests: BinaryIO, answers: BinaryIO) -> None:
    """Answer requests until there are no more."""
    while line := requests.readline(LINE_LIMIT + 1):
        answers.write(answer_line(adapter, line))
        answers.flush()


def main() -> None:
    """Serve on standard input and output; what anything prints goes to standard error."""
    if len(sys.argv) != 2:  # noqa: PLR2004 - the program and its argument
        sys.exit(_USAGE)
    adapter = load_adapter(sys.argv[1])
    answers, sys.stdout = sys.stdout, sys.stderr
    serve(adapter, sys.stdin.buffer, answers.buffer)


def _read(line: bytes) -> dict[str, Any] | None:
    try:
        value = json.loads(line)
    except (ValueError, RecursionError):
        return None
    return value if isinstance(value, dict) else None


if __name__ == "__main__":
    main()
