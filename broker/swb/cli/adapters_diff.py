"""``swb adapters diff``: what changes when a document goes from one format through another."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import click

from swb.cli.arguments import FILE_OR_STDIN, read_octets
from swb.cli.outcome import explain_failure
from swb.cli.output import Answer, describe_finding
from swb.cli.payloads import get_adapter, locate
from swb.plugins import discover_adapters
from swb_adapters.sdk import find_differences
from swb_schemas.errors import Actor, RefusedError
from swb_schemas.wire.limits import LARGEST_PAYLOAD
from swb_schemas.xml import encode, parse_xml

if TYPE_CHECKING:
    from collections.abc import Iterator

    from lxml import etree

    from swb_schemas.documents import Document

__all__ = ["command"]


@click.command("diff", short_help="Show what a second format changes of a payload of a first.")
@click.argument("first", metavar="A")
@click.argument("second", metavar="B")
@click.argument("file", type=FILE_OR_STDIN)
def command(first: str, second: str, file: str) -> Answer:
    """Read FILE (- for standard input) by A, write it by B, read that again, and compare.

    What B declares that it loses is listed with its reason; so is what changed and was not
    declared, which is a fault of B's. What A itself could not carry into the canonical document are
    the losses of reading.

    Exit status: 0 every change was declared, 1 something changed in silence.
    """
    installed = discover_adapters()
    reader, writer = get_adapter(installed, first), get_adapter(installed, second)
    reading = reader.to_canonical(read_octets(file, limit=LARGEST_PAYLOAD))
    rendering = writer.from_canonical(reading.document)
    after = writer.to_canonical(rendering.payload)
    silent = find_differences(reading.document, after.document, rendering.losses)
    before_texts, after_texts = _list_texts(reading.document), _list_texts(after.document)
    changes: list[dict[str, object]] = [
        {
            "path": loss.path,
            "first_path": reading.paths.find_national(loss.path),
            "second_path": rendering.paths.find_national(loss.path),
            "before": before_texts.get(loss.path),
            "declared": True,
            "reason": loss.message,
        }
        for loss in rendering.losses
    ]
    changes += [
        {
            "path": path,
            "first_path": reading.paths.find_national(path),
            "second_path": rendering.paths.find_national(path),
            "before": before_texts.get(path),
            "after": after_texts.get(path),
            "declared": False,
            "reason": None,
        }
        for path in silent
    ]
    read = locate(reading.findings, reading)
    failure = None
    if silent:
        message = f"{len(silent)} change(s) that {second} does not declare, first {silent[0]}"
        broken = RefusedError("adapter.contract_broken", message, actor=Actor.DEVELOPER)
        failure = explain_failure(broken)
    return Answer(
        value={
            "first": first,
            "second": second,
            "message_type": reading.message_type,
            "changes": changes,
            "findings": [describe_finding(each) for each in read],
        },
        text="\n".join(_spell(first, second, changes)),
        findings=read,
        failure=failure,
    )


def _spell(first: str, second: str, changes: list[dict[str, object]]) -> Iterator[str]:
    declared = sum(1 for each in changes if each["declared"])
    yield f"{first} to {second}: {declared} declared loss(es), {len(changes) - declared} in silence"
    for each in changes:
        where = (
            f"{each['path']} ({each['first_path']})" if each["first_path"] else str(each["path"])
        )
        what = f"lost: {each['reason']}" if each["declared"] else "changed and not declared"
        yield f"  {where}: {what}"
        if each["before"] is not None:
            yield f"    before: {each['before']}"
        if each.get("after") is not None:
            yield f"    after:  {each['after']}"


def _list_texts(document: Document) -> dict[str, str]:
    """List the texts of a document by their canonical paths."""
    texts: dict[str, str] = {}

    def walk(element: etree._Element, path: str) -> None:
        for name, value in element.attrib.items():
            texts[f"{path}/@{re.sub('^{.*}', 'xml:', str(name))}"] = str(value)
        if not len(element):
            texts[path] = element.text or ""
        counts: dict[str, int] = {}
        for child in element:
            tag = str(child.tag).rpartition("}")[2]
            counts[tag] = counts.get(tag, 0) + 1
            # A path has positions on what may repeat; both spellings lead to the text.
            walk(child, f"{path}/{tag}[{counts[tag]}]")
            if counts[tag] == 1:
                walk(child, f"{path}/{tag}")

    walk(parse_xml(encode(document)), type(document).__name__)
    return texts
