"""``swb conformance act``: does at a gateway's drop folder what the live profiles ask for.

It stands in for the national single window: it writes payloads in the national format, and looks at
what was handed over. Whoever tests another gateway writes such a command of their own; the steps
are in docs/conformance/live.md.
"""

from __future__ import annotations

import asyncio
import base64
import json
import sys
import time
from typing import TYPE_CHECKING, Any, Final

import click

from swb.app.adapting import get_formats
from swb.app.national import get_drop_folder
from swb.app.parts import get_national
from swb.atomic import replace_file
from swb.cli.conformance_sides import tell
from swb.cli.options import config_option
from swb.cli.output import Answer
from swb.config import load_config
from swb_conformance.live import STEP_LIMIT, ActError, CannotActError, Step, Told, parse_step
from swb_schemas.catalogue import decode_document
from swb_schemas.errors import RefusedError, SwbError
from swb_schemas.parsing import parse_xml
from swb_schemas.xml.codec import encode

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from swb.config import Config

__all__ = ["DropFolderAct", "command"]

_LOOK_EVERY: Final = 0.02
_SETTLES_WITHIN: Final = 0.5
"""Seconds after which what is not there counts as not arrived; the suite asks once more where it
expects it."""
_CANNOT: Final = 3


class DropFolderAct:
    """`swb_conformance.live.Act` at the drop folder of this project's gateway.

    Args:
        config: The gateway's.
        restart: Ends the gateway and starts it again; None where that is not possible from here.
    """

    def __init__(self, config: Config, *, restart: Callable[[], None] | None = None) -> None:
        self._config = config
        self._folder = get_drop_folder(config)
        self._formats = get_formats(get_national(config))
        self._restart = restart
        self._entered = 0

    def do(self, step: Step, *, within: float, **members: object) -> Told:
        """See `Act.do`."""
        match step:
            case Step.ENTER:
                return self._enter(str(members["document"]), within)
            case Step.ARRIVED:
                return self._look(str(members["document_id"]), within)
            case Step.CLOSE:
                return self._move("out", "out.away")
            case Step.OPEN:
                return self._move("out.away", "out")
            case Step.RESTART if self._restart is not None:
                self._restart()
                return Told()
            case _:
                return tell(step, self._config, within=within, members=members)

    def _enter(self, document: str, within: float) -> Told:
        try:
            canonical = decode_document(parse_xml(base64.b64decode(document)))
            rendering = asyncio.run(self._formats.from_canonical(canonical))
        except SwbError as cause:
            if cause.code in {"adapter.unsupported", "adapter.mandatory_loss"}:
                raise CannotActError(str(cause)) from cause
            raise ActError(str(cause)) from cause
        self._entered += 1
        name = f"suite-{time.time_ns()}-{self._entered}{rendering.file_suffix}"
        waiting = self._folder / "in" / name
        replace_file(waiting, rendering.payload, mode=None, durable=False)
        until = time.monotonic() + within
        while time.monotonic() < until:
            for door in ("accepted", "refused"):
                note = self._folder / "in" / door / f"{name}.json"
                if note.exists() and not waiting.exists():
                    told = json.loads(note.read_text(encoding="utf-8"))
                    return Told(members={"accepted": door == "accepted", **_spell(told)})
            time.sleep(_LOOK_EVERY)
        message = f"expected the gateway to take {name} within {within:g} seconds"
        raise ActError(message)

    def _look(self, document_id: str, within: float) -> Told:
        until = time.monotonic() + min(within, _SETTLES_WITHIN)
        while True:
            found = [
                path
                for door in ("out", "parallel")
                if (self._folder / door).is_dir()
                for path in sorted((self._folder / door).iterdir())
                if path.name.startswith(document_id) and not path.name.endswith(".advice.json")
            ]
            if found or time.monotonic() > until:
                break
            time.sleep(_LOOK_EVERY)
        if not found:
            return Told(members={"arrived": 0})
        payload = found[0].read_bytes()
        members: dict[str, Any] = {
            "arrived": len(found),
            "payload": base64.b64encode(payload).decode(),
        }
        try:
            reading = asyncio.run(self._formats.to_canonical(payload))
            members["document"] = base64.b64encode(encode(reading.document)).decode()
        except RefusedError:
            pass  # a format that is written and not read
        return Told(members=members)

    def _move(self, source: str, target: str) -> Told:
        one, other = self._folder / source, self._folder / target
        if one.is_dir() and not other.exists():
            one.rename(other)
        return Told()


def _spell(told: object) -> dict[str, object]:
    return {"note": told} if told else {}


@click.command("act", short_help="Do at a drop folder what a live test asks for.")
@config_option("Configuration (TOML) of the gateway under test")
def command(file: Path) -> Answer:
    """Do the one step that standard input asks for, as one line of JSON; answer by another.

    Exit status: 0 done, 1 not done, or no step that can be read, 3 no such step here.
    """
    try:
        asked = parse_step(sys.stdin.buffer.readline(STEP_LIMIT + 1))
        act = DropFolderAct(load_config(file))
        told = act.do(asked.step, within=asked.within, **asked.members)
    except CannotActError as cause:
        click.echo(str(cause), err=True)
        raise click.exceptions.Exit(_CANNOT) from cause
    except ActError as cause:
        click.echo(str(cause), err=True)
        raise click.exceptions.Exit(1) from cause
    return Answer(value=dict(told.members), text=json.dumps(dict(told.members)))
