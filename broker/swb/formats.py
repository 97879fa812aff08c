"""National formats: adapters that run in this process, and programs that are waited for beside it.

A national system may speak several formats: an integrator's JSON beside the canonical XML, for
example. A payload is read by the adapter of its syntax, which its first octet tells, and of its
root element, where an adapter names one; a document is written by the first adapter that writes its
kind.
"""

from __future__ import annotations

import asyncio
from dataclasses import replace
from typing import TYPE_CHECKING, TypeVar

from swb.ports import Reading, Rendering
from swb_adapters.sdk import Syntax, find_differences, find_reader, find_writer
from swb_adapters.sdk.command import CommandAdapter
from swb_schemas.errors import Actor, RefusedError

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from swb_adapters.sdk import Adapter
    from swb_schemas.documents import Document

__all__ = ["InProcessFormats"]

_GivenT = TypeVar("_GivenT")
_ResultT = TypeVar("_ResultT")


class InProcessFormats:
    """`swb.ports.NationalFormats` by calls.

    Args:
        adapters: What `swb.plugins` found, in order of preference for writing.

    Raises:
        RefusedError: ``config.invalid``: two of them have one syntax and no root of their own, so
            nobody could tell their payloads apart.
    """

    def __init__(self, adapters: Sequence[Adapter]) -> None:
        self._adapters = tuple(adapters)
        known: dict[tuple[Syntax, str], Adapter] = {}
        for adapter in adapters:
            syntax = Syntax.of_media_type(adapter.info.media_type)
            other = known.setdefault((syntax, adapter.info.root), adapter)
            if other is not adapter:
                message = (
                    f"expected one adapter for a syntax, found {other.info.name} and "
                    f"{adapter.info.name}, both for {syntax}"
                )
                raise RefusedError("config.invalid", message, actor=Actor.OPERATOR)

    async def to_canonical(self, raw: bytes) -> Reading:
        """See `swb.ports.NationalFormats.to_canonical`."""
        adapter = find_reader(self._adapters, raw)
        reading = await _call(adapter, adapter.to_canonical, raw)
        locate = reading.paths.find_national
        findings = tuple(
            each if each.national_path else replace(each, national_path=locate(each.path))
            for each in reading.findings
        )
        return Reading(
            document=reading.document,
            adapter=adapter.info.name,
            adapter_version=adapter.info.version,
            findings=findings,
            locate=locate,
            consent=reading.consent,
        )

    async def from_canonical(self, document: Document) -> Rendering:
        """See `swb.ports.NationalFormats.from_canonical`."""
        adapter = self._find_writer(document)
        rendering = await _call(adapter, adapter.from_canonical, document)
        return Rendering(
            payload=rendering.payload,
            adapter=adapter.info.name,
            file_suffix=adapter.info.file_suffix,
            losses=rendering.losses,
            locate=rendering.paths.find_national,
        )

    def _find_writer(self, document: Document) -> Adapter:
        adapter = find_writer(self._adapters, document)
        try:
            adapter.info.get_support(document)
        except RefusedError as cause:
            # No fault of who sent it: this gateway took a type that it has no format for.
            names = ", ".join(each.info.name for each in self._adapters)
            message = f"{cause.message}; [national] adapters has {names}"
            raise RefusedError(
                cause.code, message, actor=Actor.OPERATOR, findings=cause.findings
            ) from cause
        return adapter

    async def compare(self, document: Document, rendering: Rendering) -> Sequence[str]:
        """See `swb.ports.NationalFormats.compare`."""
        adapter = self._find_writer(document)
        again = await _call(adapter, adapter.to_canonical, rendering.payload)
        return find_differences(document, again.document, rendering.losses)


async def _call(adapter: Adapter, verb: Callable[[_GivenT], _ResultT], given: _GivenT) -> _ResultT:
    """Call an adapter; one that is a program is waited for in a thread, and holds nobody up."""
    if isinstance(adapter, CommandAdapter):
        return await asyncio.to_thread(verb, given)
    return verb(given)
