"""A simulated national single window: same seed, same words; a crash doubles and loses nothing."""

from __future__ import annotations

import asyncio
import json
from datetime import UTC, datetime, timedelta
from itertools import count, islice
from typing import TYPE_CHECKING

import pytest

from swb.plugins import discover_adapters
from swb.simulator.authority import SimulatedAuthority, read_register, read_returned
from swb.simulator.customs import Manner, draw_conduct
from swb.simulator.issuing import draw_certificate
from swb_schemas.documents import CustomsReceipt, CustomsResponse

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from swb_schemas.documents import CertificateOfOrigin

NOW = datetime(2026, 11, 22, 8, 0, 0, 123456, tzinfo=UTC)
DELIVERY = "019ca3b5-0efa-7000-8000-000000000003"
VIETNAM = discover_adapters().get("vietnam")


def authority(
    folder: Path,
    *,
    seed: int = 1,
    answers: bool = True,
    now: Callable[[], datetime] = lambda: NOW,
    down_for: float = 0,
) -> SimulatedAuthority:
    opened = SimulatedAuthority(
        state="VN",
        folder=folder,
        adapters=[VIETNAM],
        seed=seed,
        now=now,
        answers=answers,
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
    before = answers_in(tmp_path)
    later = authority(tmp_path, now=lambda: NOW + timedelta(hours=1))
    hand_over(tmp_path, draw())

    assert later.work_once() == 1

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
    assert again.work_once() == 1

    first, second = read_register(tmp_path)
    assert first.delivery_id == second.delivery_id == DELIVERY
    assert len(answers_in(tmp_path)) == 2
    for payload in answers_in(tmp_path).values():
        answer = VIETNAM.to_canonical(payload).document
        assert isinstance(answer, CustomsReceipt | CustomsResponse)
        at = answer.at if isinstance(answer, CustomsReceipt) else answer.decided_at
        assert at == NOW.replace(microsecond=0)


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
    before = set(answers_in(tmp_path))

    again = authority(tmp_path, now=lambda: NOW + timedelta(hours=1))
    assert again.work_once()

    (late,) = set(answers_in(tmp_path)) - before
    assert late.startswith("response-1-")


async def test_is_away_while_it_is_down_and_comes_back(tmp_path: Path) -> None:
    window = authority(tmp_path, down_for=0.2)
    running = asyncio.create_task(window.run())
    await asyncio.sleep(0.05)
    assert not (tmp_path / "out").exists()
    await asyncio.sleep(0.4)
    assert (tmp_path / "out").is_dir()
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
