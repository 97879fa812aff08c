"""Reading trust lists and bundles: every signature checked before anything is believed.

What the verified lists say, and the questions put to them, are in `trust`; how they are written
is in `trust_list`.
"""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING, Final

from swb_schemas.documents.elements import Environment
from swb_schemas.errors import Actor, RefusedError
from swb_schemas.wire.certificates import Certificate, parse_certificate, parse_pem_certificate
from swb_schemas.wire.digest import digest_text_of
from swb_schemas.wire.jws import parse_json, verify_jws
from swb_schemas.wire.octets import decode_base64
from swb_schemas.wire.paths import find_path
from swb_schemas.wire.trust import (
    ListedAuthority,
    ListedCertificate,
    TrustBundle,
    TrustList,
)
from swb_schemas.wire.trust_list import BundleForm, TrustListForm, parse_form

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

__all__ = ["parse_trust_bundle", "verify_trust_list"]

_LIST_LIMIT: Final = 20_000_000
_BUNDLE_LIMIT: Final = 100_000_000


def parse_trust_bundle(raw: bytes) -> TrustBundle:
    """Read a bundle and verify every list in it against the roots that it pins.

    Whoever gives the bundle decides whom to trust: it is local configuration, and its roots came
    out of band.

    Raises:
        RefusedError: ``trust.malformed``, ``trust.root``, and what `verify_trust_list` raises.
    """
    with _told_of("the bundle"):
        form = parse_form(BundleForm, raw, code="trust.malformed", limit=_BUNDLE_LIMIT)
        roots = {
            state: tuple(_parse_root(pem, state) for pem in texts)
            for state, texts in form.roots.items()
        }
    environment = Environment(form.environment)
    lists = {}
    for state, members in form.lists.items():
        if state not in roots:
            message = f"expected a pinned root for every list, found none for {state}"
            raise RefusedError("trust.root", message, actor=Actor.OPERATOR)
        lists[state] = _verify_members(
            members,
            state=state,
            environment=environment,
            roots=roots[state],
            quorum=form.quorums.get(state, 1),
        )
    return TrustBundle(environment=environment, roots=roots, lists=lists)


def verify_trust_list(
    raw: bytes,
    *,
    state: str,
    environment: Environment,
    roots: Sequence[Certificate],
    quorum: int = 1,
) -> TrustList:
    """Verify one trust list.

    1. It is JWS in the General JSON Serialization, each member once.
    2. Every signature in the name of a pinned root holds, and there is one at least.
    3. The payload has the list's form, speaks of its own state, and of the environment asked for.
    4. At least as many pinned roots signed as its quorum asks for, and as the one pinned asks for.
    5. Every certificate on it can be read; its path to a pinned root is noted (`paths`).

    Args:
        raw: The JWS.
        state: Whose list it must be.
        environment: test or production.
        roots: Pinned roots of that state.
        quorum: How many of them must have signed, whatever the list says.

    Raises:
        RefusedError: ``trust.jws``, ``trust.unsigned``, ``trust.signature``, ``trust.malformed``,
            ``trust.other_list``, ``trust.quorum``, ``certificate.malformed``, ``certificate.key``.
    """
    with _told_of(f"the list of {state}"):
        members = parse_json(raw, code="trust.jws", limit=_BUNDLE_LIMIT)
    return _verify_members(
        members, state=state, environment=environment, roots=roots, quorum=quorum
    )


@contextmanager
def _told_of(what: str) -> Iterator[None]:
    """Say in a refusal what it is about, and that whoever runs the reader must act."""
    try:
        yield
    except RefusedError as cause:
        message = f"{what}: {cause.message}"
        raise RefusedError(
            cause.code, message, actor=Actor.OPERATOR, findings=cause.findings
        ) from cause


def _verify_members(
    members: object,
    *,
    state: str,
    environment: Environment,
    roots: Sequence[Certificate],
    quorum: int,
) -> TrustList:
    with _told_of(f"the list of {state}"):
        signed = verify_jws(members, roots=roots, code="trust", limit=_LIST_LIMIT)
        form = parse_form(TrustListForm, signed.payload, code="trust.malformed", limit=_LIST_LIMIT)
        if (form.state, form.environment) != (state, environment):
            message = f"expected one for {environment}, found {form.state}, {form.environment}"
            raise RefusedError("trust.other_list", message)
        needed = max(form.quorum, quorum)
        if len(signed.signers) < needed:
            message = f"expected {needed} pinned roots to sign, found {len(signed.signers)}"
            raise RefusedError("trust.quorum", message, actor=Actor.OPERATOR)
        authorities = _read_authorities(form, roots)
        parties = _read_parties(form, roots, [each.certificate for each in authorities])
    return TrustList(
        state=state,
        environment=environment,
        number=form.number,
        payload_digest=digest_text_of(signed.payload),
        issued_at=form.issued,
        expires_at=form.expires,
        signers=tuple(each.thumbprint for each in signed.signers),
        quorum=form.quorum,
        parties=parties,
        pointers=form.pointers,
        authorities=authorities,
    )


def _read_authorities(
    form: TrustListForm, roots: Sequence[Certificate]
) -> tuple[ListedAuthority, ...]:
    """Read the authorities; under one that has no path, nothing is believed."""
    authorities = []
    for each in form.authorities:
        certificate = _read_certificate(each.certificate)
        path = find_path(certificate, roots=roots)
        authorities.append(
            ListedAuthority(certificate=certificate, path=path, crl=each.crl, ocsp=each.ocsp)
        )
    return tuple(authorities)


def _read_parties(
    form: TrustListForm, roots: Sequence[Certificate], authorities: Sequence[Certificate]
) -> dict[str, tuple[ListedCertificate, ...]]:
    known: dict[str, tuple[Certificate, tuple[Certificate, ...]]] = {}
    parties: dict[str, tuple[ListedCertificate, ...]] = {}
    for entry in form.parties:
        listed: list[ListedCertificate] = []
        for each in entry.certificates:
            if each.certificate not in known:
                read = _read_certificate(each.certificate)
                path = find_path(read, roots=roots, authorities=authorities)
                known[each.certificate] = (read, path)
            certificate, path = known[each.certificate]
            listed.append(
                ListedCertificate(
                    party=entry.party,
                    purpose=each.purpose,
                    certificate=certificate,
                    path=path,
                    listed_from=each.from_,
                    listed_until=each.until,
                )
            )
        parties[entry.party] = tuple(listed)
    return parties


def _read_certificate(text: str) -> Certificate:
    octets = decode_base64(text.encode(), code="certificate.malformed", what="certificate")
    return parse_certificate(octets)


def _parse_root(pem: str, state: str) -> Certificate:
    root = parse_pem_certificate(pem.encode())
    if not root.is_issued_by(root):
        message = f"expected a self-signed authority as root of {state}, found {root.subject}"
        raise RefusedError("trust.root", message, actor=Actor.OPERATOR)
    return root
