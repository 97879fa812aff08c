"""Faults of a target that does not ask whose certificate signed."""

from __future__ import annotations

from dataclasses import replace as changed
from typing import TYPE_CHECKING, Any, Final

from swb_schemas.errors import RefusedError, UndeterminedError
from swb_schemas.wire import trust, verification
from swb_schemas.wire.certificates import parse_certificate
from swb_schemas.wire.trust import ListedCertificate, TrustBundle
from tests.conformance.faulty.fault import Answering, Fault, replace, silence

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import datetime

__all__ = ["FAULTS"]


def _forgive(*codes: str) -> Callable[[Answering], Answering]:
    """Take a certificate for good that is refused with one of the codes."""

    def switch_on(answer: Answering) -> Answering:
        honest = TrustBundle.judge_certificate

        def judge(self: TrustBundle, certificate: bytes, **asked: Any) -> ListedCertificate:
            try:
                return honest(self, certificate, **asked)
            except (RefusedError, UndeterminedError) as error:
                if error.code not in codes:
                    raise
            some = next(
                each
                for listed in self.lists.values()
                for entries in listed.parties.values()
                for each in entries
            )
            return changed(
                some,
                party=str(asked["party"]),
                purpose=asked["purpose"],
                certificate=parse_certificate(certificate),
            )

        replace(TrustBundle, "judge_certificate", judge)
        return answer

    return switch_on


def _judge_certificates_now(answer: Answering) -> Answering:
    honest = TrustBundle.judge_certificate

    def judge(self: TrustBundle, certificate: bytes, **asked: Any) -> ListedCertificate:
        asked["moments"] = (asked["at"],)
        return honest(self, certificate, **asked)

    replace(TrustBundle, "judge_certificate", judge)
    return answer


def _ignore_dates(answer: Answering) -> Answering:
    def holds_at(self: ListedCertificate, moment: datetime) -> bool:
        del self, moment
        return True

    replace(ListedCertificate, "holds_at", holds_at)
    return answer


def _ignore_expiry_of_lists(answer: Answering) -> Answering:
    def entries_of(self: TrustBundle, party: Any, at: datetime) -> tuple[ListedCertificate, ...]:
        del at
        found = self.lists.get(party.state)
        return () if found is None else found.parties.get(str(party), ())

    replace(TrustBundle, "_entries_of", entries_of)
    return answer


def _ignore_key_usage(answer: Answering) -> Answering:
    def check(entry: ListedCertificate) -> None:
        if not entry.path:
            raise RefusedError("certificate.not_issued", "")

    replace(trust, "_check_entry", check)
    return answer


def _fault(
    name: str, text: str, requirements: str, switch_on: Callable[[Answering], Answering]
) -> Fault:
    return Fault(
        name=name,
        text=text,
        profile="message",
        requirements=tuple(f"MSG-{each}" for each in requirements.split()),
        switch_on=switch_on,
    )


FAULTS: Final = (
    _fault(
        "roles",
        "lets anybody of a state send and seal",
        "011 023",
        silence((verification, "_check_role")),
    ),
    _fault(
        "unlisted",
        "takes a certificate that no list names",
        "011 024",
        _forgive("certificate.unlisted"),
    ),
    _fault(
        "purpose",
        "does not look at the purpose of a certificate",
        "011 024",
        _forgive("certificate.wrong_purpose"),
    ),
    _fault(
        "unknown-party",
        "takes the word of a party that no list names",
        "011 024",
        _forgive("party.unknown"),
    ),
    _fault(
        "issuer",
        "looks for no path to a root",
        "011 024",
        _forgive("certificate.not_issued"),
    ),
    _fault("key-usage", "does not look at key usage", "011", _ignore_key_usage),
    _fault("validity", "does not look at the dates of certificates", "011 024", _ignore_dates),
    _fault(
        "validity-now",
        "judges certificates as of now, not of when they signed",
        "011 024",
        _judge_certificates_now,
    ),
    _fault(
        "stolen-key",
        "believes a key that its state calls stolen",
        "024",
        silence((TrustBundle, "_check_status")),
    ),
    _fault("expired-list", "judges by a list that has expired", "011 024", _ignore_expiry_of_lists),
    _fault(
        "snapshot",
        "does not look at what the region saw",
        "011",
        silence((TrustBundle, "_check_snapshot")),
    ),
)
