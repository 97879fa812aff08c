"""``swb keys``: development keys and trust, and a look at one certificate."""

from __future__ import annotations

import asyncio
import re
from datetime import datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Final

import click
from cryptography import x509

from swb.cli.arguments import EXISTING_FILE, FILE_OR_STDIN, read_octets, state_codes
from swb.cli.options import trust_option
from swb.cli.output import Answer, describe_finding
from swb.cli.trust_bundles import read_bundle
from swb.clock import SystemClock
from swb.config import SECRET_REFERENCE, resolve_secret
from swb_schemas.catalogue import Purpose
from swb_schemas.documents.elements import Environment
from swb_schemas.errors import Actor, RefusedError, UnavailableError
from swb_schemas.findings import Finding, Severity
from swb_schemas.parties import parse_party_id
from swb_schemas.wire.certificates import parse_certificate, parse_pem_certificate
from swb_schemas.wire.encryption import key_thumbprint
from swb_schemas.wire.trust_reading import parse_trust_bundle
from swb_schemas.xml.codec import format_instant

if TYPE_CHECKING:
    from collections.abc import Iterator

    from swb_schemas.wire.certificates import Certificate

__all__ = ["command"]

_CERTIFICATE_LIMIT: Final = 65_536
_DAYS_OF_A_YEAR: Final = 365
_LONGEST: Final = 20
_AUTHORITIES: Final = ("phytosanitary", "animal-health", "food-safety")
NEW_FILE: Final = click.Path(dir_okay=False, path_type=Path)


@click.group("keys", short_help="Make keys; look at certificates.")
def command() -> None:
    """Make keys, certificates, trust lists and a bundle for development; look at a certificate.

    In production each state makes its own keys, where they never leave, and signs its own list.
    """


@command.command("make", short_help="Make keys and trust for several states.")
@click.option(
    "--states",
    required=True,
    callback=state_codes,
    metavar="CODES",
    help="ISO 3166-1 alpha-2 codes, for example TH,VN; the region's own are made too.",
)
@click.option(
    "--environment",
    type=click.Choice([each.value for each in Environment]),
    default=Environment.TEST.value,
    show_default=True,
    help="What the keys are for; parallel exchange uses the production roots.",
)
@click.option(
    "--out",
    required=True,
    metavar="DIR",
    type=click.Path(file_okay=False, path_type=Path),
    help="Folder to make them in; refused where there is something in it already.",
)
@click.option(
    "--years",
    type=click.IntRange(1, _LONGEST),
    default=2,
    show_default=True,
    help="How long certificates and lists hold.",
)
@click.option(
    "--authority",
    "authorities",
    multiple=True,
    type=click.Choice(_AUTHORITIES),
    help="An authority that every state has beside its issuing one and customs; repeatable.",
)
def make(
    states: tuple[str, ...], environment: str, out: Path, years: int, authorities: tuple[str, ...]
) -> Answer:
    """Make a certificate authority, keys, certificates and a signed trust list for each state.

    Leaves roots/STATE.pem (what to pin), keys/STATE/PURPOSE.pem with PURPOSE.crt.pem,
    lists/STATE.json, and bundle.json (what --trust and the configuration take).
    """
    from swb.app.provision import make_development_keys  # noqa: PLC0415 - the other one needs no back end

    _refuse_to_overwrite(out)
    chosen = Environment(environment)
    at = SystemClock().now()
    made = make_development_keys(
        out,
        states,
        chosen,
        at,
        valid_for=timedelta(days=years * _DAYS_OF_A_YEAR),
        further={each: (Purpose(f"{each}-seal"),) for each in authorities},
    )
    findings = [] if chosen is Environment.TEST else [_not_for(chosen)]
    roots = {state: str(path) for state, path in made.roots.items()}
    keys = {state: _list_keys(out / "keys" / state) for state in made.states}
    lines = [f"bundle  {made.bundle}", *(f"root    {path}" for path in roots.values())]
    lines += [f"key     {each}" for listed in keys.values() for each in listed]
    return Answer(
        value={
            "bundle": str(made.bundle),
            "environment": chosen,
            "states": list(made.states),
            "roots": roots,
            "keys": keys,
            "findings": [describe_finding(each) for each in findings],
        },
        text="\n".join(lines),
        findings=findings,
    )


@command.command("generate", short_help="Make a key in a token, and ask for its certificate.")
@click.option(
    "--module",
    required=True,
    metavar="FILE",
    type=EXISTING_FILE,
    help="The token's PKCS#11 library.",
)
@click.option("--token", required=True, metavar="LABEL", help="The token's label.")
@click.option(
    "--pin",
    required=True,
    metavar="REFERENCE",
    help="Where the PIN is: env:NAME, file:PATH, or prompt.",
)
@click.option("--party", required=True, metavar="PARTY", help="Whose key it is to be.")
@click.option(
    "--purpose",
    required=True,
    type=click.Choice([each.value for each in Purpose]),
    help="What it is for.",
)
@click.option("--label", help="What it is called in the token; else as its purpose.")
@click.option(
    "--out", required=True, metavar="FILE", type=NEW_FILE, help="Where the request is written."
)
def generate(  # noqa: PLR0917 - one for each option
    module: Path, token: str, pin: str, party: str, purpose: str, label: str | None, out: Path
) -> Answer:
    """Make a P-256 key in a token, where it stays: sensitive and never extractable.

    FILE gets a request for its certificate (PKCS#10), signed by the key. A decryption key cannot
    sign, so there FILE gets its public key.
    """
    from swb.app.tokens import generate_key  # noqa: PLC0415 - slow to import

    if re.fullmatch(SECRET_REFERENCE, pin) is None:
        # What was given may be the PIN itself, so it is not repeated.
        message = "expected a reference to the PIN: env:NAME, file:PATH or prompt"
        raise click.BadParameter(message, param_hint="--pin")
    if out.exists():
        message = f"expected no file at {out}, found one"
        raise RefusedError("keys.exist", message, actor=Actor.OPERATOR)
    made = asyncio.run(
        generate_key(
            module=module,
            token=token,
            label=label or purpose,
            pin=resolve_secret(pin, what=f"PIN of token {token!r}"),
            party=parse_party_id(party),
            purpose=Purpose(purpose),
        )
    )
    try:
        out.write_bytes(made.request)
    except OSError as cause:
        message = f"expected to write {out}, found: {cause.strerror}"
        raise UnavailableError("keys.unwritable", message) from cause
    return Answer(
        value={"request": str(out), "key_thumbprint": made.thumbprint},
        text=f"request        {out}\nkey thumbprint {made.thumbprint}",
    )


