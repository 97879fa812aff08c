"""The form of trust lists and bundles: JSON, strict, one model each.

A trust list is what a state (or the region, for its router alone) says of its own parties and
their certificates, signed as JWS by the state's root. A bundle is one JSON file that holds pinned
roots and the lists in force. What they mean is in `trust`.
"""

from __future__ import annotations

import base64
import json
from typing import TYPE_CHECKING, Annotated, Literal, Self, TypeVar

from pydantic import BaseModel, ConfigDict, Field, ValidationError, model_validator
from pydantic.alias_generators import to_camel

from swb_schemas.catalogue import Purpose
from swb_schemas.documents.elements import Instant, PartyUrn
from swb_schemas.errors import RefusedError
from swb_schemas.parties import REGION
from swb_schemas.wire.jws import parse_json
from swb_schemas.xml.codec import format_instant

if TYPE_CHECKING:
    from datetime import datetime

__all__ = [
    "BUNDLE_FORMAT",
    "LIST_FORMAT",
    "AuthorityEntry",
    "BundleForm",
    "CertificateEntry",
    "CertificateText",
    "ListNumber",
    "PartyEntry",
    "Pointer",
    "Quorum",
    "RootNumber",
    "SnapshotEntry",
    "StateCode",
    "Thumbprint",
    "TrustEnvironment",
    "TrustForm",
    "TrustListForm",
    "encode_bundle",
    "encode_trust_list",
    "list_authority",
    "list_certificate",
    "parse_form",
]

LIST_FORMAT = "urn:swb:trust-list:1"
BUNDLE_FORMAT = "urn:swb:trust-bundle:1"
MAXIMAL_CHAIN = 64
"""Root statements of one state in a bundle; whoever pins a later one needs no earlier ones."""

StateCode = Annotated[str, Field(pattern=r"^([A-Z]{2}|REGION)$")]
Thumbprint = Annotated[str, Field(pattern=r"^sha-256:[0-9a-f]{64}$")]
CertificateText = Annotated[str, Field(pattern=r"^[A-Za-z0-9+/]{16,22000}={0,2}$")]
"""DER in base64."""
SourceUrl = Annotated[str, Field(pattern=r"^https?://[A-Za-z0-9.:\[\]_-]{1,255}(/[!-~]{0,500})?$")]
"""Answers are signed, so plain HTTP does; an address holds no name and no password."""
Quorum = Annotated[int, Field(ge=1, le=16, strict=True)]
ListNumber = Annotated[int, Field(ge=1, le=999_999_999, strict=True)]
RootNumber = Annotated[int, Field(ge=1, le=9999, strict=True)]
TrustEnvironment = Literal["test", "production"]
"""Parallel exchange uses the production roots."""


class TrustForm(BaseModel):
    """What every form of trust shares: closed, and its members in camel case."""

    model_config = ConfigDict(
        frozen=True, extra="forbid", alias_generator=to_camel, populate_by_name=True
    )


class CertificateEntry(TrustForm):
    """One certificate of a party, for one purpose, between two instants.

    Attributes:
        purpose: What it may be used for.
        certificate: DER in base64.
        from_: First instant at which the state answers for it.
        until: Last instant. Entries whose time is over stay on the list for as long as what they
            sealed must be verifiable.
        compromised_since: Since when the state holds the key for stolen: what is not proven to
            have existed before is refused, and what is proven stays valid.
    """

    purpose: Purpose
    certificate: CertificateText
    from_: Instant = Field(alias="from")
    until: Instant
    compromised_since: Instant | None = None


class AuthorityEntry(TrustForm):
    """An authority that issues certificates of the state's parties.

    Attributes:
        certificate: DER in base64: an issuing authority under a pinned root, or that root itself.
        crl: Where its certificate revocation lists are; each covers all that it issued.
        ocsp: Where its certificates' status is asked for.
    """

    certificate: CertificateText
    crl: Annotated[tuple[SourceUrl, ...], Field(max_length=4)] = ()
    ocsp: Annotated[tuple[SourceUrl, ...], Field(max_length=4)] = ()


class PartyEntry(TrustForm):
    """A party with its certificates. Several of one purpose may overlap, for roll-over."""

    party: PartyUrn
    certificates: Annotated[tuple[CertificateEntry, ...], Field(max_length=64)]


