"""How roots are replaced, what the region saw, and keys that were stolen."""

from __future__ import annotations

from datetime import timedelta
from typing import Final

from swb_conformance.cases import Question, Verdict
from swb_schemas.wire.digest import digest_text_of
from swb_schemas.wire.root_succession import encode_root_statement
from swb_schemas.wire.trust_list import SnapshotEntry, encode_trust_list
from tests.vectors.positive import clear_message, sealed_certificate
from tests.vectors.roots import (
    FIRST,
    QUORUM,
    SECOND,
    Statement,
    bundle_of_chain,
    sign_payload,
    state_roots,
)
from tests.vectors.world import (
    AT,
    END,
    HOLDERS,
    STANDARD_ENTRIES,
    authority,
    bundle,
    entry_of,
    list_form,
    next_authority,
)
from tests.vectors.writing import Vector

_DAY: Final = timedelta(days=1)


def succession_vectors() -> tuple[Vector, ...]:
    """Every vector of this module."""
    return (*_chains(), *_former(), *_snapshots(), *_compromised())


def _trust(name: str, code: str, clause: str, why: str, subject: bytes) -> Vector:
    return Vector(
        name=name,
        question=Question.TRUST,
        why=why,
        clause=clause,
        subject=subject,
        code=code,
    )


def _chains() -> tuple[Vector, ...]:
    fresh = (next_authority(5), next_authority(6), next_authority(7))
    first = state_roots(FIRST, signed_by=FIRST[:2], former=(), number=1)
    second = state_roots()
    third = state_roots(SECOND, number=3, former=())
    unmet = encode_root_statement(second.form).replace(b'"quorum":2', b'"quorum":4')
    strangers = (authority("VN"), authority("REGION"))
    return (
        _trust(
            "accepts-roots-that-were-replaced",
            "",
            "T2",
            "Three roots and a quorum of two are pinned; the second statement puts a new root in "
            "the place of the first one, and two that are in both signed it, and the list.",
            bundle_of_chain(second),
        ),
        _trust(
            "accepts-a-chain-that-begins-with-the-pinned-statement",
            "",
            "T2",
            "The statement of the pinned roots themselves stands first in the chain.",
            bundle_of_chain(first, second),
        ),
        _trust(
            "accepts-roots-that-were-replaced-all-at-once",
            "",
            "T2",
            "No root is in both: two of the old ones and two of the new ones signed.",
            bundle_of_chain(
                state_roots(fresh, signed_by=(*FIRST[:2], *fresh[:2])), signed_by=fresh[1:]
            ),
        ),
        _trust(
            "refuses-roots-that-the-old-ones-did-not-sign",
            "trust.root_quorum",
            "T2",
            "New roots that say so themselves: one of the old ones signed, and two must.",
            bundle_of_chain(state_roots(fresh, signed_by=(FIRST[0], *fresh)), signed_by=fresh[:2]),
        ),
        _trust(
            "refuses-roots-that-did-not-sign-themselves",
            "trust.root_quorum",
            "T2",
            "The old roots name new ones whose keys nobody has shown to be held.",
            bundle_of_chain(state_roots(fresh, signed_by=FIRST), signed_by=fresh[:2]),
        ),
        _trust(
            "refuses-roots-that-nobody-signed-who-counts",
            "trust.unsigned",
            "T2",
            "The roots of another state and of the region sign for Thailand.",
            bundle_of_chain(state_roots(fresh, signed_by=strangers), signed_by=fresh[:2]),
        ),
        _trust(
            "refuses-a-chain-with-a-gap",
            "trust.root_number",
            "T2",
            "The third statement follows the pinned roots; who was named by the second is unknown.",
            bundle_of_chain(third),
        ),
        _trust(
            "refuses-root-statements-in-another-order",
            "trust.root_number",
            "T2",
            "The second statement after the third.",
            bundle_of_chain(second, third, second),
        ),
        _trust(
            "refuses-root-statements-of-another-environment",
            "trust.other_list",
            "T2",
            "Roots for production in a test bundle.",
            bundle_of_chain(state_roots(environment="production")),
        ),
        _trust(
            "refuses-a-root-statement-that-cannot-be-met",
            "trust.malformed",
            "T2",
            "A quorum of four beside three roots.",
            bundle_of_chain(Statement(form=second.form, octets=sign_payload(unmet, SECOND))),
        ),
        _trust(
            "refuses-a-list-of-the-roots-before",
            "trust.other_roots",
            "T3",
            "The list was made under the pinned roots, and two of them still count; under each "
            "root statement lists are made anew, or an old one could come back.",
            bundle_of_chain(second, form=list_form("TH", number=9)),
        ),
        _trust(
            "refuses-a-list-that-a-replaced-root-signed",
            "trust.quorum",
            "T4",
            "The replaced root and one that still counts signed the list: the former is out.",
            bundle_of_chain(second, signed_by=FIRST[:QUORUM]),
        ),
    )


