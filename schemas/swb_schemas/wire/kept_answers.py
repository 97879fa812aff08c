"""Revocation answers that somebody kept, laid over a bundle years later.

What revokes counts whatever its age, and whoever brings it: its issuer signed it. A good answer, or
none, says nothing here: whoever brings answers could leave one out.
"""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Final

from swb_schemas.wire.crl import RevocationList, read_crl
from swb_schemas.wire.ocsp_response import read_ocsp_response
from swb_schemas.wire.revocation import (
    AnswerKind,
    RevocationAnswer,
    RevocationPolicy,
    Revoked,
    Statement,
    combine_verdicts,
    judge_statement,
)

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence
    from datetime import datetime

    from swb_schemas.wire.certificates import Certificate
    from swb_schemas.wire.trust import Distrust, TrustBundle

__all__ = ["answers_among", "lay_revocations"]

_POLICY: Final = RevocationPolicy(clock_skew=timedelta(0))


def answers_among(files: Mapping[str, bytes], *, folder: str) -> tuple[RevocationAnswer, ...]:
    """Take the answers out of files by name: what is in a folder and ends in a kind of answer."""
    return tuple(
        RevocationAnswer(kind=kind, octets=octets)
        for name, octets in sorted(files.items())
        for kind in AnswerKind
        if name.startswith(folder) and name.endswith(f".{kind}")
    )


def lay_revocations(
    bundle: TrustBundle, answers: Sequence[RevocationAnswer], *, at: datetime
) -> TrustBundle:
    """Lay what answers revoke over what a bundle knows already.

    Args:
        bundle: The lists.
        answers: In any order; what is not authentic, or about nobody listed, says nothing.
        at: The judging moment; an answer of later says nothing.
    """
    reader = _Reader(answers)
    found: dict[str, Distrust] = {}
    for each in bundle.lists.values():
        for certificate, issuer, _ in each.list_issued():
            verdict = combine_verdicts(
                judge_statement(statement, at=at, policy=_POLICY)
                for statement in reader.read(certificate, issuer)
            )
            if isinstance(verdict, Revoked):
                found[certificate.thumbprint] = verdict.as_distrust()
    return bundle.with_statuses(found) if found else bundle


class _Reader:
    """Reads answers about one certificate after the other, a list once for each issuer."""

    def __init__(self, answers: Sequence[RevocationAnswer]) -> None:
        self._ocsp = [each.octets for each in answers if each.kind is AnswerKind.OCSP]
        self._crl = [each.octets for each in answers if each.kind is AnswerKind.CRL]
        self._lists: dict[bytes, list[RevocationList]] = {}

    def read(self, certificate: Certificate, issuer: Certificate) -> Iterator[Statement]:
        if issuer.der not in self._lists:
            read = [read_crl(each, issuer=issuer) for each in self._crl]
            self._lists[issuer.der] = [each for each in read if isinstance(each, RevocationList)]
        said = [each.state_of(certificate) for each in self._lists[issuer.der]]
        said += [
            read_ocsp_response(each, certificate=certificate, issuer=issuer) for each in self._ocsp
        ]
        return (each for each in said if isinstance(each, Statement))
