"""Reading trust lists and bundles: every signature checked before anything is believed.

What the verified lists say, and the questions put to them, are in `trust`; how they are written
is in `trust_list`.
"""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING, Final

from swb_schemas.documents.elements import Environment
from swb_schemas.errors import Actor, RefusedError
from swb_schemas.wire.certificates import parse_certificate, parse_pem_certificate
from swb_schemas.wire.digest import digest_text_of
from swb_schemas.wire.jws import parse_json, verify_jws
from swb_schemas.wire.octets import decode_base64
from swb_schemas.wire.paths import find_path
from swb_schemas.wire.root_succession import RootSet, check_root, verify_root_chain
from swb_schemas.wire.trust import (
    Distrust,
    ListedAuthority,
    ListedCertificate,
    TrustBundle,
    TrustList,
)
from swb_schemas.wire.trust_list import BundleForm, TrustListForm, parse_form

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence
    from datetime import datetime

    from swb_schemas.wire.certificates import Certificate

__all__ = ["parse_trust_bundle", "verify_trust_list"]

_LIST_LIMIT: Final = 20_000_000
_BUNDLE_LIMIT: Final = 100_000_000


def parse_trust_bundle(raw: bytes) -> TrustBundle:
    """Read a bundle, follow its root statements, and verify every list in it.

    Whoever gives the bundle decides whom to trust: it is local configuration, and its roots came
    out of band.

    Raises:
        RefusedError: ``trust.malformed``, ``trust.root``, and what `verify_root_chain` and
            `verify_trust_list` raise.
    """
    with _told_of("the bundle"):
        form = parse_form(BundleForm, raw, code="trust.malformed", limit=_BUNDLE_LIMIT)
        roots = {
            state: tuple(_parse_root(pem, state) for pem in texts)
            for state, texts in form.roots.items()
        }
    environment = Environment(form.environment)
    root_sets = {}
    for state, pinned in roots.items():
        with _told_of(f"the roots of {state}"):
            root_sets[state] = verify_root_chain(
                form.root_statements.get(state, ()),
                state=state,
                environment=environment,
                pinned=pinned,
                quorum=form.quorums.get(state, 1),
            )
    lists = {}
    for state, members in form.lists.items():
        if state not in roots:
            message = f"expected a pinned root for every list, found none for {state}"
            raise RefusedError("trust.root", message, actor=Actor.OPERATOR)
        lists[state] = _verify_members(
            members, state=state, environment=environment, roots=root_sets[state]
        )
    return TrustBundle(
        environment=environment,
        roots={state: each.roots for state, each in root_sets.items()},
        lists=lists,
        root_sets=root_sets,
    ).with_statuses(
        {name: said for each in lists.values() for name, said in each.compromised.items()}
    )


