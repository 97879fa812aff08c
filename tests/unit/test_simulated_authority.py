"""A simulated national single window: same seed, same words; a crash doubles and loses nothing.

Customs says receipt and response of a certificate, and asks later for a verification of some; the
certificates drawn here are among these. Of what was refused, the issuing authority asks for
cancellation.
"""

from __future__ import annotations

import asyncio
import json
from datetime import UTC, datetime, timedelta
from itertools import count, islice
from typing import TYPE_CHECKING

import pytest

from swb.plugins import discover_adapters
from swb.simulator.authority import SimulatedAuthority, read_register, read_returned
from swb.simulator.customs import Manner, draw_conduct, draw_response
from swb.simulator.exchanges import draw_cancellation
from swb.simulator.issuing import draw_certificate
from swb.simulator.phytosanitary import draw_phytosanitary, withdraw
from swb_schemas.documents import (
    AboutCertificate,
    Cancellation,
    CancellationReply,
    CustomsReceipt,
    CustomsResponse,
    VerificationOutcome,
    VerificationReply,
    VerificationRequest,
)
from swb_schemas.documents.cancellation import CancellationOutcome
from swb_schemas.documents.customs import Decision
from swb_schemas.documents.verification import VerificationFinding, VerificationResult
from swb_schemas.rulebook.utilisation import add_up

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from swb_adapters.sdk import Adapter
    from swb_schemas.documents import CertificateOfOrigin, Document

NOW = datetime(2026, 11, 22, 8, 0, 0, 123456, tzinfo=UTC)
DELIVERY = "019ca3b5-0efa-7000-8000-000000000003"
OTHER = "019ca3b5-0efa-7000-8000-000000000004"
PATIENCE = timedelta(seconds=2)
"""About as long a late answer takes."""
VIETNAM = discover_adapters().get("vietnam")
THAILAND = discover_adapters().get("thailand")
EPHYTO = discover_adapters().get("ephyto")


def authority(
    folder: Path,
    *,
    state: str = "VN",
    seed: int = 1,
    answers: bool = True,
    now: Callable[[], datetime] = lambda: NOW,
    down_for: float = 0,
) -> SimulatedAuthority:
    opened = SimulatedAuthority(
        state=state,
        folder=folder,
        adapters=[{"TH": THAILAND, "VN": VIETNAM}[state], EPHYTO],
        seed=seed,
        now=now,
        answers=answers,
        patience=PATIENCE,
        down_for=down_for,
    )
    opened.open()
    return opened


def draw(number: int = 1) -> CertificateOfOrigin:
    """Draw certificates that customs answers at once, with receipt and one response."""
    return list(islice(_answered_at_once(), number + 1))[number]


def _answered_at_once() -> Iterator[CertificateOfOrigin]:
    for serial in count(1):
        certificate = draw_certificate(
            exporting="TH", importing="VN", serial=serial, seed=1, on=NOW.date(), items=2
        )
        conduct = draw_conduct(certificate, seed=1)
        if conduct.manner is Manner.AT_ONCE and not conduct.fails_first:
            yield certificate


def hand_over(folder: Path, certificate: CertificateOfOrigin, delivery: str = DELIVERY) -> None:
    """As the gateway does."""
    payload = VIETNAM.from_canonical(certificate).payload
    (folder / "out" / f"{delivery}.CertificateIssue.xml").write_bytes(payload)


def answers_in(folder: Path) -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in sorted((folder / "in").iterdir())}


def kinds_in(folder: Path) -> set[str]:
    """Tell which answers lie there, by the first word of their names."""
    return {name.partition("-")[0] for name in answers_in(folder)}


def tell(folder: Path, adapter: Adapter, document: Document, delivery: str = DELIVERY) -> None:
    """As the gateway hands over what is said of a certificate."""
    name = f"{delivery}.{type(document).__name__}.xml"
    (folder / "out" / name).write_bytes(adapter.from_canonical(document).payload)


def read_one(folder: Path, adapter: Adapter, kind: str) -> Document:
    """Read the one answer of a kind."""
    (payload,) = (
        octets for name, octets in answers_in(folder).items() if name.startswith(f"{kind}-")
    )
    return adapter.to_canonical(payload).document


