"""Faults of manner: a target that breaks the protocol, whatever it is asked.

As a program, ``python manners.py NAME``, it knows nothing but its bad manners: it describes
itself, and would accept everything.
"""

from __future__ import annotations

import json
import os
import sys
import time
from collections.abc import Callable

__all__ = ["MANNERS"]

Answering = Callable[[bytes], bytes]
_LIMIT = 16_000_000


def _with(
    text: str, change: Callable[[bytes, dict[str, object]], bytes]
) -> tuple[str, Callable[[Answering], Answering]]:
    """A manner: what it does, and how it turns a good answer into what is written."""

    def switch_on(answer: Answering) -> Answering:
        def misbehave(line: bytes) -> bytes:
            good = answer(line)
            is_first = json.loads(line).get("verb") == "describe"
            return good if is_first else change(good, json.loads(good))

        return misbehave

    return text, switch_on


def _line(value: object) -> bytes:
    return json.dumps(value).encode() + b"\n"


def _die(*_: object) -> bytes:
    os._exit(3)


def _hang(*_: object) -> bytes:
    time.sleep(3600)
    return b""


def _without(name: str) -> Callable[[bytes, dict[str, object]], bytes]:
    return lambda _, said: _line({each: held for each, held in said.items() if each != name})


MANNERS = {
    "wrong-id": _with("answers under another id", lambda _, said: _line({**said, "id": 4_000_000})),
    "no-id": _with("answers under no id", _without("id")),
    "nonsense": _with("answers no JSON", lambda *_: b"\x00\xffhello\n"),
    "half-a-line": _with("stops in the middle of a line", lambda good, _: good[:-5]),
    "two-lines": _with("answers twice", lambda good, _: good + good),
    "member-twice": _with(
        "says a thing twice", lambda good, _: good[:-2] + b',"verdict":"refused"}\n'
    ),
    "another-verdict": _with(
        "has a verdict of its own", lambda _, said: _line({**said, "verdict": "maybe"})
    ),
    "no-verdict": _with("has no verdict", _without("verdict")),
    "no-code": _with(
        "refuses without a code",
        lambda _, said: _line({"id": said["id"], "verdict": "refused", "code": None}),
    ),
    "empty-acceptance": _with(
        "accepts without what was asked for",
        lambda _, said: _line({"id": said["id"], "verdict": "accepted", "code": None}),
    ),
    "failed": _with(
        "fails at everything",
        lambda _, said: _line({"id": said["id"], "verdict": "failed", "code": "command.failed"}),
    ),
    "crashes": _with("dies at each question", _die),
    "hangs": _with("does not answer", _hang),
    "floods": _with("writes more than a line may have", lambda *_: b"x" * (_LIMIT + 2) + b"\n"),
}
"""By name: what it does wrong, and how it is switched on."""


def _answer(verbs: list[str]) -> Answering:
    description = {"protocol": 1, "verbs": verbs, "name": "manners", "version": "1.0.0"}

    def answer(line: bytes) -> bytes:
        request = json.loads(line)
        output = description if request["verb"] == "describe" else {}
        return _line({"id": request["id"], "verdict": "accepted", "code": None, "output": output})

    return answer


def main() -> None:
    """Serve with the manner that the first argument names."""
    _, switch_on = MANNERS[sys.argv[1]]
    answer = switch_on(_answer(["seal", "open", "sign", "verify"]))
    for line in sys.stdin.buffer:
        sys.stdout.buffer.write(answer(line))
        sys.stdout.buffer.flush()


if __name__ == "__main__":
    main()
