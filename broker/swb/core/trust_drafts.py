"""Drafts of trust lists and root statements: what will be signed, before anybody signed it.

A draft is a JWS without signatures. Who signs sees its digest, so several people can compare by
voice what they sign. What was signed is never changed: the next number is drafted from it.
"""

from __future__ import annotations

import base64
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Final, TypeAlias, TypeVar

from pydantic import ValidationError

from swb_schemas.connection_agreement import (
    AGREEMENT_FORMAT,
    AgreementForm,
    encode_agreement,
)
from swb_schemas.errors import Actor, RefusedError
from swb_schemas.pair_report import PAIR_REPORT_FORMAT, PairReportForm, encode_pair_report
from swb_schemas.wire.certificates import parse_certificate
from swb_schemas.wire.digest import digest_text_of
from swb_schemas.wire.jws import assemble_jws, parse_json, read_unverified_jws
from swb_schemas.wire.publication import parse_publication
from swb_schemas.wire.root_succession import (
    ROOT_STATEMENT_FORMAT,
    FormerRootEntry,
    RootStatementForm,
    encode_root_statement,
)
from swb_schemas.wire.trust_list import (
    LIST_FORMAT,
    PartyEntry,
    SnapshotEntry,
    TrustListForm,
    encode_trust_list,
    list_certificate,
    parse_form,
)

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence
    from datetime import datetime

    from swb_schemas.catalogue import Purpose
    from swb_schemas.wire.certificates import Certificate
    from swb_schemas.wire.trust import TrustBundle
    from swb_schemas.wire.trust_list import CertificateEntry, TrustEnvironment

__all__ = [
    "DRAFT_LIMIT",
    "Draft",
    "DraftForm",
    "add_authority",
    "add_certificate",
    "check_draft",
    "draft_roots",
    "point_to",
    "read_draft",
    "see_lists",
    "succeed",
    "update_certificate",
]

DRAFT_LIMIT: Final = 20_000_000
"""Octets."""
DraftForm: TypeAlias = TrustListForm | RootStatementForm | AgreementForm | PairReportForm


@dataclass(frozen=True, slots=True, kw_only=True)
class Draft:
    """Something that is signed by roots, with the signatures so far, none of them checked.

    Attributes:
        form: What it says.
        payload: Its octets.
        signatures: By claimed kid: r and s.
    """

    form: DraftForm
    payload: bytes
    signatures: dict[str, bytes]

    @property
    def digest(self) -> str:
        """Digest of the payload: what people compare."""
        return digest_text_of(self.payload)

    @property
    def octets(self) -> bytes:
        """The JWS."""
        return assemble_jws(self.payload, self.signatures)

    def with_signature(self, kid: str, value: bytes) -> Draft:
        """Add a signature, or replace the one in the same name."""
        return replace(self, signatures={**self.signatures, kid: value})

    @classmethod
    def of(cls, form: DraftForm) -> Draft:
        """Make a draft that nobody signed."""
        match form:
            case TrustListForm():
                payload = encode_trust_list(form)
            case RootStatementForm():
                payload = encode_root_statement(form)
            case AgreementForm():
                payload = encode_agreement(form)
            case PairReportForm():
                payload = encode_pair_report(form)
        return cls(form=form, payload=payload, signatures={})


