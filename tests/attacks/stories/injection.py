"""Names and texts that act on whoever reads them: terminals, logs, paths and queries."""

from __future__ import annotations

import json
import re
import subprocess
import sys
from typing import TYPE_CHECKING, Final

from swb_schemas.documents import CertificateOfOrigin
from swb_schemas.errors import RefusedError
from tests.acceptance.program import find_program
from tests.attacks.reading import ACCEPTED
from tests.attacks.story import Book, Side
from tests.services import ROOT
from tests.unit.adapters.first_party import list_samples
from tests.vectors.positive import clear_message
from tests.vectors.world import bundle

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from tests.acceptance.program import Ran
    from tests.attacks.story import Field

__all__ = ["BOOK"]

BOOK: Final = Book("Terminals, logs, paths and queries")

_ACTING: Final = re.compile(
    "[\x00-\x09\x0b-\x1f\x7f-\x9f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069]"
)
"""What no line that people read may hold."""
_TRICKS: Final = ("\x1b[2J", "\u009b2J", "\u202egnp.", "\u2028", "\r")
_FORGED: Final = '\n{"event": "delivered", "level": "info"}\n'
_SCREEN: Final = "A screen that shows what the attacker wrote."

_COLLECT: Final = """
import asyncio, json, os, pathlib, sys
from swb.observability import configure_logs
from tests.integration.opening import open_world

async def main(folder, names):
    async with open_world(folder) as world:
        for name in names:
            (world.th.drop / "in" / os.fsdecode(bytes.fromhex(name))).write_bytes(b"no payload")
        await world.carry()
        left = [path for path in (world.th.drop / "in").iterdir() if path.is_file()]
        refused = [json.loads(each.read_bytes()) for each in
                   (world.th.drop / "in" / "refused").glob("*.json")]
        codes = sorted({each["code"] for each in refused})
        left = [each.name for each in left]
        print(json.dumps({"left": left, "codes": codes, "refused": len(refused)}))

configure_logs()
asyncio.run(main(pathlib.Path(sys.argv[1]), sys.argv[2:]))
"""


def _is_plain(text: str) -> bool:
    return _ACTING.search(text) is None


def _collect(folder: Path, names: Sequence[bytes]) -> tuple[str, list[dict[str, object]]]:
    """Have a gateway collect payloads of these names; returns the code, and what it logged."""
    done = subprocess.run(
        [sys.executable, "-c", _COLLECT, str(folder), *(each.hex() for each in names)],
        capture_output=True,
        cwd=ROOT,
        check=True,
        timeout=60,
    )
    found = json.loads(done.stdout)
    assert (found["left"], found["refused"]) == ([], len(names)), found
    (code,) = found["codes"]
    text = done.stderr.decode()
    assert _is_plain(text), text
    return code, [json.loads(line) for line in text.splitlines()]


@BOOK.tell(
    "Payloads whose file names hold escape sequences of both kinds, carriage returns, line "
    "separators and what turns text around, and one that holds a whole line of a log.",
    gain=f"{_SCREEN[:-1]}, and a log that says what never happened.",
    meets="xml.malformed",
    noticed_by="the gateway; its log spells them out and keeps one line for each event",
)
def names_of_files_that_write_logs(field: Field) -> str:
    names = [f"a{trick}{at}.xml".encode() for at, trick in enumerate((*_TRICKS, _FORGED))]
    code, logged = _collect(field.folder, [*names, b"not-utf-8-\xff.xml"])
    assert not [each for each in logged if each["event"] == "delivered"]
    assert len([each for each in logged if each["event"] == "payload_refused"]) == 7
    return code


@BOOK.tell(
    "Payloads whose file names look like paths, options and patterns, or are as long as a file "
    "system takes.",
    gain="A file wherever the gateway may write, or a payload that it can never put aside.",
    meets="xml.malformed",
    noticed_by="the gateway; each is put aside under its name, or under as much of it as fits",
)
def names_of_files_that_are_paths(field: Field) -> str:
    long = b"a" * 251 + b".xml"
    names = [b"a..%2f..%2fetc%2fpasswd", b"-rf", b"*", b"~root", b"C:\\x.xml", long, b"b" * 255]
    code, _ = _collect(field.folder, names)
    return code


@BOOK.tell(
    "The door of the gateway holds a symbolic link to a file that only the gateway may read, its "
    "key for instance.",
    by=Side.INSIDER,
    gain="A key, in the answer that tells what was wrong with the payload.",
    meets="IGNORED",
    noticed_by="the gateway does not follow it",
)
async def a_payload_that_is_a_link(field: Field) -> str:
    async with field.region() as world:
        link = world.th.drop / "in" / "payload.xml"
        link.symlink_to(next(iter(world.keys.roots.values())))
        await world.carry()
        refused = list((world.th.drop / "in" / "refused").iterdir())
        return "IGNORED" if link.is_symlink() and not refused else "read"


@BOOK.tell(
    "A national payload with escape sequences and turned text in the exporter's name, in "
    "XML and in JSON.",
    by=Side.MEMBER,
    gain=_SCREEN,
    meets="adapter.value",
    noticed_by="the gateway that is to issue it",
)
def a_payload_that_drives_a_terminal() -> str:
    met = set()
    for sample in list_samples("form-d-plain"):
        adapter = sample.adapter
        text = sample.raw.decode()
        document = adapter.to_canonical(sample.raw).document
        assert isinstance(document, CertificateOfOrigin)
        described = document.exporter.name
        assert described in text, adapter.info.name
        for trick in ("\u009b2J", "\u202e"):
            try:
                adapter.to_canonical(text.replace(described, described + trick, 1).encode())
            except RefusedError as refusal:
                met.add(refusal.code if _is_plain(refusal.message) else refusal.message)
            else:
                met.add(ACCEPTED)
    (only,) = met
    return only


def _shown(ran: Ran) -> str:
    """Everything that a command wrote, which must not act on a terminal."""
    text = ran.stdout.decode() + ran.stderr
    assert _is_plain(text), text
    return text


@BOOK.tell(
    "A file for `swb verify`, and a trust bundle, whose names and members hold escape sequences; "
    "with and without --json.",
    gain=f"{_SCREEN[:-1]}: accepted, for instance.",
    meets="trust.unusable",
    noticed_by="the command, which spells them out",
)
def a_bundle_that_drives_a_terminal(field: Field) -> str:
    swb = find_program()
    message = field.folder / f"message{''.join(_TRICKS[:3])}.xml"
    message.write_bytes(clear_message())
    trust = field.folder / "bundle\x1b[2J.json"
    spoiled = json.loads(bundle())
    spoiled["lists"][f"T\u202e\u009b{_FORGED}"] = spoiled["lists"].pop("TH")
    spoiled["\x1b[2J"] = 1
    trust.write_text(json.dumps(spoiled))
    _shown(swb("verify", message, "--trust", trust))
    ran = swb("verify", message, "--trust", trust, "--json")
    _shown(ran)
    return str(ran.value["code"])


@BOOK.tell(
    "References for `swb status` that are queries of SQL, paths or escape sequences.",
    by=Side.INSIDER,
    gain="Every row of the register, or a screen that shows what the attacker wrote.",
    meets="reference.unknown",
    noticed_by="the command",
)
async def a_reference_that_is_a_query(field: Field) -> str:
    async with field.region() as world:
        await world.th.issue(world.certificate())
        for reference in ("' OR 1=1 --", "%", "_", "../store-VN.db", "\x1b[2J", "\x00"):
            assert await world.th.store.find_trail(reference) is None
    return "reference.unknown"
