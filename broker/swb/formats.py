"""National formats whose adapters run in this process: first-party ones, which we trust.

A national system may speak several formats, one for each syntax: an integrator's JSON beside the
canonical XML, for example. A payload is read by the adapter of its syntax, which its first octet
tells; a document is written by the first adapter that writes its kind.
"""

from __future__ import annotations

from dataclasses import replace
from enum import StrEnum
from typing import TYPE_CHECKING, Final

from swb.ports import Reading, Rendering
from swb_adapters.sdk import find_differences, find_writer
from swb_schemas.errors import Actor, RefusedError

if TYPE_CHECKING:
    from collections.abc import Sequence

    from swb_adapters.sdk import Adapter
    from swb_schemas.documents import Document

__all__ = ["InProcessFormats"]

_BLANK: Final = b"\xef\xbb\xbf \t\r\n"


class _Syntax(StrEnum):
    XML = "XML"
    JSON = "JSON"
    OTHER = "neither XML nor JSON"

    @classmethod
    def of_media_type(cls, media_type: str) -> _Syntax:
        kind = media_type.lower()
        return cls.XML if "xml" in kind else cls.JSON if "json" in kind else cls.OTHER

    @classmethod
    def of_payload(cls, raw: bytes) -> _Syntax:
        first = raw.lstrip(_BLANK)[:1]
        return cls.XML if first == b"<" else cls.JSON if first in {b"{", b"["} else cls.OTHER


class InProcessFormats:
    """`swb.ports.NationalFormats` by calls.

    Args:
        adapters: What `swb.plugins` found, in order of preference for writing.

    Raises:
        RefusedError: ``config.invalid``: two of them have one syntax, so nobody could tell their
            payloads apart.
    """

    def __init__(self, adapters: Sequence[Adapter]) -> None:
        self._adapters = tuple(adapters)
        self._readers: dict[_Syntax, Adapter] = {}
        for adapter in adapters:
            syntax = _Syntax.of_media_type(adapter.info.media_type)
            other = self._readers.setdefault(syntax, adapter)
            if other is not adapter:
                message = (
                    f"expected one adapter for a syntax, found {other.info.name} and "
                    f"{adapter.info.name}, both for {syntax}"
                )
                raise RefusedError("config.invalid", message, actor=Actor.OPERATOR)

    async def to_canonical(self, raw: bytes) -> Reading:
        """See `swb.ports.NationalFormats.to_canonical`."""
        adapter = self._readers.get(_Syntax.of_payload(raw), self._adapters[0])
        reading = adapter.to_canonical(raw)
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
        adapter = find_writer(self._adapters, document)
        rendering = adapter.from_canonical(document)
        return Rendering(
            payload=rendering.payload,
            adapter=adapter.info.name,
            file_suffix=adapter.info.file_suffix,
            losses=rendering.losses,
            locate=rendering.paths.find_national,
        )

    async def compare(self, document: Document) -> Sequence[str]:
        """See `swb.ports.NationalFormats.compare`."""
        adapter = find_writer(self._adapters, document)
        rendering = adapter.from_canonical(document)
        again = adapter.to_canonical(rendering.payload)
        return find_differences(document, again.document, rendering.losses)