def read_draft(raw: bytes) -> Draft:
    """Read a draft, or what was signed: a list, a root statement, an agreement, a pair report.

    Of a publication it is the list.

    Raises:
        RefusedError: ``trust.jws``, ``trust.malformed``.
    """
    members = parse_json(raw, code="trust.malformed", limit=DRAFT_LIMIT)
    if isinstance(members, dict) and "format" in members:
        members = parse_publication(raw).list
    payload, signatures = read_unverified_jws(members, code="trust", limit=DRAFT_LIMIT)
    said = parse_json(payload, code="trust.malformed", limit=DRAFT_LIMIT)
    name = said.get("format") if isinstance(said, dict) else None
    form: DraftForm
    if name == LIST_FORMAT:
        form = parse_form(TrustListForm, payload, code="trust.malformed", limit=DRAFT_LIMIT)
    elif name == ROOT_STATEMENT_FORMAT:
        form = parse_form(RootStatementForm, payload, code="trust.malformed", limit=DRAFT_LIMIT)
    elif name == AGREEMENT_FORMAT:
        form = parse_form(AgreementForm, payload, code="trust.malformed", limit=DRAFT_LIMIT)
    elif name == PAIR_REPORT_FORMAT:
        form = parse_form(PairReportForm, payload, code="trust.malformed", limit=DRAFT_LIMIT)
    else:
        message = f"expected a list, a root statement or an agreement, found {str(name)[:80]!r}"
        raise RefusedError("trust.malformed", message)
    return Draft(form=form, payload=payload, signatures=signatures)


# --- lists -------------------------------------------------------------------------------------


def succeed(
    form: TrustListForm, *, at: datetime, expires: datetime | None = None, root_number: int = 0
) -> TrustListForm:
    """Draft the list after one that was signed.

    Args:
        form: The list before.
        at: When the next one is issued.
        expires: When it expires; as long after `at` as before, where nothing is said.
        root_number: Of a later root statement, under which numbers begin anew; 0 for the same.
    """
    anew = root_number > form.root_number
    changes = {
        "root_number": max(root_number, form.root_number),
        "number": 1 if anew else form.number + 1,
        "issued": at,
        "expires": expires or at + (form.expires - form.issued),
    }
    return _changed(form, changes)


def add_certificate(
    form: TrustListForm,
    party: str,
    purpose: Purpose,
    certificate: Certificate,
    *,
    start: datetime,
    end: datetime,
) -> TrustListForm:
    """List a certificate of a party; those that are listed stay, so they overlap.

    Raises:
        RefusedError: ``trust.listed``: it stands there for that purpose.
    """
    entry = list_certificate(purpose, certificate.der, start=start, end=end)
    if any(
        each.certificate == entry.certificate and each.purpose is purpose
        for listed in form.parties
        if listed.party == party
        for each in listed.certificates
    ):
        message = f"expected a certificate that is not listed for {party} and {purpose}"
        raise RefusedError("trust.listed", message, actor=Actor.OPERATOR)
    parties = list(form.parties)
    for at, listed in enumerate(parties):
        if listed.party == party:
            certificates = (*listed.certificates, entry)
            parties[at] = PartyEntry(party=party, certificates=certificates)
            break
    else:
        parties.append(PartyEntry(party=party, certificates=(entry,)))
    return _changed(form, {"parties": tuple(parties)})


def update_certificate(
    form: TrustListForm, thumbprint: str, changes: dict[str, object]
) -> TrustListForm:
    """Change what a list says of a certificate, wherever it stands on it.

    Args:
        form: The list.
        thumbprint: Of the certificate.
        changes: ``until``, ``compromised_since``.

    Raises:
        RefusedError: ``trust.not_listed``: it does not stand there.
    """
    return _map_entries(
        form, thumbprint, lambda entry: type(entry).model_validate(dict(entry) | changes)
    )


def add_authority(
    form: TrustListForm, certificate: Certificate, *, crl: Sequence[str], ocsp: Sequence[str]
) -> TrustListForm:
    """Name who issues certificates, and where is asked whether these still hold.

    What the list said of that authority before is replaced.

    Raises:
        RefusedError: ``trust.malformed``.
    """
    text = base64.b64encode(certificate.der).decode()
    members = {"certificate": text, "crl": tuple(crl), "ocsp": tuple(ocsp)}
    others = tuple(each for each in form.authorities if each.certificate != text)
    return _changed(form, {"authorities": (*others, members)})