def verify_trust_list(
    raw: bytes,
    *,
    state: str,
    environment: Environment,
    roots: Sequence[Certificate] | RootSet,
    quorum: int = 1,
) -> TrustList:
    """Verify one trust list.

    1. It is JWS in the General JSON Serialization, each member once.
    2. Every signature in the name of a root that counts holds, and there is one at least.
    3. The payload has the list's form, speaks of its own state, and of the environment asked for;
       it was made under the root statement in force.
    4. At least as many roots signed as its quorum asks for, and as the roots' own asks for.
    5. Every certificate on it can be read; its path to a root of the state is noted (`paths`).

    Args:
        raw: The JWS.
        state: Whose list it must be.
        environment: test or production.
        roots: The state's, pinned, or at the end of their chain.
        quorum: How many of pinned ones must have signed, whatever the list says.

    Raises:
        RefusedError: ``trust.jws``, ``trust.unsigned``, ``trust.signature``, ``trust.malformed``,
            ``trust.other_list``, ``trust.other_roots``, ``trust.quorum``,
            ``certificate.malformed``, ``certificate.key``.
    """
    with _told_of(f"the list of {state}"):
        members = parse_json(raw, code="trust.jws", limit=_BUNDLE_LIMIT)
    if not isinstance(roots, RootSet):
        roots = RootSet.pinning(roots, quorum=quorum)
    return _verify_members(members, state=state, environment=environment, roots=roots)


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
    roots: RootSet,
) -> TrustList:
    with _told_of(f"the list of {state}"):
        signed = verify_jws(members, roots=roots.roots, code="trust", limit=_LIST_LIMIT)
        form = parse_form(TrustListForm, signed.payload, code="trust.malformed", limit=_LIST_LIMIT)
        if (form.state, form.environment) != (state, environment):
            message = f"expected one for {environment}, found {form.state}, {form.environment}"
            raise RefusedError("trust.other_list", message)
        if form.root_number != roots.number:
            message = (
                f"expected one made under root statement {roots.number}, "
                f"found one under {form.root_number}"
            )
            raise RefusedError("trust.other_roots", message)
        needed = max(form.quorum, roots.quorum)
        if len(signed.signers) < needed:
            message = f"expected {needed} roots to sign, found {len(signed.signers)}"
            raise RefusedError("trust.quorum", message, actor=Actor.OPERATOR)
        authorities = _read_authorities(form, roots)
        parties = _read_parties(form, roots, [each.certificate for each in authorities])
    return TrustList(
        state=state,
        environment=environment,
        root_number=form.root_number,
        number=form.number,
        payload_digest=digest_text_of(signed.payload),
        issued_at=form.issued,
        expires_at=form.expires,
        signers=tuple(each.thumbprint for each in signed.signers),
        quorum=form.quorum,
        parties=parties,
        pointers=form.pointers,
        authorities=authorities,
        snapshot={each.state: each for each in form.snapshot},
        roots_expire_at=roots.expires_at,
        compromised=_read_compromised(form, parties),
    )


def _read_compromised(
    form: TrustListForm, parties: Mapping[str, Sequence[ListedCertificate]]
) -> dict[str, Distrust]:
    said: dict[str, Distrust] = {}
    for party in form.parties:
        for entry, listed in zip(party.certificates, parties[party.party], strict=True):
            if entry.compromised_since is None:
                continue
            name = listed.certificate.thumbprint
            since = min(entry.compromised_since, said[name].since) if name in said else None
            said[name] = Distrust(
                since=since or entry.compromised_since,
                reason=f"the list of {form.state} says that its key was stolen",
                is_compromise=True,
            )
    return said


def _read_authorities(form: TrustListForm, roots: RootSet) -> tuple[ListedAuthority, ...]:
    """Read the authorities; under one that has no path, nothing is believed."""
    authorities = []
    for each in form.authorities:
        certificate = _read_certificate(each.certificate)
        path, _ = _find_path(certificate, roots)
        authorities.append(
            ListedAuthority(certificate=certificate, path=path, crl=each.crl, ocsp=each.ocsp)
        )
    return tuple(authorities)


def _find_path(
    certificate: Certificate, roots: RootSet, authorities: Sequence[Certificate] = ()
) -> tuple[tuple[Certificate, ...], datetime | None]:
    """Find the path to a root that counts, else to one that was replaced.

    Returns:
        The path, and in the latter case the last instant for which it counts.
    """
    path = find_path(certificate, roots=roots.roots, authorities=authorities)
    if path or not roots.former:
        return path, None
    until = {each.certificate.der: each.until for each in roots.former}
    former = [each.certificate for each in roots.former]
    path = find_path(certificate, roots=former, authorities=authorities)
    return path, until[path[-1].der] if path else None


def _read_parties(
    form: TrustListForm, roots: RootSet, authorities: Sequence[Certificate]
) -> dict[str, tuple[ListedCertificate, ...]]:
    known: dict[str, tuple[Certificate, tuple[Certificate, ...], datetime | None]] = {}
    parties: dict[str, tuple[ListedCertificate, ...]] = {}
    for entry in form.parties:
        listed: list[ListedCertificate] = []
        for each in entry.certificates:
            if each.certificate not in known:
                read = _read_certificate(each.certificate)
                known[each.certificate] = (read, *_find_path(read, roots, authorities))
            certificate, path, issuer_until = known[each.certificate]
            listed.append(
                ListedCertificate(
                    party=entry.party,
                    purpose=each.purpose,
                    certificate=certificate,
                    path=path,
                    issuer_until=issuer_until,
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
    check_root(root, state)
    return root
