"""All golden vectors, and how they are written anew."""

from __future__ import annotations

import shutil
from typing import Final

from tests.services import ROOT
from tests.vectors.carrying import render_documents
from tests.vectors.foreign_made import foreign_vectors
from tests.vectors.made import render_makings
from tests.vectors.positive import positive_vectors
from tests.vectors.refused_documents import document_vectors, header_vectors, seal_vectors
from tests.vectors.refused_messages import (
    content_vectors,
    delivery_vectors,
    signer_vectors,
    structure_vectors,
)
from tests.vectors.refused_octets import octet_vectors, signature_vectors
from tests.vectors.refused_trust import trust_vectors
from tests.vectors.ruled import render_rules
from tests.vectors.seals import seal_makings
from tests.vectors.sendings import message_makings
from tests.vectors.succession import succession_vectors
from tests.vectors.writing import render

__all__ = ["FOLDER", "render_all", "write_all"]

FOLDER: Final = ROOT / "broker" / "swb_conformance" / "vectors"
_ABOUT: Final = """\
# Golden vectors

One folder per vector: `README.md` says why it is there, `case.toml` what is asked and what must
come out, `input/` holds octets as they arrive, `expected/` octets that must come out. Codes and
clauses are those of `docs/reference/wire.md`.

`make vectors` writes them anew, octet for octet; a test compares. Since version 1 of the wire a
vector changes only with a new version.
"""


def render_all() -> dict[str, bytes]:
    """Write every vector in memory, by path below the folder."""
    vectors = (
        *positive_vectors(),
        *octet_vectors(),
        *signature_vectors(),
        *structure_vectors(),
        *signer_vectors(),
        *content_vectors(),
        *delivery_vectors(),
        *header_vectors(),
        *seal_vectors(),
        *document_vectors(),
        *trust_vectors(),
        *succession_vectors(),
        *foreign_vectors(),
    )
    return {
        "README.md": _ABOUT.encode(),
        **render(vectors),
        **render_makings((*seal_makings(), *message_makings())),
        **render_rules(),
        **render_documents(),
    }


def write_all() -> int:
    """Write every vector to its folder; returns how many files there are."""
    written = render_all()
    shutil.rmtree(FOLDER, ignore_errors=True)
    for name, octets in written.items():
        path = FOLDER / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(octets)
    return len(written)
