"""What a simulated plant protection organisation draws passes the rules and crosses ePhyto."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING, Final

from swb.simulator.phytosanitary import draw_phytosanitary, withdraw
from swb_adapters.ephyto import ADAPTER
from swb_schemas.documents.sps import CertificateStatus
from swb_schemas.rulebook import check_document

if TYPE_CHECKING:
    from swb_schemas.documents.sps import SpsCertificate

ON: Final = date(2026, 11, 22)


def draw(serial: int, seed: int = 7) -> SpsCertificate:
    return draw_phytosanitary(exporting="ID", importing="SG", serial=serial, seed=seed, on=ON)


def test_draws_the_same_from_the_same_seed_and_what_no_rule_speaks_of() -> None:
    for serial in range(1, 40):
        certificate = draw(serial)
        assert certificate == draw(serial)
        assert check_document(certificate, at=ON) == ()
        rendering = ADAPTER.from_canonical(certificate)
        assert rendering.losses == ()
        assert ADAPTER.to_canonical(rendering.payload).document == certificate
    assert draw(1) != draw(1, seed=8)


def test_takes_some_back_by_their_status_and_nothing_else() -> None:
    taken_back = {serial: withdraw(draw(serial), seed=7) for serial in range(1, 100)}
    found = {serial: each for serial, each in taken_back.items() if each is not None}
    assert 0 < len(found) < 40
    for serial, each in found.items():
        assert each.status is CertificateStatus.WITHDRAWN
        assert each.key == draw(serial).key
        assert each.model_copy(update={"status": CertificateStatus.ISSUED}) == draw(serial)
