"""The largest document passes in bounded memory, and a larger one meets one code at every door."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from typing import TYPE_CHECKING, Any

import pytest

from swb.plugins import discover_adapters
from swb.services.sealing import Route
from swb_schemas.documents.elements import Environment
from swb_schemas.errors import RefusedError
from swb_schemas.parties import CUSTOMS, GATEWAY, ISSUING, PartyId
from swb_schemas.wire import parse_trust_bundle, verify_message, verify_sealed
from swb_schemas.wire.limits import LARGEST_MESSAGE, LARGEST_PAYLOAD, LARGEST_SEALED
from tests.integration.largest import certificate_of, largest_message, seal_of
from tests.services import ROOT
from tests.vectors.world import AT, VN_GATEWAY, bundle

if TYPE_CHECKING:
    from pathlib import Path

    from tests.integration.world import World

MOST_MEMORY = 200_000_000
"""Octets that judging one message may take, whatever it is; 90 million were measured."""


def judge_apart(raw: bytes, folder: Path) -> dict[str, Any]:
    """Judge a message in a process of its own."""
    file = folder / "message.xml"
    file.write_bytes(raw)
    done = subprocess.run(
        [sys.executable, "-m", "tests.integration.largest", str(file)],
        cwd=ROOT,
        env={**os.environ, "PYTHONPATH": f"{ROOT}{os.pathsep}{os.environ.get('PYTHONPATH', '')}"},
        capture_output=True,
        timeout=100,
        check=True,
    )
    found = json.loads(done.stdout)
    assert isinstance(found, dict)
    return found


def refusal_of_sealed(raw: bytes) -> RefusedError:
    with pytest.raises(RefusedError) as failure:
        verify_sealed(raw, trust=parse_trust_bundle(bundle()), at=AT)
    return failure.value


def test_the_largest_document_passes_in_bounded_memory(tmp_path: Path) -> None:
    raw = largest_message()
    assert LARGEST_SEALED * 4 / 3 < len(raw) + 20_000 < LARGEST_MESSAGE
    taken = judge_apart(raw, tmp_path)
    assert taken["code"] == ""
    assert taken["octets"] < MOST_MEMORY


@pytest.mark.parametrize(
    ("raw", "code"),
    [
        (b"<a>" + b"<b/>" * 2_300_000 + b"</a>", "xml.too_many_elements"),
        (b"<a>" + b"<b></b>" * 399_000 + b"</a>", "message.not_a_message"),
        (b"<a>" + b"x" * 9_400_000 + b"</a>", "message.not_a_message"),
    ],
    ids=["too many elements", "as many elements as may be", "one long text"],
)
def test_no_shape_of_a_message_takes_more_memory(raw: bytes, code: str, tmp_path: Path) -> None:
    taken = judge_apart(raw, tmp_path)
    assert taken["code"] == code
    assert taken["octets"] < MOST_MEMORY


def test_refuses_a_message_that_could_hold_no_document_of_allowed_size() -> None:
    trust = parse_trust_bundle(bundle())
    for raw in (b" " * (LARGEST_MESSAGE + 1), b"<" * (LARGEST_MESSAGE + 1)):
        with pytest.raises(RefusedError) as failure:
            verify_message(raw, trust=trust, at=AT, receiver=VN_GATEWAY)
        assert failure.value.code == "document.too_large", "before it is read as XML"


def test_refuses_a_sealed_document_of_one_octet_too_many() -> None:
    refusal = refusal_of_sealed(b" " * (LARGEST_SEALED + 1))
    assert refusal.code == "document.too_large"
    assert refusal_of_sealed(b" " * LARGEST_SEALED).code == "xml.malformed"


def test_refuses_a_sealed_document_of_one_item_too_many_whoever_sealed_it() -> None:
    refusal = refusal_of_sealed(seal_of(certificate_of(5001)))
    assert refusal.code == "document.too_many_items"
    assert refusal.findings[0].path == "CertificateOfOrigin/Item"


@pytest.mark.parametrize("name", ["thailand", "vietnam", "indonesia", "canonical"])
def test_an_adapter_refuses_one_item_too_many_by_the_same_code(name: str) -> None:
    adapter = discover_adapters().get(name)
    raw = adapter.from_canonical(certificate_of(5001)).payload
    assert len(raw) < LARGEST_PAYLOAD
    with pytest.raises(RefusedError) as failure:
        adapter.to_canonical(raw)
    assert failure.value.code == "document.too_many_items"
    (finding,) = failure.value.findings
    assert finding.path or finding.national_path


async def test_seals_nothing_that_nobody_may_take(world: World) -> None:
    route = Route(
        issuing_party=PartyId("TH", ISSUING),
        receiving_party=PartyId("VN", CUSTOMS),
        sender=PartyId("TH", GATEWAY),
        receiver=PartyId("VN", GATEWAY),
        line="TH",
        environment=Environment.TEST,
    )
    with pytest.raises(RefusedError) as failure:
        await world.th.sealer.seal(certificate_of(5000, padding=2000), route)
    assert failure.value.code == "document.too_large"


async def test_a_payload_of_one_octet_too_many_leaves_no_trace(world: World) -> None:
    with pytest.raises(RefusedError) as failure:
        await world.th.submitting.submit(b" " * (LARGEST_PAYLOAD + 1))
    assert failure.value.code == "document.too_large"
    assert await world.th.store.list_documents() == []
