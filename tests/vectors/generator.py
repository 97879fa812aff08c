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
from tests.vectors.refused_forms import form_vectors
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
come out, `input/` holds octets as they arrive, `expected/` octets that must come out. What many
vectors share stands in `material/`. Requirements are those of `swb_conformance/requirements`.

* `trust`, `sealed-document`, `message`, `delivery`: a file that arrives, and what a reader says of
  it. Steps and codes are those of `docs/reference/wire.md`.
* `seal`, `sign`: a document or a sealed document, a header and a key. What is made of it verifies
  and is in its one spelling: `expected/` has all of it that is not drawn.
* `rules`: a document, the day and the place of judgement, and what the register knows. What is
  found stands in `case.toml`. `at` is noon in UTC of the day of judgement; the
  suite asks at its beginning or at its end, which is another day in the region.
* `adapter`: a canonical document that a national format is asked to carry.

The name begins with the verdict: `accepts`, `refuses`, `refuses-to-judge` (undetermined),
`advises-on` (accepted, with findings), `carries`. Some were made by other programs (openssl,
xmlsec1, xml-crypto, jose), at least one for each algorithm; their `README.md` tells how.

`make vectors` writes them anew, octet for octet; a test compares. Since version 1 of the wire a
vector about the wire changes only with a new version.
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
        *form_vectors(),
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
