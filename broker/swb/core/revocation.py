"""Whose status is asked for, and what the answers, or their absence, do to the trust bundle.

A state's sources stand on its list, by issuing authority; what a certificate names itself is added
where policy says so. The list is signed by the same root that would sign a revocation list of its
issuing authorities, and is the newer word: so where a root names no source, the list suffices for
the authorities under it.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING

from swb_schemas.wire.revocation import (
    Good,
    RevocationPolicy,
    Revoked,
    Sources,
    Statement,
    Unclear,
    combine_verdicts,
    find_named_sources,
    judge_statement,
)
from swb_schemas.wire.trust import Distrust, Unknown

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence
    from datetime import datetime

    from swb_schemas.wire.certificates import Certificate
    from swb_schemas.wire.revocation import Verdict
    from swb_schemas.wire.trust import ListedAuthority, TrustBundle

__all__ = ["Asking", "Subject", "judge_subject", "lay_verdicts", "list_subjects"]


class Asking(StrEnum):
    """When a certificate needs an answer.

    ``prefer``: where a source is named for it; elsewhere the list alone speaks. ``require``:
    always. In either case a source that cannot be reached is no good answer.
    """

    PREFER = "prefer"
    REQUIRE = "require"


@dataclass(frozen=True, slots=True, kw_only=True)
class Subject:
    """A certificate whose status is asked for.

    Attributes:
        state: Whose list it is on.
        certificate: Of a party, or of an issuing authority.
        issuer: Who answers for it.
        sources: Where is asked.
        is_authority: Whether it is an issuing authority.
    """

    state: str
    certificate: Certificate
    issuer: Certificate
    sources: Sources
    is_authority: bool

    @property
    def name(self) -> str:
        """Its thumbprint."""
        return self.certificate.thumbprint

    def is_asked_for(self, at: datetime) -> bool:
        """Whether there is anybody to ask; of what has ended nobody answers any more."""
        return bool(self.sources.crl or self.sources.ocsp) and at <= self.certificate.valid_until


def list_subjects(bundle: TrustBundle, *, named_in_certificates: bool) -> tuple[Subject, ...]:
    """List every certificate of every list that a root leads to, but for the roots, each once.

    Args:
        bundle: The lists.
        named_in_certificates: Whether is asked, too, where certificates themselves say.
    """
    found: dict[str, Subject] = {}
    for state, each in bundle.lists.items():
        sources = {one.certificate.der: one for one in each.authorities}
        for certificate, issuer, is_authority in each.list_issued():
            named = find_named_sources(certificate) if named_in_certificates else Sources()
            listed = sources.get(issuer.der)
            found[certificate.thumbprint] = Subject(
                state=state,
                certificate=certificate,
                issuer=issuer,
                sources=_join(listed, named),
                is_authority=is_authority,
            )
    return tuple(found.values())


def _join(listed: ListedAuthority | None, named: Sources) -> Sources:
    crl, ocsp = (listed.crl, listed.ocsp) if listed else ((), ())
    return Sources(
        crl=tuple(dict.fromkeys((*crl, *named.crl))),
        ocsp=tuple(dict.fromkeys((*ocsp, *named.ocsp))),
    )


def judge_subject(
    subject: Subject,
    statements: Sequence[Statement],
    *,
    at: datetime,
    asking: Asking,
    policy: RevocationPolicy,
) -> Verdict | None:
    """Make a verdict of all that is known of one certificate.

    Args:
        subject: The certificate.
        statements: What authentic answers said, of whatever time.
        at: The judging moment.
        asking: When it needs an answer.
        policy: How old an answer may be.

    Returns:
        None where nobody has to be asked and nothing is known against it.
    """
    verdict = combine_verdicts(
        judge_statement(each, at=at, policy=policy, of_authority=subject.is_authority)
        for each in statements
    )
    if not isinstance(verdict, Unclear):
        return verdict
    if at > subject.certificate.valid_until:
        if asking is Asking.PREFER or _was_good_in_the_end(subject, statements, policy):
            return None
        return Unclear(reason="there is no answer of its last days")
    if subject.is_asked_for(at):
        return verdict
    if asking is Asking.REQUIRE and not subject.is_authority:
        return Unclear(reason="its state names nobody who could be asked")
    return None


def _was_good_in_the_end(
    subject: Subject, statements: Iterable[Statement], policy: RevocationPolicy
) -> bool:
    """Whether an answer about what has ended since was good, and fresh when it ended."""
    end = subject.certificate.valid_until
    verdicts = (judge_statement(each, at=end, policy=policy) for each in statements)
    return isinstance(combine_verdicts(verdicts), Good)


def lay_verdicts(bundle: TrustBundle, verdicts: Mapping[str, Verdict]) -> TrustBundle:
    """Lay verdicts over what a bundle knows already, by thumbprint; the worse one stands."""
    more: dict[str, Distrust | Unknown] = {}
    for name, verdict in verdicts.items():
        match verdict:
            case Revoked():
                more[name] = verdict.as_distrust()
            case Unclear():
                more[name] = Unknown(reason=verdict.reason)
            case Good():
                pass
    return bundle.with_statuses(more) if more else bundle
