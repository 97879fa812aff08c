"""Canonical documents that a national format is asked to carry, as data.

What becomes of them is not told here: formats differ in what they have a place for. The suite of
the profile ``adapter`` asks what it can ask of all.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from swb_conformance.folders import load_group, require_keys

if TYPE_CHECKING:
    from collections.abc import Mapping

    from swb_conformance.folders import Files

__all__ = ["DocumentCase", "load_document_cases"]

_GROUP: Final = "adapter"


@dataclass(frozen=True, slots=True, kw_only=True)
class DocumentCase:
    """One document.

    Attributes:
        name: Path below ``vectors/``.
        message_type: In the catalogue.
        agreement: Of a certificate of origin; empty where the document has none.
        schema: File name of the XSD that it is valid against.
        subject_path: The document.
        files: Octets by path.
    """

    name: str
    message_type: str
    agreement: str
    schema: str
    subject_path: str
    files: Mapping[str, bytes]

    @property
    def subject(self) -> bytes:
        """The document, canonical XML."""
        return self.files[self.subject_path]


def load_document_cases() -> tuple[DocumentCase, ...]:
    """Read the documents, in order of name.

    Raises:
        RefusedError: ``vector.malformed``.
    """
    return load_group(_GROUP, _build)


def _build(name: str, told: Mapping[str, Any], files: Files) -> DocumentCase:
    require_keys(told, "message_type", "agreement", "schema", "subject")
    return DocumentCase(
        name=name,
        message_type=told["message_type"],
        agreement=told["agreement"],
        schema=told["schema"],
        subject_path=told["subject"],
        files=files,
    )
