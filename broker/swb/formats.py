"""National formats whose adapters run in this process: first-party ones, which we trust."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from swb.ports import Reading, Rendering

if TYPE_CHECKING:
    from swb_adapters.sdk import Adapter
    from swb_schemas.documents import Document

__all__ = ["InProcessFormat"]


class InProcessFormat:
    """`swb.ports.NationalFormat` by a call.

    Args:
        adapter: What `swb.plugins` found.
    """

    def __init__(self, adapter: Adapter) -> None:
        self._adapter = adapter

    @property
    def name(self) -> str:
        """The adapter's name."""
        return self._adapter.info.name

    @property
    def version(self) -> str:
        """The adapter's version."""
        return self._adapter.info.version

    @property
    def file_suffix(self) -> str:
        """Of files that hold one payload, with the dot."""
        return self._adapter.info.file_suffix

    async def to_canonical(self, raw: bytes) -> Reading:
        """See `swb.ports.NationalFormat.to_canonical`."""
        reading = self._adapter.to_canonical(raw)
        locate = reading.paths.find_national
        findings = tuple(
            each if each.national_path else replace(each, national_path=locate(each.path))
            for each in reading.findings
        )
        return Reading(document=reading.document, findings=findings, locate=locate)

    async def from_canonical(self, document: Document) -> Rendering:
        """See `swb.ports.NationalFormat.from_canonical`."""
        rendering = self._adapter.from_canonical(document)
        return Rendering(
            payload=rendering.payload,
            losses=rendering.losses,
            locate=rendering.paths.find_national,
        )