class Pointer(TrustForm):
    """Where a state's own list is found; gives and takes no trust.

    Attributes:
        state: The state.
        location: URL.
        roots: Digests of the roots that the region knows for it, to compare with one's own pins.
    """

    state: StateCode
    location: Annotated[str, Field(pattern=r"^https://[!-~]{1,500}$")]
    roots: Annotated[tuple[Thumbprint, ...], Field(min_length=1, max_length=8)]


class SnapshotEntry(TrustForm):
    """Which list of a state the region saw last. It holds back an older one and chooses none.

    Attributes:
        state: The state.
        root_number: Number of the root statement that the list was made under.
        number: The list's number.
        digest: Of the list's payload.
    """

    state: StateCode
    root_number: RootNumber = 1
    number: ListNumber
    digest: Thumbprint


class TrustListForm(TrustForm, title="trust list"):
    """A trust list, as it is written.

    Attributes:
        format: Names the major version.
        state: Whose list it is.
        environment: Which roots it belongs to.
        root_number: Number of the state's root statement that it was made under; numbers of lists
            begin anew with each of these.
        number: Counts up by at least one with each issue.
        issued: When.
        expires: From then on it says nothing; absence of a newer one is no refusal.
        quorum: How many pinned roots must have signed it, and its successor; whoever pins may
            ask for more.
        parties: Each party once.
        pointers: In the region's list only.
        authorities: Who issues its parties' certificates, and where is asked whether these still
            hold. A pinned root that issues them itself stands here only where it names sources.
        snapshot: In the region's list only: each state once.
    """

    format: Literal["urn:swb:trust-list:1"] = "urn:swb:trust-list:1"
    state: StateCode
    environment: TrustEnvironment
    root_number: RootNumber = 1
    number: ListNumber
    issued: Instant
    expires: Instant
    quorum: Quorum = 1
    parties: Annotated[tuple[PartyEntry, ...], Field(max_length=5000)]
    pointers: Annotated[tuple[Pointer, ...], Field(max_length=64)] = ()
    authorities: Annotated[tuple[AuthorityEntry, ...], Field(max_length=16)] = ()
    snapshot: Annotated[tuple[SnapshotEntry, ...], Field(max_length=64)] = ()

    @model_validator(mode="after")
    def _speaks_of_its_own(self) -> Self:
        prefix = f"urn:swb:party:{self.state}:"
        names = [entry.party for entry in self.parties]
        if any(not name.startswith(prefix) for name in names):
            msg = f"expected parties of {self.state} only"
            raise ValueError(msg)
        if len(set(names)) != len(names):
            msg = "expected each party once"
            raise ValueError(msg)
        if (self.pointers or self.snapshot) and self.state != REGION:
            msg = "expected pointers and a snapshot in the region's list only"
            raise ValueError(msg)
        seen = [entry.state for entry in self.snapshot]
        if len(set(seen)) != len(seen) or REGION in seen:
            msg = "expected each state once in the snapshot, and the region not at all"
            raise ValueError(msg)
        if len({entry.certificate for entry in self.authorities}) != len(self.authorities):
            msg = "expected each authority once"
            raise ValueError(msg)
        if self.issued >= self.expires:
            msg = "expected a list that expires after it is issued"
            raise ValueError(msg)
        return self


class BundleForm(TrustForm, title="trust bundle"):
    """A bundle, as it is written.

    Attributes:
        format: Names the major version.
        environment: Of every list in it.
        roots: By state: pinned root certificates, PEM.
        quorums: By state: how many of them must have signed its list, whatever the list itself
            asks for; 1 where nothing is said. It is pinned with the roots, out of band.
        root_statements: By state: what has replaced the pinned roots since, in order, each JWS
            General JSON Serialization; see `root_succession`.
        lists: By state: its trust list, JWS General JSON Serialization.
    """

    format: Literal["urn:swb:trust-bundle:1"] = "urn:swb:trust-bundle:1"
    environment: TrustEnvironment
    roots: dict[StateCode, Annotated[tuple[str, ...], Field(min_length=1, max_length=8)]]
    quorums: dict[StateCode, Quorum] = {}
    root_statements: dict[
        StateCode, Annotated[tuple[dict[str, object], ...], Field(max_length=MAXIMAL_CHAIN)]
    ] = {}
    lists: dict[StateCode, dict[str, object]]

    @model_validator(mode="after")
    def _quorums_can_be_met(self) -> Self:
        for state, quorum in self.quorums.items():
            if quorum > len(self.roots.get(state, ())):
                msg = f"expected a quorum of {state} that its pinned roots can meet, found {quorum}"
                raise ValueError(msg)
        if not self.root_statements.keys() <= self.roots.keys():
            msg = "expected root statements of states whose first roots are pinned"
            raise ValueError(msg)
        return self


