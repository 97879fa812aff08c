"""Before a certificate is issued: a trader applies, and the issuing authority examines.

Traders make mistakes; an application that breaks a rule goes back to its trader, who mends it. So
an authority issues only what its own rules let pass, as a real one does.
"""

from __future__ import annotations

from dataclasses import dataclass
from random import Random
from typing import TYPE_CHECKING, Final

from swb_schemas.findings import Severity
from swb_schemas.rulebook import check_document

if TYPE_CHECKING:
    from datetime import date

    from swb_schemas.documents import CertificateOfOrigin

__all__ = ["Examined", "apply_for"]

_MISTAKES: Final = 0.1
"""Share of applications that are wrong at first."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Examined:
    """One application, examined.

    Attributes:
        certificate: As applied for.
        reasons: Rules that it breaks; none when it is approved.
    """

    certificate: CertificateOfOrigin
    reasons: tuple[str, ...]


def apply_for(certificate: CertificateOfOrigin, *, seed: int, on: date) -> tuple[Examined, ...]:
    """Apply until the certificate is approved.

    Returns:
        Every application as it was examined, in order; the last one is the mended one.
    """
    serial = certificate.reference_number.rpartition("/")[2]
    random = Random(f"{seed}:application:{certificate.issuing_country}:{serial}")  # noqa: S311 - drawn values, not secrets
    applications = [certificate]
    if random.random() < _MISTAKES:
        applications.insert(0, _with_a_mistake(certificate, random))
    return tuple(
        Examined(
            certificate=application,
            reasons=tuple(
                finding.code
                for finding in check_document(application, at=on)
                if finding.severity is Severity.REFUSE
            ),
        )
        for application in applications
    )


def _with_a_mistake(certificate: CertificateOfOrigin, random: Random) -> CertificateOfOrigin:
    """Write a country that does not exist, or the own country as the importing one."""
    if random.random() < 1 / 2:
        consignee = certificate.consignee.model_copy(update={"country": "XX"})
        return certificate.model_copy(update={"consignee": consignee})
    declaration = certificate.exporter_declaration.model_copy(
        update={"importing_country": certificate.issuing_country}
    )
    return certificate.model_copy(update={"exporter_declaration": declaration})