def test_registers_takes_and_answers(tmp_path: Path) -> None:
    window = authority(tmp_path)
    certificate = draw()
    hand_over(tmp_path, certificate)
    advice = tmp_path / "out" / f"{DELIVERY}.CertificateIssue.xml.advice.json"
    advice.write_text("[]", encoding="utf-8")

    assert window.work_once() == 1

    (line,) = read_register(tmp_path)
    assert (line.certificate_key, line.delivery_id) == (str(certificate.key), DELIVERY)
    assert line.received_at == NOW.replace(microsecond=0)
    assert list((tmp_path / "out").iterdir()) == []
    assert len(list((tmp_path / "taken").iterdir())) == 2
    documents = [VIETNAM.to_canonical(each).document for each in answers_in(tmp_path).values()]
    assert {type(each) for each in documents} == {CustomsReceipt, CustomsResponse}
    for document in documents:
        assert isinstance(document, CustomsReceipt | CustomsResponse)
        assert document.subject.key == certificate.key
    assert window.work_once() == 0


def test_the_same_seed_gives_the_same_octets(tmp_path: Path) -> None:
    found = []
    for name in ("one", "other"):
        window = authority(tmp_path / name)
        for serial in range(1, 9):
            hand_over(tmp_path / name, draw(serial), f"{DELIVERY[:-1]}{serial}")
        window.work_once()
        found.append(answers_in(tmp_path / name))
    assert found[0] == found[1]


def test_another_seed_gives_other_decisions(tmp_path: Path) -> None:
    decided = set()
    for seed in range(30):
        folder = tmp_path / str(seed)
        window = authority(folder, seed=seed)
        hand_over(folder, draw(2))
        window.work_once()
        for name, payload in answers_in(folder).items():
            if name.startswith("response-"):
                document = VIETNAM.to_canonical(payload).document
                assert isinstance(document, CustomsResponse)
                decided.add(document.decision)
    assert len(decided) > 1


def test_says_nothing_where_it_does_not_answer(tmp_path: Path) -> None:
    window = authority(tmp_path, answers=False)
    hand_over(tmp_path, draw())
    assert window.work_once() == 1
    assert answers_in(tmp_path) == {}
    assert len(read_register(tmp_path)) == 1


def test_leaves_what_is_still_being_written(tmp_path: Path) -> None:
    window = authority(tmp_path)
    (tmp_path / "out" / ".0123.part").write_bytes(b"<half")
    assert window.work_once() == 0


def test_a_delivery_that_comes_again_counts_once_and_is_answered_alike(tmp_path: Path) -> None:
    window = authority(tmp_path)
    hand_over(tmp_path, draw())
    window.work_once()
    assert kinds_in(tmp_path) == {"receipt", "response"}
    later = authority(tmp_path, now=lambda: NOW + timedelta(hours=1))
    assert later.work_once() == 1
    assert kinds_in(tmp_path) == {"receipt", "response", "verification"}
    before = answers_in(tmp_path)
    hand_over(tmp_path, draw())

    assert later.work_once() == 2  # the delivery, and its verification, which is due at once

    lines = read_register(tmp_path)
    assert [line.delivery_id for line in lines] == [DELIVERY] * 2
    assert answers_in(tmp_path) == before


def test_two_deliveries_of_one_certificate_are_two_in_the_register(tmp_path: Path) -> None:
    """So that a test of the region sees what was doubled."""
    window = authority(tmp_path)
    hand_over(tmp_path, draw())
    hand_over(tmp_path, draw(), f"{DELIVERY[:-1]}4")
    window.work_once()
    assert [line.certificate_key for line in read_register(tmp_path)] == [str(draw().key)] * 2


def test_a_crash_between_register_and_answer_doubles_nothing(tmp_path: Path) -> None:
    window = authority(tmp_path)
    hand_over(tmp_path, draw())
    (tmp_path / "in").rename(tmp_path / "elsewhere")
    with pytest.raises(FileNotFoundError):
        window.work_once()
    assert len(read_register(tmp_path)) == 1
    assert list((tmp_path / "taken").iterdir()) == []
    (tmp_path / "elsewhere").rename(tmp_path / "in")

    again = authority(tmp_path, now=lambda: NOW + timedelta(hours=1))
    assert again.work_once() == 2  # the delivery, and its verification, which is due at once

    first, second = read_register(tmp_path)
    assert first.delivery_id == second.delivery_id == DELIVERY
    assert len(answers_in(tmp_path)) == 3
    taken = NOW.replace(microsecond=0)
    answers = [VIETNAM.to_canonical(each).document for each in answers_in(tmp_path).values()]
    told = {type(each): each.made_at for each in answers if isinstance(each, AboutCertificate)}
    assert told == {
        CustomsReceipt: taken,
        CustomsResponse: taken,
        VerificationRequest: taken + timedelta(seconds=1),
    }


