"""What a witness tells the log, major version 1: `LogCosignature`.

The gateway of a state that watches the evidence log sends its cosignature of a checkpoint to the
region's router. What it says holds on its own, without the message that brought it; see
docs/reference/log.md.
"""

from __future__ import annotations

from typing import ClassVar

from swb_schemas.documents.elements import Digest, Document, Extensions, PositiveInt, Text

__all__ = ["LogCosignature"]


class LogCosignature(Document):
    """A cosignature of a checkpoint.

    Attributes:
        log: Origin of the log.
        tree_size: Number of entries under the checkpoint.
        root_hash: Root of that tree.
        cosignature: Key id, time and signature in base64: the last part of the witness's line
            below the checkpoint. The line's name is the sealing gateway.
    """

    namespace: ClassVar[str] = "urn:swb:log-cosignature:1"

    log: Text
    tree_size: PositiveInt
    root_hash: Digest
    cosignature: Text
    extensions: Extensions | None = None
