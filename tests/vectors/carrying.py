"""How the documents that formats are asked to carry are written to their folders."""

from __future__ import annotations

from typing import TYPE_CHECKING

from swb_schemas.catalogue import find_type_of
from swb_schemas.xml import encode
from tests.vectors.carried import list_certificates
from tests.vectors.carried_moves import list_moves
from tests.vectors.ruled import to_folder_name

if TYPE_CHECKING:
    from swb_schemas.documents import Document

__all__ = ["list_documents", "render_documents"]


def list_documents() -> dict[str, Document]:
    """List every document by what it is there for."""
    return {**list_certificates(), **list_moves()}


def render_documents() -> dict[str, bytes]:
    """Write them, by path below ``vectors/``."""
    written: dict[str, bytes] = {}
    for what, document in list_documents().items():
        kind = find_type_of(document)
        told = [
            f'message_type = "{kind.message_type}"',
            f'agreement = "{getattr(document, "agreement", "")}"',
            f'schema = "{kind.schema}"',
            'subject = "input/document.xml"',
        ]
        folder = f"adapter/carries-{to_folder_name(what)}"
        why = f"A {kind.message_type} that a format which has that type is asked to carry."
        written[f"{folder}/README.md"] = f"# Carries {what}\n\n{why}\n".encode()
        written[f"{folder}/case.toml"] = "\n".join(told).encode() + b"\n"
        written[f"{folder}/input/document.xml"] = encode(document)
    return written
