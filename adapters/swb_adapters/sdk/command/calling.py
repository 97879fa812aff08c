"""The calling side: a process that speaks the protocol, as an `Adapter`.

What it says is believed as little as a stranger's payload. A document is one only after the schema
and the model accepted it; what they refuse is the payload's fault, told at the place that the path
map names, so that an adapter in another language need not repeat what every document must hold.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Final, Protocol

from swb_adapters.sdk.building import refuse
from swb_adapters.sdk.command.describing import Description, read_description
from swb_adapters.sdk.command.protocol import (
    Answer,
    BrokenCommandError,
    Verdict,
    encode_line,
    parse_answer,
    read_octets,
    read_text,
    spell_octets,
)
from swb_adapters.sdk.contract import AdapterInfo, Reading, Rendering
from swb_adapters.sdk.limits import DEFAULT_LIMITS
from swb_schemas.catalogue import CATALOGUE, decode_document
from swb_schemas.errors import Actor, RefusedError, UnavailableError
from swb_schemas.findings import Severity
from swb_schemas.wire.limits import check_tree_items
from swb_schemas.xml import encode, parse_xml

if TYPE_CHECKING:
    from collections.abc import Mapping
    from contextlib import AbstractContextManager

    from swb_adapters.sdk.paths import PathMap
    from swb_schemas.documents import Document

__all__ = ["Channel", "CommandAdapter"]

_ATTEMPTS: Final = 2
"""A call whose process died is made again in a new one, once."""


class Channel(Protocol):
    """Whoever runs the process, and bounds what it may take."""

    @property
    def name(self) -> str:
        """What to call it in messages."""
        ...

    def turn(self) -> AbstractContextManager[object]:
        """Let nobody else ask meanwhile."""
        ...

    def start(self) -> bool:
        """Start the process where none runs.

        Returns:
            Whether it was started just now, and has to describe itself first.

        Raises:
            UnavailableError: ``adapter.unavailable``.
        """
        ...

    def exchange(self, line: bytes) -> bytes:
        """Send a request, and get the line that answers it.

        Raises:
            BrokenCommandError: The process died, hung or flooded.
        """
        ...

    def drop(self) -> None:
        """End the process; the next start makes a new one."""
        ...

    def close(self) -> None:
        """End the process for good."""
        ...


class CommandAdapter:
    """An adapter in a process of its own.

    Args:
        channel: Runs the process, which is asked at once what it is.

    Raises:
        RefusedError: ``adapter.command``: it does not describe itself as an adapter.
        UnavailableError: ``adapter.unavailable``.
    """

    def __init__(self, channel: Channel) -> None:
        self._channel = channel
        self._number = 0
        with channel.turn():
            channel.start()
            try:
                self._description = self._describe()
            except BrokenCommandError as cause:
                channel.close()
                message = f"expected {channel.name} to be an adapter: {cause}"
                raise RefusedError("adapter.command", message, actor=Actor.OPERATOR) from cause

    @property
    def info(self) -> AdapterInfo:
        """What the adapter says of itself."""
        return self._description.info

    @property
    def paths(self) -> Mapping[str, PathMap]:
        """Where elements stand, by message type; empty where it depends on the document."""
        return self._description.paths

    def ping(self) -> None:
        """Require that its process runs.

        Raises:
            UnavailableError: ``adapter.unavailable``.
        """
        with self._channel.turn():
            try:
                if self._channel.start():
                    self._check_unchanged()
            except BrokenCommandError as cause:
                self._channel.drop()
                raise UnavailableError("adapter.unavailable", str(cause)) from cause

    def close(self) -> None:
        """End its process."""
        self._channel.close()

    def to_canonical(self, raw: bytes) -> Reading:
        """Read one payload; see `swb_adapters.sdk.Adapter`.

        Raises:
            RefusedError: As of every adapter; ``adapter.failed``: the process dies of this
                payload, or says what makes no sense.
            UnavailableError: ``adapter.unavailable``.
        """
        if len(raw) > DEFAULT_LIMITS.octets:
            message = f"expected at most {DEFAULT_LIMITS.octets:,} octets, found {len(raw):,}"
            raise refuse("adapter.too_large", message)
        said = self._ask("to-canonical", raw)
        try:
            return self._read_document(said)
        except BrokenCommandError as cause:
            raise self._fail(cause) from cause

    def from_canonical(self, document: Document) -> Rendering:
        """Write one document; see `swb_adapters.sdk.Adapter` and `to_canonical`."""
        support = self.info.get_support(document)
        said = self._ask("from-canonical", encode(document))
        if any(each.severity is not Severity.LOSS or not each.path for each in said.findings):
            message = "expected losses with a path, found other findings"
            raise self._fail(BrokenCommandError(message))
        try:
            payload = read_octets(said.members, "output")
        except BrokenCommandError as cause:
            raise self._fail(cause) from cause
        return Rendering(
            message_type=support.message_type,
            payload=payload,
            losses=said.findings,
            paths=self._paths(said, support.message_type),
        )

    # --- asking ------------------------------------------------------------------------------

    def _ask(self, verb: str, raw: bytes) -> Answer:
        with self._channel.turn():
            for attempt in range(1, _ATTEMPTS + 1):
                try:
                    if self._channel.start():
                        self._check_unchanged()
                    said = self._exchange({"verb": verb, "input": spell_octets(raw)})
                    break
                except BrokenCommandError as cause:
                    self._channel.drop()
                    if attempt == _ATTEMPTS:
                        raise self._fail(cause) from cause
        if said.verdict == Verdict.FAILED:
            raise self._fail(BrokenCommandError(f"{said.code}: {said.message}"))
        if said.verdict == Verdict.REFUSED:
            message = said.message or "the adapter refuses the payload"
            raise RefusedError(said.code, message, findings=said.findings)
        return said

    def _exchange(self, request: dict[str, object]) -> Answer:
        self._number += 1
        line = self._channel.exchange(encode_line({"id": self._number, **request}))
        return parse_answer(line, self._number)

    def _describe(self) -> Description:
        said = self._exchange({"verb": "describe"})
        if said.verdict != Verdict.ACCEPTED:
            message = f"it does not describe itself: {said.code}: {said.message}"
            raise BrokenCommandError(message)
        return read_description(said.members.get("output"))

    def _check_unchanged(self) -> None:
        """The version stands in seals, so it may not change under way."""
        if self._describe() != self._description:
            self._channel.drop()
            message = (
                f"expected {self._channel.name} to describe itself as at the start, found it "
                "changed: start again whoever uses it"
            )
            raise UnavailableError("adapter.unavailable", message)

    def _fail(self, cause: BrokenCommandError) -> RefusedError:
        message = f"{self._channel.name} cannot cope with this payload: {cause}"
        return RefusedError("adapter.failed", message[:500], actor=Actor.DEVELOPER)

    # --- believing ---------------------------------------------------------------------------

    def _paths(self, said: Answer, message_type: str) -> PathMap:
        return self._description.paths[message_type] if said.paths is None else said.paths

    def _read_document(self, said: Answer) -> Reading:
        message_type = read_text(said.members, "message_type")
        support = next((m for m in self.info.messages if m.message_type == message_type), None)
        if support is None or not support.reads:
            message = f"expected a message type that it reads, found {message_type[:60]!r}"
            raise BrokenCommandError(message)
        consent = said.members.get("consent")
        if consent is not None and not isinstance(consent, bool):
            message = "expected consent: true, false or null"
            raise BrokenCommandError(message)
        if any(each.severity is Severity.REFUSE for each in said.findings):
            message = "expected no fault in what is accepted"
            raise BrokenCommandError(message)
        paths = self._paths(said, message_type)
        document = _decode(read_octets(said.members, "output"), paths)
        if CATALOGUE[message_type].model is not type(document):
            message = f"expected a document of {message_type}, found {type(document).__name__}"
            raise BrokenCommandError(message)
        return Reading(
            message_type=message_type,
            document=document,
            findings=said.findings,
            paths=paths,
            consent=consent,
        )


def _decode(raw: bytes, paths: PathMap) -> Document:
    try:
        tree = parse_xml(raw)
        check_tree_items(tree)
        return decode_document(tree)
    except RefusedError as cause:
        if cause.code == "document.too_many_items":
            raise
        if cause.code not in {"document.invalid", "xml.schema"}:
            message = f"expected a canonical document: {cause.message[:300]}"
            raise BrokenCommandError(message) from cause
        findings = tuple(
            replace(each, code="adapter.value", national_path=paths.find_national(each.path))
            for each in cause.findings[: DEFAULT_LIMITS.findings]
        )
        first = findings[0] if findings else None
        where = first and (first.national_path or first.path)
        said = first.message if first else cause.message
        message = f"{len(findings)} fault(s), first at {where}: {said}"
        raise RefusedError("adapter.value", message, findings=findings) from cause
