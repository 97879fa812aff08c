"""``swb trust draft``, ``add``, ``retire`` and ``roots``: what will be signed."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Final

import click

from swb.cli.arguments import EXISTING_FILE, Moment
from swb.cli.files import NEW_FILE, write_new, write_whole
from swb.cli.output import Answer, describe_finding
from swb.cli.trust_files import (
    TRUST_OPTION,
    UNDER_OPTION,
    load_bundle,
    load_certificate,
    load_draft,
    load_known_roots,
    load_list_draft,
    told_operator,
    unchecked,
)
from swb.clock import SystemClock
from swb.core.trust_checks import check_addition
from swb.core.trust_drafts import (
    Draft,
    add_authority,
    add_certificate,
    check_draft,
    draft_roots,
    point_to,
    see_lists,
    succeed,
    update_certificate,
)
from swb_schemas.catalogue import Purpose
from swb_schemas.parties import parse_party_id
from swb_schemas.wire.root_succession import RootStatementForm
from swb_schemas.wire.trust import ListedCertificate
from swb_schemas.wire.trust_list import TrustListForm
from swb_schemas.xml.codec import format_instant

if TYPE_CHECKING:
    from swb_schemas.wire.trust_list import TrustEnvironment

__all__ = ["add", "authority", "draft", "retire", "roots"]

_STATE: Final = re.compile(r"[A-Z]{2}|REGION")
_ENVIRONMENT: Final = click.Choice(["test", "production"])
_LIST_FOR: Final = timedelta(days=180)
_ROOTS_FOR: Final = timedelta(days=5 * 365)


def _now() -> datetime:
    return SystemClock().now().replace(microsecond=0)


def _answer(made: Draft, out: Path, lines: list[str]) -> Answer:
    form = made.form
    number = getattr(form, "number", None)
    return Answer(
        value={"draft": str(out), "digest": made.digest, "number": number},
        text="\n".join([f"draft   {out}", f"number  {number}", f"digest  {made.digest}", *lines]),
    )


@click.command("draft", short_help="Draft a state's first list, or the next one.")
@click.option("--after", type=EXISTING_FILE, metavar="LIST", help="The list before, as signed.")
@click.option("--state", metavar="CODE", help="Of a first list: the state, or REGION.")
@click.option("--environment", type=_ENVIRONMENT, help="Of a first list: whose roots sign it.")
@click.option(
    "--quorum", type=click.IntRange(1, 16), help="How many roots must sign it, and the next one."
)
@click.option(
    "--under",
    type=EXISTING_FILE,
    metavar="STATEMENT",
    help="The root statement that it is made under, where roots were replaced.",
)
@click.option(
    "--expires", type=Moment(), help="When it expires; as long as the one before, or 180 days."
)
@click.option(
    "--seen",
    type=EXISTING_FILE,
    metavar="BUNDLE",
    help="Of the region's list: the lists in this bundle become its snapshot.",
)
@click.option(
    "--pointer",
    "pointers",
    multiple=True,
    metavar="STATE=URL",
    help="Of the region's list, with --seen: where a state publishes its own. May be repeated.",
)
@click.option("--out", required=True, metavar="FILE", type=NEW_FILE, help="The draft.")
def draft(  # noqa: PLR0917 - one for each option
    after: Path | None,
    state: str | None,
    environment: TrustEnvironment | None,
    quorum: int | None,
    under: Path | None,
    expires: datetime | None,
    seen: Path | None,
    pointers: tuple[str, ...],
    out: Path,
) -> Answer:
    """Draft the next list of a state --after the one that was signed, or its first one.

    The next list says what the one before says; `add` and `retire` change it before it is signed.
    Under a new root statement numbers begin anew, and every list is made and signed anew.
    """
    at = _now()
    statement = load_draft(under).form if under else None
    if statement is not None and not isinstance(statement, RootStatementForm):
        raise click.BadParameter("expected a root statement", param_hint="--under")
    if after is not None:
        before = load_draft(after).form
        if not isinstance(before, TrustListForm):
            raise click.BadParameter("expected a trust list", param_hint="--after")
        number = statement.number if statement else 0
        form = succeed(before, at=at, expires=expires, root_number=number)
    elif state and environment:
        if not _STATE.fullmatch(state):
            raise click.BadParameter("expected two letters, or REGION", param_hint="--state")
        members: dict[str, object] = {
            "state": state,
            "environment": environment,
            "root_number": statement.number if statement else 1,
            "number": 1,
            "issued": at,
            "expires": expires or at + _LIST_FOR,
            "parties": (),
        }
        form = check_draft(TrustListForm, members)
    else:
        raise click.UsageError("expected --after, or --state and --environment")
    if quorum is not None or statement is not None:
        asked = quorum or (statement.quorum if statement else form.quorum)
        form = check_draft(TrustListForm, dict(form) | {"quorum": asked})
    if seen is not None:
        bundle = load_bundle(seen)
        form = see_lists(form, bundle)
        if pointers:
            form = point_to(form, dict(map(_split_pointer, pointers)), bundle)
    elif pointers:
        raise click.UsageError("expected --seen with --pointer, for the roots")
    made = Draft.of(form)
    write_new(out, made.octets, exists="trust.exists")
    return _answer(made, out, [f"expires {format_instant(form.expires)}"])


def _split_pointer(text: str) -> tuple[str, str]:
    state, _, location = text.partition("=")
    return state, location


@click.command("authority", short_help="Name an issuing authority in a draft, and where to ask.")
@click.argument("certificate", type=EXISTING_FILE)
@click.option("--list", "file", required=True, type=EXISTING_FILE, metavar="DRAFT", help="It.")
@click.option("--crl", multiple=True, metavar="URL", help="Its revocation list. May be repeated.")
@click.option("--ocsp", multiple=True, metavar="URL", help="Its responder. May be repeated.")
def authority(certificate: Path, file: Path, crl: tuple[str, ...], ocsp: tuple[str, ...]) -> Answer:
    """Name CERTIFICATE as an issuing authority, in a draft that nobody signed.

    It is one under a root of the state, or that root itself where others are to ask for revocation
    lists of what the root issued.
    """
    _, form = load_list_draft(file)
    found = load_certificate(certificate)
    made = Draft.of(add_authority(form, found, crl=crl, ocsp=ocsp))
    write_whole(file, made.octets)
    return _answer(made, file, [f"issuer  {found.thumbprint}"])


@click.command("add", short_help="List a certificate in a draft.")
@click.argument("certificate", type=EXISTING_FILE)
@click.option("--list", "file", required=True, type=EXISTING_FILE, metavar="DRAFT", help="It.")
@click.option("--party", required=True, metavar="URN", help="Whose it is.")
@click.option(
    "--purpose", required=True, type=click.Choice([each.value for each in Purpose]), help="For."
)
@click.option("--from", "start", type=Moment(), help="First instant; now, where it is left out.")
@click.option("--until", type=Moment(), help="Last one; the certificate's own, if left out.")
@UNDER_OPTION
@TRUST_OPTION
def add(  # noqa: PLR0917 - one for each option
    certificate: Path,
    file: Path,
    party: str,
    purpose: str,
    start: datetime | None,
    until: datetime | None,
    under: Path | None,
    bundle_file: Path | None,
) -> Answer:
    """List CERTIFICATE (PEM or DER) of a party for a purpose, in a draft that nobody signed.

    It is refused when readers of the list would not believe it: its key usage does not fit, it is
    another party's, its time is over, or no root of the state issued it. The roots come from
    --under or --trust; without these nobody checks who issued it, and a warning says so.

    Certificates that are listed stay, so the old and the new one overlap: both are believed. List
    a certificate before it signs, and retire the old one later.
    """
    _, form = load_list_draft(file)
    found = load_certificate(certificate)
    name = str(parse_party_id(party))
    at = _now()
    begins = start or max(at, found.valid_from)
    ends = until or found.valid_until
    known = load_known_roots(form.state, statement=under, bundle=bundle_file)
    entry = ListedCertificate(
        party=name,
        purpose=Purpose(purpose),
        certificate=found,
        path=(),
        listed_from=begins,
        listed_until=ends,
    )
    with told_operator():
        is_issued = check_addition(form, entry, known=known, at=at)
    if ends <= begins:
        raise click.BadParameter("expected an end after the beginning", param_hint="--until")
    made = Draft.of(add_certificate(form, name, Purpose(purpose), found, start=begins, end=ends))
    write_whole(file, made.octets)
    told = f"added   {found.thumbprint} for {name} {purpose}"
    message = (
        f"expected --under or --trust with the roots of {form.state}; nobody checked that one of "
        f"them issued {found.subject}, whose issuer is {found.parsed.issuer.rfc4514_string()}"
    )
    findings = [] if is_issued else [unchecked(message)]
    answer = _answer(made, file, [told, f"from    {format_instant(begins)}"])
    assert isinstance(answer.value, dict)  # noqa: S101 - made above
    value = answer.value | {"findings": [describe_finding(each) for each in findings]}
    return replace(answer, value=value, findings=findings)


@click.command("retire", short_help="End a certificate in a draft, or say that its key was stolen.")
@click.argument("certificate", metavar="CERTIFICATE")
@click.option("--list", "file", required=True, type=EXISTING_FILE, metavar="DRAFT", help="It.")
@click.option("--until", type=Moment(), help="The last instant at which the state answers for it.")
@click.option("--stolen-since", type=Moment(), help="Since when its key is held for stolen.")
def retire(
    certificate: str, file: Path, until: datetime | None, stolen_since: datetime | None
) -> Answer:
    """End CERTIFICATE (a file, or its thumbprint) in a draft that nobody signed.

    It stays on the list with its dates: what it sealed before has to verify for years. With
    --stolen-since nothing is believed that is not proven to be older.
    """
    if until is None and stolen_since is None:
        raise click.UsageError("expected --until or --stolen-since")
    _, form = load_list_draft(file)
    thumbprint = certificate
    if not certificate.startswith("sha-256:"):
        if not Path(certificate).is_file():
            raise click.BadParameter(f"expected a file or a thumbprint, found {certificate!r}")
        thumbprint = load_certificate(Path(certificate)).thumbprint
    changes: dict[str, object] = {}
    if until is not None:
        changes["until"] = until
    if stolen_since is not None:
        changes["compromised_since"] = stolen_since
    made = Draft.of(update_certificate(form, thumbprint, changes))
    write_whole(file, made.octets)
    return _answer(made, file, [f"retired {thumbprint}"])


@click.command("roots", short_help="Draft a root statement.")
@click.option("--after", type=EXISTING_FILE, metavar="STATEMENT", help="The one before.")
@click.option("--state", metavar="CODE", help="Of a first statement: the state, or REGION.")
@click.option("--environment", type=_ENVIRONMENT, help="Of a first statement.")
@click.option(
    "--root",
    "files",
    multiple=True,
    required=True,
    type=EXISTING_FILE,
    metavar="CERTIFICATE",
    help="A root that counts from then on. May be repeated.",
)
@click.option("--quorum", required=True, type=click.IntRange(1, 8), help="How many must sign.")
@click.option("--expires", type=Moment(), help="In five years, where it is left out.")
@click.option(
    "--former-until",
    type=Moment(),
    help="Until when counts what the roots issued that leave: an instant ahead by plan, the time "
    "of the theft after one. Left out, nothing that they issued counts.",
)
@click.option("--out", required=True, metavar="FILE", type=NEW_FILE, help="The draft.")
def roots(  # noqa: PLR0917 - one for each option
    after: Path | None,
    state: str | None,
    environment: TrustEnvironment | None,
    files: tuple[Path, ...],
    quorum: int,
    expires: datetime | None,
    former_until: datetime | None,
    out: Path,
) -> Answer:
    """Draft a state's first root statement, or the one --after another.

    The quorum of the roots before and the quorum of the new ones both sign it. Then every list of
    the state is drafted and signed anew under it.
    """
    before = load_draft(after).form if after else None
    if before is not None:
        if not isinstance(before, RootStatementForm):
            raise click.BadParameter("expected a root statement", param_hint="--after")
        state, environment = before.state, before.environment
    if state is None or environment is None or not _STATE.fullmatch(state):
        raise click.UsageError("expected --after, or --state and --environment")
    at = _now()
    form = draft_roots(
        state=state,
        environment=environment,
        roots=[load_certificate(each) for each in files],
        quorum=quorum,
        at=at,
        expires=expires or at + _ROOTS_FOR,
        before=before,
        former_until=former_until,
    )
    made = Draft.of(form)
    write_new(out, made.octets, exists="trust.exists")
    leaves = [f"leaves  {each.root}" for each in form.former]
    return _answer(made, out, [f"expires {format_instant(form.expires)}", *leaves])
