"""A demonstration ends when nothing is on its way any more, so that what it keeps is whole."""

from __future__ import annotations

import json
import sqlite3
from datetime import UTC, datetime
from typing import TYPE_CHECKING

import pytest

from swb.app import open_store
from swb.config import load_config
from swb.sandbox.demo import count_outcome, draw_certificates, run_demo
from swb.simulator.authority import file_name
from swb.simulator.customs import Manner, draw_conduct
from swb.simulator.exchanges import is_verified
from swb_schemas.documents.customs import Decision, Subject
from tests.integration.daemons import lay_out

if TYPE_CHECKING:
    from pathlib import Path

    from swb.sandbox.region import Region
    from swb_schemas.documents import CertificateOfOrigin


@pytest.mark.parametrize("attempt", range(3))
async def test_nothing_is_on_its_way_when_it_ends(tmp_path: Path, attempt: int) -> None:
    region = await lay_out(tmp_path / "region", limits={"poll_seconds": 0.1})
    certificates = draw_certificates(
        states=region.states, documents=3, seed=5 + attempt, on=datetime.now(UTC).date()
    )
    seen: list[int] = []

    result = await run_demo(
        region, certificates, seed=1, transport="x", on_progress=seen.append, give_up_after=30
    )

    assert (result.total("delivered"), result.total("lost"), result.unfinished) == (3, 0, 0)
    assert seen[-1] == 3
    for state in region.states:
        for door in ("in", "out", "later"):
            left = [path for path in (region.drop_folder(state) / door).iterdir() if path.is_file()]
            assert left == []
    for file in (region.router, *region.gateways.values()):
        async with open_store(load_config(file)) as store:
            counts = await store.count()
            assert (counts.outbound, counts.deliveries, counts.held) == (0, 0, 0)


async def test_counts_what_was_lost_doubled_refused_and_handed_over_again(tmp_path: Path) -> None:
    region = await lay_out(tmp_path / "region")
    on = datetime.now(UTC).date()
    drawn = draw_certificates(states=region.states, documents=40, seed=1, on=on)
    chosen = [each for each in drawn if draw_conduct(each, seed=1).manner is Manner.AT_ONCE][:3]
    whole = await run_demo(
        region, chosen, seed=1, transport="x", on_progress=lambda _: None, give_up_after=30
    )
    figures = ("lost", "duplicated", "refused", "handed_over_again")
    assert [whole.total(name) for name in figures] == [0, 0, 0, 0]

    async def count() -> list[int]:
        result = await count_outcome(region, chosen, seed=1, seconds=0, transport="x")
        return [result.total(name) for name in figures]

    first = chosen[0]
    importing = region.drop_folder(first.exporter_declaration.importing_country)
    exporting = region.drop_folder(first.issuing_country)
    register, answers = importing / "register.jsonl", exporting / "answers.jsonl"
    line = next(row for row in register.read_text().splitlines() if str(first.key) in row)
    received = register.read_text()
    register.write_text(f"{received}{line}\n")
    assert await count() == [0, 0, 0, 1]
    other = json.dumps([str(first.key), "another delivery", json.loads(line)[2]])
    register.write_text(f"{received}{other}\n")
    assert await count() == [0, 1, 0, 0]
    register.write_text(received.replace(f"{line}\n", ""))
    assert await count() == [1, 0, 0, 0]
    register.write_text(received)

    heard = answers.read_text()
    responses = [row for row in heard.splitlines() if "CustomsResponse" in row]
    answers.write_text(heard.replace(f"{responses[0]}\n", ""))
    assert await count() == [1, 0, 0, 0]
    answers.write_text(heard + json.dumps([*json.loads(responses[0])[:2], "once more"]) + "\n")
    assert await count() == [0, 1, 0, 0]
    answers.write_text(heard)

    refused = exporting / "in" / "refused" / f"certificate-{file_name(str(first.key))}.xml"
    refused.write_bytes(b"")
    refused.with_name(f"{refused.name}.json").write_text('{"code": "exchange.number"}')
    assert await count() == [0, 0, 1, 0]
    told = await count_outcome(region, chosen, seed=1, seconds=0, transport="x")
    assert told.refusals == {"exchange.number": 1}


async def test_counts_what_follows_a_decision_and_did_not_come(tmp_path: Path) -> None:
    region = await lay_out(tmp_path / "region")
    on = datetime.now(UTC).date()
    drawn = draw_certificates(states=region.states, documents=60, seed=1, on=on)
    at_once = [each for each in drawn if draw_conduct(each, seed=1).manner is Manner.AT_ONCE]
    refused = next(each for each in at_once if is_refused(each))
    verified = next(each for each in at_once if is_looked_into(each))
    chosen = [refused, verified]
    whole = await run_demo(
        region, chosen, seed=1, transport="x", on_progress=lambda _: None, give_up_after=30
    )
    assert (whole.cancelled, whole.verified, whole.unfinished) == (1, 1, 0)
    for certificate, events in (
        (refused, "CANCELLED"),
        (verified, "VERIFICATION CONFIRMED|VERIFICATION DENIED"),
    ):
        forget_event(region, certificate, events)
        result = await count_outcome(region, chosen, seed=1, seconds=0, transport="x")
        assert result.total("lost") == 0
    assert result.unfinished == 2


async def test_a_single_window_that_is_down_gets_everything_later(tmp_path: Path) -> None:
    region = await lay_out(tmp_path / "region", down={"VN": 2.0})
    on = datetime.now(UTC).date()
    drawn = draw_certificates(states=region.states, documents=4, seed=1, on=on)
    begun = datetime.now(UTC)
    result = await run_demo(
        region, drawn, seed=1, transport="x", on_progress=lambda _: None, give_up_after=40
    )
    assert (result.total("delivered"), result.total("lost")) == (4, 0)
    async with open_store(load_config(region.gateways["VN"])) as store:
        for certificate in drawn:
            record = await store.find_certificate(str(certificate.key))
            assert record is not None
            if record.direction == "in":
                at = {each.name: each.at for each in await store.list_events(record.document_id)}
                assert (at["AS3"] - begun).total_seconds() >= 1.9, "not before it is back"


def is_refused(certificate: CertificateOfOrigin) -> bool:
    return draw_conduct(certificate, seed=1).decision is Decision.NOT_GIVEN


def is_looked_into(certificate: CertificateOfOrigin) -> bool:
    decision = draw_conduct(certificate, seed=1).decision
    return decision is Decision.GIVEN and is_verified(subject_of(certificate), decision, seed=1)


def subject_of(certificate: CertificateOfOrigin) -> Subject:
    return Subject(
        issuing_country=certificate.issuing_country,
        issuing_office=certificate.issuing_office,
        reference_number=certificate.reference_number,
    )


def forget_event(region: Region, certificate: CertificateOfOrigin, events: str) -> None:
    """Have the issuing gateway not know that one of some events happened."""
    file = region.folder / "store" / f"{certificate.issuing_country}.db"
    with sqlite3.connect(file) as connection:
        done = connection.execute(
            "DELETE FROM events WHERE instr(?, '|' || name || '|') AND document_id IN "
            "(SELECT document_id FROM documents WHERE certificate_key = ?)",
            (f"|{events}|", str(certificate.key)),
        )
    connection.close()
    assert done.rowcount == 1