FormType = TypeVar("FormType", bound=TrustForm)


def parse_form(form: type[FormType], raw: bytes, *, code: str, limit: int) -> FormType:
    """Read a list's payload, a bundle or another form that has a title.

    Raises:
        RefusedError: `code`, naming the first fault.
    """
    value = parse_json(raw, code=code, limit=limit)
    try:
        return form.model_validate(value)
    except ValidationError as cause:
        fault = cause.errors(include_url=False, include_context=False, include_input=False)[0]
        where = "/".join(str(step) for step in fault["loc"]) or "the whole"
        message = f"expected a {form.model_config['title']}; {where}: {fault['msg'][:200]}"
        raise RefusedError(code, message) from cause


def encode_trust_list(form: TrustListForm) -> bytes:
    """Write the payload of a trust list."""
    members: dict[str, object] = {
        "format": form.format,
        "state": form.state,
        "environment": form.environment,
        **({"rootNumber": form.root_number} if form.root_number > 1 else {}),
        "number": form.number,
        "issued": format_instant(form.issued),
        "expires": format_instant(form.expires),
        "quorum": form.quorum,
        "parties": [
            {
                "party": party.party,
                "certificates": [_spell_entry(each) for each in party.certificates],
            }
            for party in form.parties
        ],
    }
    if form.pointers:
        members["pointers"] = [
            {"state": each.state, "location": each.location, "roots": list(each.roots)}
            for each in form.pointers
        ]
    if form.authorities:
        members["authorities"] = [
            {"certificate": each.certificate, "crl": list(each.crl), "ocsp": list(each.ocsp)}
            for each in form.authorities
        ]
    if form.snapshot:
        members["snapshot"] = [
            {
                "state": each.state,
                "rootNumber": each.root_number,
                "number": each.number,
                "digest": each.digest,
            }
            for each in form.snapshot
        ]
    return json.dumps(members, separators=(",", ":")).encode()


def _spell_entry(entry: CertificateEntry) -> dict[str, str]:
    members = {
        "purpose": entry.purpose,
        "certificate": entry.certificate,
        "from": format_instant(entry.from_),
        "until": format_instant(entry.until),
    }
    if entry.compromised_since is not None:
        members["compromisedSince"] = format_instant(entry.compromised_since)
    return members


def encode_bundle(
    *,
    environment: TrustEnvironment,
    roots: dict[str, list[str]],
    lists: dict[str, bytes],
    quorums: dict[str, int] | None = None,
    root_statements: dict[str, list[bytes]] | None = None,
) -> bytes:
    """Write a bundle.

    Args:
        environment: ``test`` or ``production``.
        roots: By state: PEM certificates.
        lists: By state: JWS octets.
        quorums: By state: how many of its roots must have signed its list, where that is not 1.
        root_statements: By state: JWS octets in order, where roots were replaced.
    """
    members = {
        "format": BUNDLE_FORMAT,
        "environment": environment,
        "roots": roots,
        **({"quorums": quorums} if quorums else {}),
        **(
            {
                "rootStatements": {
                    state: [json.loads(each) for each in chain]
                    for state, chain in root_statements.items()
                }
            }
            if root_statements
            else {}
        ),
        "lists": {state: json.loads(octets) for state, octets in lists.items()},
    }
    return json.dumps(members, indent=1).encode() + b"\n"


def list_certificate(
    purpose: Purpose, certificate: bytes, *, start: datetime, end: datetime
) -> CertificateEntry:
    """Make an entry from a certificate in DER."""
    return CertificateEntry(
        purpose=purpose,
        certificate=base64.b64encode(certificate).decode(),
        from_=start,
        until=end,
    )


def list_authority(
    certificate: bytes, *, crl: tuple[str, ...] = (), ocsp: tuple[str, ...] = ()
) -> AuthorityEntry:
    """Make an authority's entry from its certificate in DER."""
    return AuthorityEntry(certificate=base64.b64encode(certificate).decode(), crl=crl, ocsp=ocsp)