def test_a_late_answer_waits_on_disk(tmp_path: Path) -> None:
    certificate = next(
        each
        for each in (
            draw_certificate(
                exporting="TH", importing="VN", serial=serial, seed=1, on=NOW.date(), items=2
            )
            for serial in count(1)
        )
        if draw_conduct(each, seed=1).manner is Manner.LATE
    )
    window = authority(tmp_path)
    hand_over(tmp_path, certificate)
    window.work_once()
    assert kinds_in(tmp_path) == {"receipt"}

    again = authority(tmp_path, now=lambda: NOW + PATIENCE)
    assert again.work_once() == 1
    assert kinds_in(tmp_path) == {"receipt", "response"}

    # Nothing is verified before it was decided on.
    last = authority(tmp_path, now=lambda: NOW + 2 * PATIENCE)
    assert last.work_once() == 1
    assert kinds_in(tmp_path) == {"receipt", "response", "verification"}
    assert authority(tmp_path, now=lambda: NOW + timedelta(hours=1)).work_once() == 0


def refuse() -> CustomsResponse:
    """Draw a response of customs that refuses."""
    return draw_response(draw(), state="VN", seed=1, at=NOW, decision=Decision.NOT_GIVEN)


def test_what_customs_refuses_it_refuses_whole_so_that_it_may_be_cancelled() -> None:
    refusal = refuse()
    assert [each.decision for each in refusal.items] == [Decision.NOT_GIVEN] * 2
    assert add_up([refusal]) == {}


def test_what_customs_refused_is_cancelled_once(tmp_path: Path) -> None:
    window = authority(tmp_path, state="TH")
    tell(tmp_path, THAILAND, refuse())
    assert window.work_once() == 1
    request = read_one(tmp_path, THAILAND, "cancellation")
    assert isinstance(request, Cancellation)
    assert request.subject.key == draw().key
    before = answers_in(tmp_path)

    tell(tmp_path, THAILAND, refuse(), OTHER)  # as a customs office that says it twice
    assert window.work_once() == 1
    assert answers_in(tmp_path) == before


@pytest.mark.parametrize(
    ("decision", "outcome"),
    [
        pytest.param(Decision.GIVEN, CancellationOutcome.UTILISED, id="given"),
        pytest.param(Decision.NOT_GIVEN, CancellationOutcome.ACCEPTED, id="not given"),
    ],
)
def test_customs_lets_be_cancelled_what_it_gave_no_preference_on(
    tmp_path: Path, decision: Decision, outcome: CancellationOutcome
) -> None:
    window = authority(tmp_path)
    certificate = next(
        each for each in _answered_at_once() if draw_conduct(each, seed=1).decision is decision
    )
    hand_over(tmp_path, certificate)
    window.work_once()
    response = read_one(tmp_path, VIETNAM, "response")
    assert isinstance(response, CustomsResponse)
    request = draw_cancellation(response.subject, office="NTB01", at=response.decided_at)
    tell(tmp_path, VIETNAM, request, OTHER)
    window.work_once()
    assert "reply" not in kinds_in(tmp_path)  # after all that it says of itself

    authority(tmp_path, now=lambda: NOW + 2 * PATIENCE).work_once()

    reply = read_one(tmp_path, VIETNAM, "reply")
    assert isinstance(reply, CancellationReply)
    assert (reply.subject, reply.outcome) == (request.subject, outcome)


def test_customs_knows_nothing_of_what_it_never_got(tmp_path: Path) -> None:
    request = draw_cancellation(refuse().subject, office="NTB01", at=NOW)
    window = authority(tmp_path)
    tell(tmp_path, VIETNAM, request)
    window.work_once()
    authority(tmp_path, now=lambda: NOW + 2 * PATIENCE).work_once()
    reply = read_one(tmp_path, VIETNAM, "reply")
    assert isinstance(reply, CancellationReply)
    assert reply.outcome is CancellationOutcome.UNKNOWN


def test_what_may_not_be_taken_back_yet_is_no_work(tmp_path: Path) -> None:
    window = authority(tmp_path, state="TH")
    issued = next(
        each
        for serial in count(1)
        if withdraw(
            each := draw_phytosanitary(
                exporting="TH", importing="VN", serial=serial, seed=1, on=NOW.date()
            ),
            seed=1,
        )
    )
    window.file([issued])
    assert len(list((tmp_path / "in").iterdir())) == 1

    late = authority(tmp_path, state="TH", now=lambda: NOW + 2 * PATIENCE)
    assert late.work_once() == 0  # the gateway has not taken what would be taken back
    (first,) = (tmp_path / "in").iterdir()
    first.unlink()
    assert late.work_once() == 1