def point_to(
    form: TrustListForm, locations: Mapping[str, str], bundle: TrustBundle
) -> TrustListForm:
    """Say in the region's list where states publish theirs, with the roots that count.

    Raises:
        RefusedError: ``trust.malformed``: no ``https`` address, or a state without roots.
    """
    others = tuple(each for each in form.pointers if each.state not in locations)
    pointers = tuple(
        {
            "state": state,
            "location": location,
            "roots": tuple(root.thumbprint for root in bundle.roots.get(state, ())),
        }
        for state, location in locations.items()
    )
    return _changed(form, {"pointers": (*others, *pointers)})


def see_lists(form: TrustListForm, bundle: TrustBundle) -> TrustListForm:
    """Put the lists of a bundle into the snapshot of the region's list."""
    snapshot = tuple(
        SnapshotEntry(
            state=state,
            root_number=each.root_number,
            number=each.number,
            digest=each.payload_digest,
        )
        for state, each in sorted(bundle.lists.items())
        if state != form.state
    )
    return _changed(form, {"snapshot": snapshot})


def _map_entries(
    form: TrustListForm, thumbprint: str, change: Callable[[CertificateEntry], CertificateEntry]
) -> TrustListForm:
    found = False
    parties: list[PartyEntry] = []
    for listed in form.parties:
        entries = []
        for each in listed.certificates:
            hit = digest_text_of(base64.b64decode(each.certificate)) == thumbprint
            found = found or hit
            entries.append(change(each) if hit else each)
        parties.append(PartyEntry(party=listed.party, certificates=tuple(entries)))
    if not found:
        message = f"expected a certificate that is listed, found {thumbprint}"
        raise RefusedError("trust.not_listed", message, actor=Actor.OPERATOR)
    return _changed(form, {"parties": tuple(parties)})


def _changed(form: TrustListForm, changes: dict[str, object]) -> TrustListForm:
    return check_draft(TrustListForm, dict(form) | changes)


_Form = TypeVar("_Form", TrustListForm, RootStatementForm)


def check_draft(form: type[_Form], members: dict[str, object]) -> _Form:
    """Make a form of its members.

    Raises:
        RefusedError: ``trust.malformed``, naming the first fault.
    """
    try:
        return form.model_validate(members)
    except ValidationError as cause:
        fault = cause.errors()[0]
        what = "trust list" if form is TrustListForm else "root statement"
        where = "/".join(str(step) for step in fault["loc"])
        said = fault["msg"].removeprefix("Value error, ")[:200]
        message = f"expected a {what} that can be signed; {where}: {said}".replace("; :", ":")
        raise RefusedError("trust.malformed", message) from cause


# --- root statements ---------------------------------------------------------------------------


def draft_roots(
    *,
    state: str,
    environment: TrustEnvironment,
    roots: Sequence[Certificate],
    quorum: int,
    at: datetime,
    expires: datetime,
    before: RootStatementForm | None = None,
    former_until: datetime | None = None,
) -> RootStatementForm:
    """Draft a root statement.

    Args:
        state: Whose.
        environment: test or production.
        roots: Those that count from then on.
        quorum: How many must sign.
        at: When it is issued.
        expires: When it expires.
        before: The statement before; None for the first.
        former_until: Until when what the roots that leave issued counts; None forgets them.

    Raises:
        RefusedError: ``trust.malformed``.
    """
    mine = {each.thumbprint for each in roots}
    former: list[FormerRootEntry] = []
    if before is not None:
        stays = [each for each in before.former if each.root not in mine]
        left = [
            digest_text_of(parse_certificate(base64.b64decode(text)).der) for text in before.roots
        ]
        former = stays + [
            FormerRootEntry(root=each, until=former_until)
            for each in left
            if each not in mine and former_until is not None
        ]
    return check_draft(
        RootStatementForm,
        {
            "state": state,
            "environment": environment,
            "number": before.number + 1 if before else 1,
            "issued": at,
            "expires": expires,
            "quorum": quorum,
            "roots": tuple(base64.b64encode(each.der).decode() for each in roots),
            "former": tuple(former),
        },
    )
