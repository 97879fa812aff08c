"""A program that describes itself as a target of every profile, and then does something wrong.

``python broken_program.py MODE [after-describe]``: what it does, and whether its description is
right before it begins with it.
"""

from __future__ import annotations

import json
import os
import sys
import time
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable

DESCRIPTION = {
    "protocol": 1,
    "api": 1,
    "verbs": [
        "describe",
        "to-canonical",
        "from-canonical",
        "check",
        "seal",
        "open",
        "sign",
        "verify",
    ],
    "name": "broken",
    "version": "1.0.0",
    "provenance": "simulated",
    "system": "a target that breaks",
    "media_type": "text/plain",
    "file_suffix": ".txt",
    "messages": [{"message_type": "CertificateIssue"}, {"message_type": "CustomsReceipt"}],
}


def say(value: object) -> None:
    sys.stdout.write(json.dumps(value) + "\n")
    sys.stdout.flush()


def write(text: str) -> None:
    sys.stdout.write(text)
    sys.stdout.flush()


def flood(text: str) -> None:
    while True:
        sys.stdout.write(text)


def hoard() -> None:
    kept = bytearray()
    while True:
        kept += bytes(1 << 24)


def break_off() -> None:
    write('{"id":')
    os._exit(0)


REFUSED = {"verdict": "refused", "code": "adapter.value"}
MODES: dict[str, Callable[[int], object]] = {
    "crashes": lambda _: os.abort(),
    "exits": lambda _: sys.exit(0),
    "hangs": lambda _: time.sleep(600),
    "talks nonsense": lambda _: write("Traceback (most recent call last):\n"),
    "floods": lambda _: flood("x" * 65536),
    "floods with lines": lambda number: flood(json.dumps({"id": number, **REFUSED}) + "\n"),
    "answers another id": lambda number: say({"id": number + 1, **REFUSED}),
    "answers twice": lambda number: write((json.dumps({"id": number, **REFUSED}) + "\n") * 2),
    "takes all memory": lambda _: hoard(),
    "says that it failed": lambda number: say(
        {"id": number, "verdict": "failed", "code": "internal.fault"}
    ),
    "refuses without a code": lambda number: say(
        {"id": number, "verdict": "refused", "code": None}
    ),
    "accepts without output": lambda number: say(
        {"id": number, "verdict": "accepted", "code": None}
    ),
    "ends its answers early": lambda _: break_off(),
}


def main() -> None:
    mode, describes = sys.argv[1], sys.argv[2:] == ["after-describe"]
    for line in sys.stdin:
        request = json.loads(line)
        if request["verb"] == "describe" and describes:
            said = {"id": request["id"], "verdict": "accepted", "code": None}
            say({**said, "output": DESCRIPTION})
        else:
            MODES[mode](request["id"])


main()
