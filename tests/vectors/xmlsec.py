"""Asks xmlsec1, which shares no line of code with this project, whether a signature holds."""

from __future__ import annotations

import subprocess
from datetime import UTC
from typing import TYPE_CHECKING

from swb_schemas.wire.certificates import parse_pem_certificate
from tests.vectors.world import AT, authority

if TYPE_CHECKING:
    from datetime import datetime
    from pathlib import Path

__all__ = ["Xmlsec"]

_SIGNED_PROPERTIES = "http://uri.etsi.org/01903/v1.3.2#:SignedProperties"


class Xmlsec:
    """Runs ``xmlsec1 --verify`` with the roots of the vectors.

    Args:
        program: The program.
        folder: For files that are judged.
    """

    def __init__(self, program: Path, folder: Path) -> None:
        self._program = program
        self._file = folder / "judged.xml"
        self._roots = []
        for state in ("TH", "VN", "REGION"):
            path = folder / f"{state}.pem"
            path.write_bytes(authority(state).root_pem)
            assert parse_pem_certificate(path.read_bytes()).is_authority
            self._roots += ["--trusted-pem", str(path)]

    def accepts(self, octets: bytes, *, at: datetime = AT) -> bool:
        """Whether the signature holds under one of the roots at a moment."""
        self._file.write_bytes(octets)
        done = subprocess.run(
            [
                self._program,
                "--verify",
                *self._roots,
                "--verification-gmt-time",
                f"{at.astimezone(UTC):%Y-%m-%d %H:%M:%S}",
                "--enabled-reference-uris",
                "empty,same-doc",
                "--id-attr:Id",
                _SIGNED_PROPERTIES,
                self._file,
            ],
            capture_output=True,
            check=False,
            timeout=60,
        )
        return done.returncode == 0
