"""Files that ``swb trust`` reads and writes: drafts, lists, bundles, certificates."""

from __future__ import annotations

import os
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING, Final

import click

from swb.cli.arguments import EXISTING_FILE, read_octets
from swb.core.trust_drafts import DRAFT_LIMIT, read_draft
from swb_schemas.errors import Actor, RefusedError, UnavailableError
from swb_schemas.wire.certificates import parse_certificate, parse_pem_certificate
from swb_schemas.wire.trust_list import TrustListForm
from swb_schemas.wire.trust_reading import parse_trust_bundle

if TYPE_CHECKING:
    from swb.core.trust_drafts import Draft
    from swb_schemas.wire.certificates import Certificate
    from swb_schemas.wire.trust import TrustBundle

__all__ = [
    "BUNDLE_LIMIT",
    "NEW_FILE",
    "TRUST_OPTION",
    "load_bundle",
    "load_certificate",
    "load_draft",
    "load_list_draft",
    "write_new",
    "write_whole",
]

BUNDLE_LIMIT: Final = 100_000_000
_CERTIFICATE_LIMIT: Final = 65_536

NEW_FILE: Final = click.Path(dir_okay=False, path_type=Path)
TRUST_OPTION: Final = click.option(
    "--trust",
    "bundle_file",
    metavar="BUNDLE",
    type=EXISTING_FILE,
    help="A trust bundle: pinned roots, and what was in force so far.",
)


def load_bundle(file: Path) -> TrustBundle:
    """Read a bundle.

    Raises:
        RefusedError: ``trust.*``.
    """
    return parse_trust_bundle(read_octets(file, limit=BUNDLE_LIMIT))


def load_draft(file: Path) -> Draft:
    """Read a draft, or what was signed.

    Raises:
        RefusedError: ``trust.jws``, ``trust.malformed``.
    """
    return read_draft(read_octets(file, limit=DRAFT_LIMIT))


def load_list_draft(file: Path) -> tuple[Draft, TrustListForm]:
    """Read the draft of a list that nobody signed yet: what was signed is never changed.

    Raises:
        RefusedError: ``trust.signed``, ``trust.malformed``, ``trust.jws``.
    """
    draft = load_draft(file)
    if not isinstance(draft.form, TrustListForm):
        message = f"expected the draft of a trust list in {file.name}"
        raise RefusedError("trust.malformed", message)
    if draft.signatures:
        message = (
            f"expected a draft that nobody signed in {file.name}; "
            "swb trust draft --after makes the next list of a signed one"
        )
        raise RefusedError("trust.signed", message, actor=Actor.OPERATOR)
    return draft, draft.form


def load_certificate(file: Path) -> Certificate:
    """Read a certificate in PEM or DER.

    Raises:
        RefusedError: ``certificate.malformed``, ``certificate.key``.
    """
    raw = read_octets(file, limit=_CERTIFICATE_LIMIT)
    pem = raw.lstrip().startswith(b"-----BEGIN")
    return parse_pem_certificate(raw) if pem else parse_certificate(raw)


def write_new(file: Path, octets: bytes) -> None:
    """Write a file that does not exist yet.

    Raises:
        RefusedError: ``trust.exists``.
        UnavailableError: ``cli.output``.
    """
    try:
        with file.open("xb") as stream:
            stream.write(octets)
    except FileExistsError as cause:
        message = f"expected no file at {file}"
        raise RefusedError("trust.exists", message, actor=Actor.OPERATOR) from cause
    except OSError as cause:
        message = f"expected to write {file}: {cause.strerror}"
        raise UnavailableError("cli.output", message) from cause


def write_whole(file: Path, octets: bytes) -> None:
    """Put new octets into the place of a file, whole or not at all.

    Raises:
        UnavailableError: ``cli.output``.
    """
    try:
        mode = file.stat().st_mode & 0o777 if file.exists() else 0o644
        descriptor, name = tempfile.mkstemp(dir=file.parent, prefix=f".{file.name}.")
        with os.fdopen(descriptor, "wb") as stream:
            stream.write(octets)
            stream.flush()
            os.fsync(stream.fileno())
        Path(name).chmod(mode)
        Path(name).replace(file)
    except OSError as cause:
        message = f"expected to write {file}: {cause.strerror}"
        raise UnavailableError("cli.output", message) from cause
