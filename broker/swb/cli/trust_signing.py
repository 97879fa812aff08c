"""``swb trust sign``: one root's signature, of as many as the quorum asks for."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

import click

from swb.cli.arguments import EXISTING_FILE
from swb.cli.files import write_whole
from swb.cli.key_choosing import choose_key
from swb.cli.output import Answer, describe_finding
from swb.cli.trust_counting import find_counted
from swb.cli.trust_files import TRUST_OPTION, load_draft, told_operator, unchecked
from swb.config.keys import FileKeyConfig, Pkcs12KeyConfig
from swb.core.trust_checks import has_signed
from swb_schemas.catalogue import Purpose
from swb_schemas.connection_agreement import AgreementForm
from swb_schemas.errors import Actor, RefusedError, UnavailableError
from swb_schemas.pair_report import PairReportForm
from swb_schemas.wire.certificates import parse_certificate, verify_ecdsa
from swb_schemas.wire.jws import signing_input
from swb_schemas.wire.root_succession import RootStatementForm, check_root

if TYPE_CHECKING:
    from pathlib import Path

    from swb.cli.trust_counting import Counted
    from swb.config import KeyConfig
    from swb.core.trust_drafts import Draft, DraftForm
    from swb_schemas.wire.certificates import Certificate

__all__ = ["sign"]


@click.command("sign", short_help="Add one root's signature to a draft.")
@click.argument("draft", type=EXISTING_FILE)
@click.option("--key", type=EXISTING_FILE, metavar="FILE", help="The root's key, PKCS#8 in PEM.")
@click.option("--certificate", type=EXISTING_FILE, metavar="FILE", help="The root, in PEM.")
@click.option("--pkcs12", type=EXISTING_FILE, metavar="FILE", help="Key and root in one file.")
@click.option(
    "--key-config",
    type=EXISTING_FILE,
    metavar="FILE",
    help="TOML with one [key] section as in a daemon's [keys.PURPOSE]: a token, or a signer.",
)
@click.option(
    "--passphrase",
    metavar="REFERENCE",
    help="Where the key's passphrase is: env:NAME, file:PATH or prompt.",
)
@click.option(
    "--digest",
    metavar="DIGEST",
    help="What must be signed, as it was read to you; refused where the draft has another one.",
)
@click.option(
    "--under",
    type=EXISTING_FILE,
    metavar="STATEMENT",
    help="The root statement that a list is made under, or the one before a root statement.",
)
@TRUST_OPTION
def sign(  # noqa: PLR0917 - one for each option
    draft: Path,
    key: Path | None,
    certificate: Path | None,
    pkcs12: Path | None,
    key_config: Path | None,
    passphrase: str | None,
    digest: str | None,
    under: Path | None,
    bundle_file: Path | None,
) -> Answer:
    """Add one root's signature to DRAFT: what roots sign.

    That is a list, a root statement, a connection agreement or a pair report.

    Each person does so on a machine of their own. The digest is that of what is signed, whoever
    signed before: read it aloud to the others before you sign. Look at what it says with `show`.

    A root whose signature will not count is refused. Of a list --under or --trust says which roots
    count, of an agreement --trust does; without these nobody checks that, and a warning says so.
    """
    chosen = choose_key(key, certificate, pkcs12, key_config, passphrase)
    found = load_draft(draft)
    if digest is not None and digest != found.digest:
        message = f"expected a draft with the digest {digest}, found {found.digest}"
        raise RefusedError("trust.other_digest", message, actor=Actor.OPERATOR)
    with told_operator():
        counted = find_counted(found.form, statement=under, bundle=bundle_file)
    signed, root = asyncio.run(_sign(found, chosen, counted))
    write_whole(draft, signed.octets)
    lines = [
        f"signed  {_describe(signed.form)}",
        f"digest  {signed.digest}",
        f"root    {root.thumbprint} ({root.subject})",
        *(f"now has {each}" for each in counted.tell(signed)),
    ]
    message = f"expected --under or --trust; nobody checked that {root.subject} is {counted.whose}"
    findings = [] if counted.is_known else [unchecked(message)]
    return Answer(
        value={
            "digest": signed.digest,
            "root": root.thumbprint,
            "signatures": list(signed.signatures),
            "findings": [describe_finding(each) for each in findings],
        },
        text="\n".join(lines),
        findings=findings,
    )


async def _sign(draft: Draft, key: KeyConfig, counted: Counted) -> tuple[Draft, Certificate]:
    from swb.keyring import open_keys  # noqa: PLC0415 - slow to import

    try:
        async with open_keys({Purpose.LOG: key}) as ring:
            signer = ring.signers[Purpose.LOG]
            root = parse_certificate(signer.certificate)
            check_root(root, getattr(draft.form, "state", "a state"))
            counted.check(root)
            if has_signed(draft, root):
                message = (
                    f"expected another root, found {root.subject}: already signed by this root"
                )
                raise RefusedError("trust.already_signed", message, actor=Actor.OPERATOR)
            data = signing_input(draft.payload, kid=root.thumbprint)
            value = await signer.sign(data)
            verify_ecdsa(root.public_key, value, data)
    except UnavailableError as cause:
        if cause.code == "signer.unavailable" and isinstance(key, FileKeyConfig | Pkcs12KeyConfig):
            raise click.UsageError(cause.message) from cause
        raise
    return draft.with_signature(root.thumbprint, value), root


def _describe(form: DraftForm) -> str:
    match form:
        case AgreementForm():
            return f"connection agreement {form.number} of {' and '.join(form.states)}"
        case PairReportForm():
            return f"pair report of {' and '.join(form.states)}"
        case RootStatementForm():
            return f"root statement {form.number} of {form.state} for {form.environment}"
        case _:
            return f"list {form.number} of {form.state} for {form.environment}"
