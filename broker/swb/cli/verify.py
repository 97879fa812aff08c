"""``swb verify``: the numbered procedures of `swb_schemas.wire.verification`, shown step by step.

The verdict has three values. *Undetermined* says nothing about the file: a trust list has
expired, or the bundle itself cannot be used. A message whose body is for somebody else is judged
by its outer layer, and then ``opened`` is false.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

import click

from swb.cli.arguments import EXISTING_FILE, FILE_OR_STDIN, Moment, read_octets
from swb.cli.key_files import load_key_files
from swb.cli.options import trust_option
from swb.cli.trust_bundles import load_trust
from swb.cli.verdict import Inquiry, report_verdict
from swb.clock import SystemClock
from swb_schemas.errors import Actor, RefusedError, UndeterminedError
from swb_schemas.findings import Finding, Severity
from swb_schemas.parsing import DEFAULT_LIMITS
from swb_schemas.parties import parse_party_id
from swb_schemas.wire.crl import MAXIMAL_CRL_OCTETS
from swb_schemas.wire.encryption import EncryptedBody
from swb_schemas.wire.kept_answers import answers_among, lay_revocations
from swb_schemas.wire.revocation import AnswerKind
from swb_schemas.wire.verification import verify_delivery, verify_message, verify_sealed

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from datetime import datetime
    from pathlib import Path

    from swb.cli.output import Answer
    from swb_schemas.parties import PartyId
    from swb_schemas.wire.encryption import DecryptionKey
    from swb_schemas.wire.revocation import RevocationAnswer
    from swb_schemas.wire.trust import TrustBundle

__all__ = ["command"]

_ROOT: Final = re.compile(rb"<(?:[A-Za-z_][\w.-]*:)?([A-Za-z_][\w.-]*)")


@click.command("verify", short_help="Verify a message or a sealed document.")
@click.argument("file", type=FILE_OR_STDIN)
@trust_option(
    "The trust bundle: pinned roots and signed lists. Whoever gives it decides whom to trust."
)
@click.option("--at", type=Moment(), help="Judge as of this time, such as 2026-01-20T08:00:00Z.")
@click.option(
    "--key",
    "keys",
    multiple=True,
    metavar="FILE",
    type=EXISTING_FILE,
    help="A decryption key that opens protected bodies: PKCS#8 in PEM. May be repeated.",
)
@click.option(
    "--passphrase",
    metavar="REFERENCE",
    help="Where the keys' passphrase is: env:NAME or file:PATH. Asked for where it is missing.",
)
@click.option(
    "--answer",
    "answer_files",
    multiple=True,
    metavar="FILE",
    type=EXISTING_FILE,
    help="A revocation answer in DER, its name ending in .crl or .ocsp; what it revokes counts. "
    "May be repeated.",
)
@click.option(
    "--receiver",
    metavar="PARTY",
    help="Judge as this recipient: refuse a message that is addressed to another.",
)
def command(  # noqa: PLR0917 - one for each option
    file: str,
    bundle: Path,
    at: datetime | None,
    keys: tuple[Path, ...],
    passphrase: str | None,
    answer_files: tuple[Path, ...],
    receiver: str | None,
) -> Answer:
    """Verify FILE, a message or a sealed document (- for standard input).

    Shows the verdict (accepted, refused or undetermined), and for each layer who signed what and
    every numbered step with its result. A message whose body is encrypted for somebody else is
    judged by its outer layer alone.

    Exit status: 0 accepted, 1 refused, 3 undetermined.
    """
    moment = at or SystemClock().now()
    recipient = _parse_receiver(receiver)
    decryption_keys = load_key_files(keys, passphrase)
    answers = _read_answers(answer_files)
    raw = read_octets(file, limit=DEFAULT_LIMITS.octets)
    inquiry = Inquiry("sealed document" if _seems_sealed(raw) else "message")
    try:
        trust = lay_revocations(load_trust(bundle), answers, at=moment)
        inquiry.findings.extend(trust.check_pointers())
        _judge(raw, inquiry, trust=trust, at=moment, receiver=recipient, keys=decryption_keys)
    except (RefusedError, UndeterminedError) as error:
        return report_verdict(inquiry, moment, error)
    return report_verdict(inquiry, moment, None)


# --- judging -----------------------------------------------------------------------------------


def _parse_receiver(text: str | None) -> PartyId | None:
    try:
        return None if text is None else parse_party_id(text)
    except RefusedError as cause:
        raise click.BadParameter(cause.message, param_hint="--receiver") from cause


def _read_answers(files: Sequence[Path]) -> tuple[RevocationAnswer, ...]:
    """Read revocation answers; who signed them is judged with the bundle."""
    for file in files:
        if file.suffix not in {f".{kind}" for kind in AnswerKind}:
            message = f"expected a name that ends in .crl or .ocsp, found {file.name}"
            raise click.BadParameter(message, param_hint="--answer")
    octets = {str(file): read_octets(file, limit=MAXIMAL_CRL_OCTETS) for file in files}
    return answers_among(octets, folder="")


def _seems_sealed(raw: bytes) -> bool:
    """Guess which procedure a file is meant for; the procedure itself then judges its root."""
    first = _ROOT.search(raw)
    return first is not None and first[1] == b"SealedDocument"


def _judge(
    raw: bytes,
    inquiry: Inquiry,
    *,
    trust: TrustBundle,
    at: datetime,
    receiver: PartyId | None,
    keys: Mapping[str, DecryptionKey],
) -> None:
    if inquiry.kind != "message":
        if receiver is not None:
            message = "expected a message where --receiver is given, found a sealed document"
            raise click.UsageError(message)
        verify_sealed(raw, trust=trust, at=at, record=inquiry.inner)
        inquiry.opened = True
        return
    outer = verify_message(raw, trust=trust, at=at, receiver=receiver, record=inquiry.outer)
    try:
        verify_delivery(outer, trust=trust, at=at, decryption_keys=keys, record=inquiry.inner)
    except UndeterminedError as error:
        if keys or error.code != "encryption.key_missing":
            raise
        if not isinstance(outer.body, EncryptedBody):
            raise
        inquiry.inner.steps.clear()
        inquiry.findings.append(_closed(outer.body))
    else:
        inquiry.opened = True


def _closed(body: EncryptedBody) -> Finding:
    return Finding(
        code="encryption.key_missing",
        severity=Severity.WARN,
        path="StandardBusinessDocument/Exchange/EncryptedContent",
        message=f"only the key {body.recipient_key} opens the body; the sealed document in it was "
        "not verified",
        actor=Actor.RECIPIENT,
    )