def test_a_verification_is_replied_to_and_concluded_by_the_reply(tmp_path: Path) -> None:
    customs = authority(tmp_path / "VN")
    issuer = authority(tmp_path / "TH", state="TH")
    hand_over(tmp_path / "VN", draw())
    customs.work_once()
    authority(tmp_path / "VN", now=lambda: NOW + 2 * PATIENCE).work_once()
    request = read_one(tmp_path / "VN", VIETNAM, "verification")
    assert isinstance(request, VerificationRequest)

    tell(tmp_path / "TH", THAILAND, request)
    issuer.work_once()
    reply = read_one(tmp_path / "TH", THAILAND, "reply")
    assert isinstance(reply, VerificationReply)

    tell(tmp_path / "VN", VIETNAM, reply, OTHER)
    customs.work_once()
    outcome = read_one(tmp_path / "VN", VIETNAM, "outcome")
    assert isinstance(outcome, VerificationOutcome)
    assert outcome.subject == reply.subject == request.subject
    assert outcome.request_number == reply.request_number == request.request_number
    confirmed = reply.finding is VerificationFinding.ORIGINATING
    assert outcome.result is (
        VerificationResult.CONFIRMED if confirmed else VerificationResult.DENIED
    )
    assert request.requested_at < reply.replied_at < outcome.concluded_at


async def test_is_away_while_it_is_down_and_comes_back(tmp_path: Path) -> None:
    window = authority(tmp_path, down_for=0.2)
    running = asyncio.create_task(window.run())
    await asyncio.sleep(0)
    assert not (tmp_path / "out").exists()
    async with asyncio.timeout(30):
        while not (tmp_path / "out").is_dir():  # noqa: ASYNC110 - a folder tells nobody
            await asyncio.sleep(0.05)
    running.cancel()


def test_comes_back_after_a_crash_while_it_was_down(tmp_path: Path) -> None:
    authority(tmp_path)
    (tmp_path / "out").rename(tmp_path / "out.away")
    authority(tmp_path)
    assert (tmp_path / "out").is_dir()


@pytest.mark.parametrize("cut", [1, 5, 60])
def test_a_line_that_a_crash_cut_short_does_not_count(tmp_path: Path, cut: int) -> None:
    window = authority(tmp_path)
    hand_over(tmp_path, draw(1))
    window.work_once()
    hand_over(tmp_path, draw(2), f"{DELIVERY[:-1]}4")
    window.work_once()
    register = tmp_path / "register.jsonl"
    register.write_bytes(register.read_bytes()[:-cut])
    assert len(read_register(tmp_path)) == 1
    hand_over(tmp_path, draw(2), f"{DELIVERY[:-1]}4")

    authority(tmp_path).work_once()

    lines = register.read_text(encoding="utf-8").splitlines()
    assert len([json.loads(line) for line in lines]) == 2
    assert len(read_register(tmp_path)) == 2


def test_opening_never_writes_a_whole_register_anew(tmp_path: Path) -> None:
    """Whoever is killed while it writes a register anew loses all of it."""
    window = authority(tmp_path)
    hand_over(tmp_path, draw())
    window.work_once()
    register = tmp_path / "register.jsonl"
    register.chmod(0o400)
    before = register.stat()
    authority(tmp_path)
    after = register.stat()
    assert (before.st_mtime_ns, before.st_ino) == (after.st_mtime_ns, after.st_ino)


def test_files_certificates_under_names_of_their_own(tmp_path: Path) -> None:
    window = authority(tmp_path)
    certificates = [draw(serial) for serial in range(3)]
    assert window.file(certificates) == 3
    assert len(answers_in(tmp_path)) == 3
    read = [VIETNAM.to_canonical(each).document for each in answers_in(tmp_path).values()]
    assert {str(each.key) for each in certificates} == {
        str(each.key) for each in read if hasattr(each, "key")
    }


def test_an_application_that_breaks_a_rule_goes_back_and_is_mended(tmp_path: Path) -> None:
    window = authority(tmp_path)
    certificates = [draw(number) for number in range(40)]
    window.file(certificates)

    returned = read_returned(tmp_path)
    assert returned
    assert len(returned) < len(certificates)
    assert {reason for reasons in returned.values() for reason in reasons} <= {
        "rule.country_not_listed",
        "rule.issuing_is_importing",
    }
    filed = [VIETNAM.to_canonical(each).document for each in answers_in(tmp_path).values()]
    assert len(filed) == len(certificates)
    assert all(each in certificates for each in filed if each in certificates)
