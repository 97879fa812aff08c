"""``swb render``: a Form D on paper, with codes that say what it says."""

from __future__ import annotations

import asyncio
from contextlib import AsyncExitStack
from pathlib import Path
from typing import TYPE_CHECKING

import click

from swb.cli.arguments import EXISTING_FILE, Moment, read_octets, spell_reference
from swb.cli.operator import find_operator
from swb.cli.options import config_option, trust_option
from swb.cli.output import Answer
from swb.cli.trust_bundles import load_trust
from swb.clock import SystemClock
from swb.config import FileKeyConfig, load_config
from swb_schemas.catalogue import decode_document
from swb_schemas.parsing import parse_xml
from swb_schemas.wire.limits import LARGEST_PAYLOAD
from swb_schemas.wire.verification import verify_delivery, verify_message

if TYPE_CHECKING:
    from datetime import datetime

    from swb.app.printing import Printed, PrintForm
    from swb_schemas.documents import Document
    from swb_schemas.wire.trust import TrustBundle

__all__ = ["command"]


@click.command("render", short_help="Draw a Form D as PDF or HTML, with signed codes.")
@click.argument("source", metavar="REFERENCE-OR-FILE")
@click.option("--pdf", "form", flag_value="pdf", help="Draw it as PDF/UA.")
@click.option("--html", "form", flag_value="html", help="Draw it as one page for browsers.")
@click.option(
    "--output",
    metavar="FILE",
    required=True,
    type=click.Path(dir_okay=False, path_type=Path),
    help="Where the print is written.",
)
@config_option(
    "The gateway's configuration (TOML): its store is asked for a REFERENCE, and its issuing "
    "seal signs the codes of what its state issued",
    "config_file",
    required=False,
)
@trust_option(
    "The trust bundle that judges the seal of a FILE, where there is no --config.", required=False
)
@click.option(
    "--key",
    metavar="FILE",
    type=EXISTING_FILE,
    help="An issuing seal that signs the codes, where there is no --config: PKCS#8 in PEM.",
)
@click.option(
    "--certificate", metavar="FILE", type=EXISTING_FILE, help="Certificate of --key, in PEM."
)
@click.option(
    "--passphrase", metavar="REFERENCE", help="Where the key's passphrase is: env:NAME, file:PATH."
)
@click.option("--at", type=Moment(), help="Print as of this time, such as 2026-01-20T08:00:00Z.")
def command(  # noqa: PLR0917 - one for each option
    source: str,
    form: str | None,
    output: Path,
    config_file: Path | None,
    bundle: Path | None,
    key: Path | None,
    certificate: Path | None,
    passphrase: str | None,
    at: datetime | None,
) -> Answer:
    """Draw a Form D in the layout of the paper form, marked as a rendering of the electronic one.

    REFERENCE-OR-FILE is a sealed document, a message, a canonical document, or, with --config, a
    certificate's key STATE:office:number, a document id or a message id. Items that do not fit on
    the first page go on on others.

    Each page has a QR code with its key fields, signed by the issuing seal, which swb verify-print
    verifies without any network. Only the state that issued a certificate can sign: a print of
    somebody else's, or of a certificate that was taken back, has no code and says so.

    Needs the extra render.
    """
    from swb.app.printing import PrintForm  # noqa: PLC0415 - slow to import

    if form is None:
        message = "expected --pdf or --html"
        raise click.UsageError(message)
    if config_file is not None and (bundle or key or certificate):
        message = "expected either --config, or --trust, --key and --certificate"
        raise click.UsageError(message)
    if (key is None) != (certificate is None):
        message = "expected --key and --certificate together"
        raise click.UsageError(message)
    seal = (
        key
        and certificate
        and FileKeyConfig(key=key, certificate=certificate, passphrase=passphrase)
    )
    moment = at or SystemClock().now()
    file = source if source == "-" or Path(source).is_file() else None
    if config_file is not None:
        printed = asyncio.run(_print_at_gateway(source, file, PrintForm(form), config_file, moment))
    elif file is None:
        message = f"expected a file, or --config with a reference, found {source!r}"
        raise click.UsageError(message)
    else:
        trust = load_trust(bundle) if bundle else None
        printed = asyncio.run(_print(file, PrintForm(form), trust, seal or None, moment))
    try:
        output.write_bytes(printed.octets)
    except OSError as cause:
        message = f"expected to write {output}: {cause.strerror}"
        raise click.UsageError(message) from cause
    return _tell(printed, output)


async def _print(
    file: str,
    form: PrintForm,
    trust: TrustBundle | None,
    key: FileKeyConfig | None,
    at: datetime,
) -> Printed:
    from swb.app.printing import draw_certificate, open_seal  # noqa: PLC0415 - slow to import

    what = _read(file, trust, at)
    async with AsyncExitStack() as stack:
        seal = await stack.enter_async_context(open_seal(key)) if key else None
        return await draw_certificate(what, form, trust=trust, seal=seal, at=at)


async def _print_at_gateway(
    reference: str, file: str | None, form: PrintForm, config_file: Path, at: datetime
) -> Printed:
    from swb.app.auditing import open_audit  # noqa: PLC0415 - slow to import
    from swb.app.printing import draw_certificate, open_print_room  # noqa: PLC0415 - as above

    config = load_config(config_file)
    async with open_print_room(config) as room, open_audit(config, create=True) as trail:
        what = (
            await room.find(spell_reference(reference))
            if file is None
            else _read(file, room.trust, at)
        )
        printed = await draw_certificate(
            what, form, trust=room.trust, seal=room.seal, at=at, room=room
        )
        await trail.append(
            at=SystemClock().now(),
            who=find_operator(),
            action="render",
            subject=printed.certificate_key,
            detail=f"{form}, {len(printed.codes)} code(s) signed",
        )
        return printed


def _read(file: str, trust: TrustBundle | None, at: datetime) -> bytes | Document:
    """Read what a file has: a sealed document's octets, or a canonical document."""
    raw = read_octets(file, limit=LARGEST_PAYLOAD)
    root = parse_xml(raw)
    name = root.tag.rpartition("}")[2]
    if name in {"SealedDocument", "StandardBusinessDocument"} and trust is None:
        message = "expected --trust or --config, which judge the seal of this file"
        raise click.UsageError(message)
    if name == "StandardBusinessDocument" and trust is not None:
        outer = verify_message(raw, trust=trust, at=at, receiver=None)
        return verify_delivery(outer, trust=trust, at=at, decryption_keys={}).sealed.octets
    return raw if name == "SealedDocument" else decode_document(root)


def _tell(printed: Printed, output: Path) -> Answer:
    signed = (
        f"{len(printed.codes)} signed code(s)" if printed.codes else f"no code: {printed.why_none}"
    )
    return Answer(
        value={
            "file": str(output),
            "certificate_key": printed.certificate_key,
            "pages": printed.sheets,
            "codes": list(printed.codes),
            "why_no_code": printed.why_none or None,
        },
        text=f"{output}: {printed.certificate_key}, {printed.sheets} page(s), {signed}",
    )