@command.command("show", short_help="Show what a certificate says.")
@click.argument("file", type=FILE_OR_STDIN)
@trust_option("A trust bundle, to say for whom and what the certificate is listed.", required=False)
def show(file: str, bundle: Path | None) -> Answer:
    """Show the certificate in FILE (PEM or DER, - for standard input).

    The certificate's thumbprint names it in trust lists and logs; the key's thumbprint (RFC 7638)
    names a decryption key in messages.
    """
    raw = read_octets(file, limit=_CERTIFICATE_LIMIT)
    pem = raw.lstrip().startswith(b"-----BEGIN")
    certificate = parse_pem_certificate(raw) if pem else parse_certificate(raw)
    listed = _find_listed(certificate, bundle) if bundle else None
    values: dict[str, object] = {
        "subject": certificate.subject,
        "issuer": certificate.parsed.issuer.rfc4514_string(),
        "serial": f"{certificate.parsed.serial_number:x}",
        "party": _find_party(certificate),
        "may": list(_usages(certificate)),
        "valid_from": format_instant(certificate.valid_from),
        "valid_until": format_instant(certificate.valid_until),
        "thumbprint": certificate.thumbprint,
        "key_thumbprint": key_thumbprint(certificate.public_key),
        "listed": listed,
    }
    findings = list(_check_dates(certificate, SystemClock().now()))
    return Answer(
        value={**values, "findings": [describe_finding(each) for each in findings]},
        text="\n".join(_spell(values)),
        findings=findings,
    )


# --- making ------------------------------------------------------------------------------------


def _refuse_to_overwrite(out: Path) -> None:
    try:
        first = next(out.iterdir(), None) if out.exists() else None
    except OSError as cause:
        raise click.BadParameter(
            f"expected a readable folder, found: {cause.strerror}", param_hint="--out"
        ) from cause
    if first is not None:
        message = f"expected an empty folder or none at {out}, found {first.name} in it"
        raise RefusedError("keys.exist", message, actor=Actor.OPERATOR)


def _list_keys(folder: Path) -> list[str]:
    return sorted(str(path) for path in folder.glob("*.pem") if not path.name.endswith(".crt.pem"))


def _not_for(environment: Environment) -> Finding:
    return Finding(
        code="keys.development",
        severity=Severity.WARN,
        path="",
        message=f"development keys lie in one folder, roots too: not fit for {environment} use",
        actor=Actor.OPERATOR,
    )


# --- showing -----------------------------------------------------------------------------------


def _find_party(certificate: Certificate) -> str | None:
    """The party's URN in the subject's alternative name, where there is one."""
    try:
        names = certificate.parsed.extensions.get_extension_for_class(x509.SubjectAlternativeName)
    except x509.ExtensionNotFound:
        return None
    for uri in names.value.get_values_for_type(x509.UniformResourceIdentifier):
        try:
            return str(parse_party_id(uri))
        except RefusedError:
            continue
    return None


def _find_listed(certificate: Certificate, bundle: Path) -> list[dict[str, str]]:
    trust = parse_trust_bundle(read_bundle(bundle))
    return [
        {
            "party": party,
            "purpose": entry.purpose,
            "from": format_instant(entry.holds_from),
            "until": format_instant(entry.holds_until),
        }
        for trust_list in trust.lists.values()
        for party, entries in trust_list.parties.items()
        for entry in entries
        if entry.certificate.der == certificate.der
    ]


def _usages(certificate: Certificate) -> Iterator[str]:
    if certificate.is_authority and certificate.may_issue:
        yield "issue"
    if certificate.may_sign:
        yield "sign"
    if certificate.may_agree:
        yield "decrypt"


def _check_dates(certificate: Certificate, now: datetime) -> Iterator[Finding]:
    late = now > certificate.valid_until
    if late or now < certificate.valid_from:
        yield Finding(
            code="certificate.expired" if late else "certificate.not_yet_valid",
            severity=Severity.WARN,
            path="",
            message=f"expected a certificate that holds at {format_instant(now)}",
            actor=Actor.OPERATOR,
        )


def _spell(values: dict[str, object]) -> Iterator[str]:
    for name, value in values.items():
        label = name.replace("_", " ")
        if name == "listed" and isinstance(value, list):
            for entry in value:
                spelled = "{party} for {purpose}, {from} to {until}".format(**entry)
                yield f"{label:16}{spelled}"
            if not value:
                yield f"{label:16}not on any list of the bundle"
        elif isinstance(value, list):
            yield f"{label:16}{', '.join(value)}"
        elif value is not None:
            yield f"{label:16}{value}"