def _sealed(name: str, code: str, why: str, trust: bytes, **changes: object) -> Vector:
    return Vector(
        name=name,
        question=Question.SEALED_DOCUMENT,
        why=why,
        clause="S7",
        subject=sealed_certificate(),
        code=code,
        trust=trust,
        **changes,  # type: ignore[arg-type]  # fields of the vector
    )


def _former() -> tuple[Vector, ...]:
    """The issuing seal was issued by the first root."""
    return (
        _sealed(
            "accepts-a-seal-from-before-its-root-was-replaced",
            "",
            "The root that issued the sealing certificate was replaced a minute before judging; "
            "what it issued counts for what was sealed before.",
            bundle_of_chain(state_roots(former=((FIRST[0], AT - timedelta(seconds=30)),))),
        ),
        _sealed(
            "refuses-a-seal-from-after-its-root-was-replaced",
            "certificate.expired",
            "What the former root issued counts until the day before SealedAt.",
            bundle_of_chain(state_roots(former=((FIRST[0], AT - _DAY),))),
        ),
        _sealed(
            "refuses-a-seal-whose-root-is-named-no-more",
            "certificate.not_issued",
            "The root statement does not name the root that issued the certificate.",
            bundle_of_chain(state_roots(former=())),
        ),
        _sealed(
            "refuses-to-judge-a-seal-by-expired-roots",
            "trust.roots_expired",
            "The list holds; the root statement that it was made under has expired.",
            bundle_of_chain(state_roots(expires=AT - _DAY)),
            verdict=Verdict.UNDETERMINED,
        ),
    )


def _snapshots() -> tuple[Vector, ...]:
    digest = digest_text_of(encode_trust_list(list_form("TH")))
    other = f"sha-256:{'0' * 64}"

    def message(name: str, code: str, why: str, seen: SnapshotEntry) -> Vector:
        return Vector(
            name=name,
            question=Question.MESSAGE,
            why=why,
            clause="M6",
            subject=clear_message(),
            code=code,
            verdict=Verdict.UNDETERMINED if code else None,
            trust=bundle(list_form("REGION", snapshot=[seen])),
        )

    return (
        message(
            "accepts-by-the-list-that-the-region-saw",
            "",
            "The region's snapshot names number and digest of the sender's list.",
            SnapshotEntry(state="TH", number=1, digest=digest),
        ),
        message(
            "refuses-to-judge-by-an-older-list-than-the-region-saw",
            "trust.list_behind",
            "The region saw list 2, and the one at hand is number 1: somebody holds it back.",
            SnapshotEntry(state="TH", number=2, digest=other),
        ),
        message(
            "refuses-to-judge-by-a-forked-list",
            "trust.list_forked",
            "Two lists have one number: here another one than the region saw.",
            SnapshotEntry(state="TH", number=1, digest=other),
        ),
    )


def _compromised() -> tuple[Vector, ...]:
    entries = tuple(
        (party, entry.model_copy(update={"compromised_since": AT - _DAY}))
        if party == HOLDERS[0].party
        else (party, entry)
        for party, entry in STANDARD_ENTRIES
    )
    assert entry_of(HOLDERS[0], end=END) in STANDARD_ENTRIES
    return (
        _sealed(
            "refuses-a-seal-of-a-stolen-key",
            "certificate.compromised",
            "The state's own list says that the key was stolen the day before, and nothing proves "
            "that the seal is older.",
            bundle(list_form("TH", entries)),
        ),
    )
