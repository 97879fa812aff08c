"""Logs: one JSON value a line, and nothing of a payload in them, not even in an exception."""

from __future__ import annotations

import json
import logging
import os
import subprocess
import sys
from typing import Any

import structlog
from structlog.testing import capture_logs

from swb.observability import configure_logs

SECRET = "EXAMPLE ISAN RICE MILL"

PROGRAM = f"""
import asyncio, logging, structlog
from pydantic import BaseModel
from swb.observability import configure_logs
configure_logs()
log = structlog.get_logger("swb.test")
log.info("relayed", document_id="1", names=["a", "b"], text="two\\nlines \\u0e01 \\u2028 \\x07")
log.debug("hidden")
logging.getLogger("library").warning("a %s of a library", "warning")
logging.getLogger("library").info("kept")
logging.getLogger("aio_pika").info("noise")
log.info("odd", value=object(), octets=b"\\xff")

class Model(BaseModel):
    number: int

def break_at(depth):
    if depth:
        return break_at(depth - 1)
    try:
        Model.model_validate({{"number": "{SECRET}"}})
    except ValueError as cause:
        raise KeyError("{SECRET}") from cause

try:
    break_at(3)
except KeyError:
    log.exception("faulted", document_id="2")
    logging.getLogger("library").exception("a fault in a library")
try:
    raise ExceptionGroup("{SECRET}", [ValueError("{SECRET}"), OSError("{SECRET}")])
except ExceptionGroup:
    log.exception("faulted")
log.error("faulted", exc_info=ValueError("{SECRET}"))

async def never_awaited():
    async def fail():
        raise ValueError("{SECRET}")
    task = asyncio.create_task(fail())
    await asyncio.sleep(0)
    await asyncio.sleep(0)
    del task
asyncio.run(never_awaited())
"""


def run(program: str) -> list[dict[str, Any]]:
    done = subprocess.run(
        [sys.executable, "-c", program],
        capture_output=True,
        check=True,
        env={**os.environ, "PYTHONPATH": os.pathsep.join(filter(None, sys.path))},
        timeout=60,
    )
    assert done.stdout == b""
    return [json.loads(line) for line in done.stderr.decode().rstrip("\n").split("\n")]


def test_every_line_is_one_json_value_and_no_exception_tells_what_it_met() -> None:
    lines = run(PROGRAM)

    by_event = [(line["event"], line["level"], line["logger"]) for line in lines]
    assert by_event[:4] == [
        ("relayed", "info", "swb.test"),
        ("a warning of a library", "warning", "library"),
        ("kept", "info", "library"),
        ("odd", "info", "swb.test"),
    ]
    assert [event for event, _, _ in by_event[4:8]] == [
        "faulted",
        "a fault in a library",
        "faulted",
        "faulted",
    ]
    assert by_event[8][0].startswith("Task exception was never retrieved")
    assert lines[0]["names"] == ["a", "b"]
    assert lines[0]["text"] == "two\nlines \u0e01 \u2028 \x07"
    assert all(line["timestamp"].endswith("Z") for line in lines)
    assert SECRET not in json.dumps(lines)


def test_an_exception_is_told_by_kind_and_place() -> None:
    lines = run(PROGRAM)
    (fault, library, group, given) = (line["exception"] for line in lines[4:8])
    for told in (fault, library):
        assert [each["type"] for each in told] == ["KeyError", "ValidationError"]
        assert all("in break_at" in place for place in told[0]["places"][1:])
    assert [each["type"] for each in group] == ["ExceptionGroup", "ValueError", "OSError"]
    assert given == [{"type": "ValueError", "places": []}]


def test_a_logger_that_was_used_follows_every_later_configuration() -> None:
    log = structlog.get_logger("swb.used_before")
    configure_logs(level=logging.CRITICAL)
    log.info("unheard")
    configure_logs(level=logging.CRITICAL)
    with capture_logs() as heard:
        log.info("heard")
    assert [each["event"] for each in heard] == ["heard"]
