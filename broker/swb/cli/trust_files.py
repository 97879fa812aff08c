"""Files that ``swb trust`` reads and writes: drafts, lists, bundles, certificates."""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING, Final

import click

from swb.cli.arguments import EXISTING_FILE, read_octets
from swb.core.trust_checks import KnownRoots
from swb.core.trust_drafts import DRAFT_LIMIT, read_draft
from swb_schemas.errors import Actor, RefusedError
from swb_schemas.findings import Finding, Severity
from swb_schemas.wire.certificates import parse_certificate, parse_pem_certificate
from swb_schemas.wire.jws import parse_json
from swb_schemas.wire.root_succession import RootStatementForm
from swb_schemas.wire.trust_list import TrustListForm
from swb_schemas.wire.trust_reading import parse_trust_bundle

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from swb.core.trust_drafts import Draft
    from swb_schemas.wire.certificates import Certificate
    from swb_schemas.wire.trust import TrustBundle

__all__ = [
    "BUNDLE_LIMIT",
    "TRUST_OPTION",
    "UNDER_OPTION",
    "check_kind",
    "load_bundle",
    "load_certificate",
    "load_draft",
    "load_known_roots",
    "load_list_draft",
    "told_operator",
    "unchecked",
]

BUNDLE_LIMIT: Final = 100_000_000
_CERTIFICATE_LIMIT: Final = 65_536

TRUST_OPTION: Final = click.option(
    "--trust",
    "bundle_file",
    metavar="BUNDLE",
    type=EXISTING_FILE,
    help="A trust bundle: pinned roots, and what was in force so far.",
)
UNDER_OPTION: Final = click.option(
    "--under",
    "under",
    type=EXISTING_FILE,
    metavar="STATEMENT",
    help="The state's root statement, for its roots.",
)


def load_bundle(file: Path) -> TrustBundle:
    """Read a bundle.

    Raises:
        RefusedError: ``trust.*``.
    """
    raw = read_octets(file, limit=BUNDLE_LIMIT)
    with told_operator():
        check_kind(raw, file.name)
        return parse_trust_bundle(raw)


def load_draft(file: Path) -> Draft:
    """Read a draft, or what was signed.

    Raises:
        RefusedError: ``trust.jws``, ``trust.malformed``.
    """
    raw = read_octets(file, limit=DRAFT_LIMIT)
    with told_operator():
        check_kind(raw, file.name)
        return read_draft(raw)


def check_kind(raw: bytes, name: str) -> None:
    """Require a file to look like something of trust, before its members are read.

    Args:
        raw: Its octets.
        name: Of the file.

    Raises:
        RefusedError: ``trust.malformed``.
    """
    expected = f"expected a trust list, root statement, agreement or bundle in {name}; found"
    try:
        members = parse_json(raw, code="trust.malformed", limit=BUNDLE_LIMIT)
    except RefusedError as cause:
        if len(raw) > BUNDLE_LIMIT:
            raise
        is_pem = raw.lstrip().startswith(b"-----BEGIN")
        found = "something in PEM, such as a certificate" if is_pem else "something that is no JSON"
        raise RefusedError("trust.malformed", f"{expected} {found}") from cause
    if not isinstance(members, dict) or not members.keys() & {"format", "payload"}:
        message = f"{expected} JSON that lacks format and payload"
        raise RefusedError("trust.malformed", message)


def load_known_roots(
    state: str, *, statement: Path | None, bundle: Path | None
) -> KnownRoots | None:
    """Read the roots of a state from its root statement, or from a bundle; None without either.

    A statement is taken at its word: whether it counts is judged by whoever pins it.

    Raises:
        RefusedError: ``trust.*``, ``certificate.*``.
    """
    if statement is not None and bundle is not None:
        raise click.UsageError("expected --under or --trust, not both")
    if statement is not None:
        form = load_draft(statement).form
        if not isinstance(form, RootStatementForm):
            raise click.BadParameter("expected a root statement", param_hint="--under")
        return KnownRoots.of_statement(form)
    if bundle is None:
        return None
    believed = load_bundle(bundle)
    if state not in believed.root_sets:
        message = f"expected a bundle in which roots of {state} are pinned"
        raise RefusedError("trust.root", message, actor=Actor.OPERATOR)
    return KnownRoots.of_set(
        believed.root_sets[state], state=state, environment=believed.environment
    )


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


@contextmanager
def told_operator() -> Iterator[None]:
    """Say in a refusal that whoever gave the file here must act, not who sent a message."""
    try:
        yield
    except RefusedError as cause:
        raise RefusedError(
            cause.code, cause.message, actor=Actor.OPERATOR, findings=cause.findings
        ) from cause


def unchecked(message: str) -> Finding:
    """Warn that something was not checked, for want of roots."""
    return Finding(
        code="trust.unchecked",
        severity=Severity.WARN,
        path="",
        message=message,
        actor=Actor.OPERATOR,
    )
