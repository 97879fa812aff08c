"""What was believed of trust lists outlives a restart, and nothing goes back behind it."""

from __future__ import annotations

import json
from datetime import timedelta
from typing import TYPE_CHECKING

import pytest

from swb.backends.files import FileDistrustRegister, FileTrustSource, TrustMemory
from swb_schemas.catalogue import Purpose
from swb_schemas.documents.elements import Environment
from swb_schemas.errors import RefusedError, UnavailableError, UndeterminedError
from swb_schemas.wire import parse_trust_bundle
from swb_schemas.wire.digest import digest_text_of
from swb_schemas.wire.publication import encode_publication
from swb_schemas.wire.trust_list import SnapshotEntry, encode_trust_list
from swb_schemas.wire.trust_succession import remember
from tests.vectors.roots import FIRST, bundle_of_chain, sign_payload, state_roots
from tests.vectors.world import (
    AT,
    TH_GATEWAY,
    authority,
    bundle,
    bundle_of_two_roots,
    holder,
    list_form,
)

if TYPE_CHECKING:
    from pathlib import Path

    from swb_schemas.wire.trust_list import TrustListForm


class Reader:
    """A daemon's trust, which can be started anew."""

    def __init__(self, folder: Path) -> None:
        self.bundle = folder / "bundle.json"
        self.memory = folder / "memory"
        self.start()

    def start(self) -> None:
        self.source = FileTrustSource(
            self.bundle,
            environment=Environment.TEST,
            memory=TrustMemory(self.memory),
            distrust=FileDistrustRegister(self.memory),
        )

    async def take(self, octets: bytes) -> int:
        """Install a bundle and start anew; returns the number of Thailand's list."""
        self.bundle.write_bytes(octets)
        self.start()
        return (await self.source.fetch()).lists["TH"].number

    async def refusal(self, octets: bytes) -> str:
        """Install a bundle and start anew; returns why it is of no use."""
        with pytest.raises(UndeterminedError) as unusable:
            await self.take(octets)
        assert unusable.value.code == "trust.unusable"
        return unusable.value.message

    async def number(self) -> int:
        return (await self.source.fetch()).lists["TH"].number


@pytest.fixture
def reader(tmp_path: Path) -> Reader:
    return Reader(tmp_path)


def published(form: TrustListForm) -> bytes:
    return authority(form.state).sign_list(form)


@pytest.mark.parametrize(
    ("old", "code"),
    [
        pytest.param(bundle(list_form("TH", number=2)), "trust.rolled_back", id="an older list"),
        pytest.param(
            bundle(list_form("TH", number=3, expires=AT + timedelta(days=1))),
            "trust.rolled_back",
            id="another list of the same number",
        ),
        pytest.param(
            bundle(list_form("TH", number=20_000)), "trust.fast_forward", id="a leap ahead"
        ),
    ],
)
async def test_refuses_after_a_restart(reader: Reader, old: bytes, code: str) -> None:
    current = bundle(list_form("TH", number=3))
    assert await reader.take(current) == 3
    assert code in await reader.refusal(old)
    assert await reader.take(current) == 3


async def test_refuses_a_bundle_without_a_list_that_was_there(reader: Reader) -> None:
    await reader.take(bundle())
    members = json.loads(bundle())
    del members["lists"]["VN"]
    assert "trust.rolled_back" in await reader.refusal(json.dumps(members).encode())


async def test_refuses_the_roots_before_after_a_restart(reader: Reader) -> None:
    await reader.take(bundle_of_chain(state_roots()))
    old = bundle_of_chain(form=list_form("TH", number=9), signed_by=FIRST[:2])
    assert "trust.rolled_back" in await reader.refusal(old)


async def test_a_list_keeps_its_predecessors_quorum_over_a_restart(reader: Reader) -> None:
    await reader.take(bundle_of_two_roots(list_form("TH", quorum=2), signed_by=2, quorum=1))
    one = bundle_of_two_roots(list_form("TH", number=2), signed_by=1, quorum=1)
    assert "trust.quorum" in await reader.refusal(one)


async def test_a_lost_memory_is_told_and_not_made_anew(reader: Reader) -> None:
    await reader.take(bundle())
    (reader.memory / "accepted.json").write_text("{}", encoding="utf-8")
    reader.start()
    with pytest.raises(UnavailableError) as unavailable:
        await reader.source.fetch()
    assert unavailable.value.code == "trust.memory"


async def test_a_list_that_was_offered_counts_at_once_and_after_a_restart(reader: Reader) -> None:
    await reader.take(bundle())
    await reader.source.offer({"TH": published(list_form("TH", number=2))})
    assert await reader.number() == 2
    reader.start()
    assert await reader.number() == 2
    assert "trust.rolled_back" not in (reader.memory / "accepted.json").read_text(encoding="utf-8")


async def test_another_process_sees_what_was_offered(reader: Reader) -> None:
    await reader.take(bundle())
    other = Reader(reader.bundle.parent)
    assert await other.number() == 1
    await reader.source.offer({"TH": published(list_form("TH", number=2))})
    assert await other.number() == 2


async def test_new_roots_come_with_their_list(reader: Reader) -> None:
    await reader.take(bundle_of_chain(form=list_form("TH", number=7), signed_by=FIRST[:2]))
    second = state_roots()
    payload = encode_trust_list(list_form("TH", root_number=2))
    octets = encode_publication(sign_payload(payload, FIRST[1:]), [second.octets])
    trust = await reader.source.offer({"TH": octets})
    assert (trust.lists["TH"].root_number, trust.lists["TH"].number) == (2, 1)
    reader.start()
    assert (await reader.source.fetch()).root_sets["TH"].number == 2


@pytest.mark.parametrize(
    ("octets", "code"),
    [
        pytest.param(b"<html>no list</html>", "trust.malformed", id="garbage"),
        pytest.param(b"{}", "trust.malformed", id="another form"),
        pytest.param(
            sign_payload(encode_trust_list(list_form("TH", number=2)), [authority("VN")]),
            "trust.unsigned",
            id="signed by another state",
        ),
        pytest.param(published(list_form("VN", number=2)), "trust.unsigned", id="another's list"),
    ],
)
async def test_what_does_not_verify_changes_nothing(
    reader: Reader, octets: bytes, code: str
) -> None:
    await reader.take(bundle(list_form("TH", number=1)))
    with pytest.raises(RefusedError) as refused:
        await reader.source.offer({"TH": octets})
    assert refused.value.code == code
    assert await reader.number() == 1
    assert not list(reader.memory.glob("lists/*.json"))


async def test_lists_that_are_not_what_the_region_saw_are_not_taken(reader: Reader) -> None:
    await reader.take(bundle())
    seen = SnapshotEntry(state="TH", number=2, digest=f"sha-256:{'0' * 64}")
    region = published(list_form("REGION", number=2, snapshot=[seen]))
    with pytest.raises(UndeterminedError) as undetermined:
        await reader.source.offer({"REGION": region})
    assert undetermined.value.code == "trust.list_behind"
    with pytest.raises(UndeterminedError) as undetermined:
        await reader.source.offer({"REGION": region, "TH": published(list_form("TH", number=2))})
    assert undetermined.value.code == "trust.list_forked"
    later = published(list_form("TH", number=3))
    trust = await reader.source.offer({"REGION": region, "TH": later})
    assert trust.lists["TH"].number == 3
    back = published(
        list_form("REGION", number=3, snapshot=[seen.model_copy(update={"number": 1})])
    )
    with pytest.raises(RefusedError) as refused:
        await reader.source.offer({"REGION": back})
    assert refused.value.code == "trust.rolled_back"


async def test_the_regions_snapshot_loses_no_state(reader: Reader) -> None:
    await reader.take(bundle())
    form = list_form("TH", number=1)
    seen = SnapshotEntry(state="TH", number=1, digest=digest_text_of(encode_trust_list(form)))
    await reader.source.offer({"REGION": published(list_form("REGION", number=2, snapshot=[seen]))})
    with pytest.raises(RefusedError) as refused:
        await reader.source.offer({"REGION": published(list_form("REGION", number=3))})
    assert refused.value.code == "trust.rolled_back"
    assert "found none" in refused.value.message


async def test_a_fetched_list_never_counts_against_newly_pinned_roots(reader: Reader) -> None:
    await reader.take(bundle())
    await reader.source.offer({"TH": published(list_form("TH", number=2))})
    fresh = bundle_of_chain(form=list_form("TH", number=1), signed_by=FIRST[1:], pinned=FIRST[1:])
    assert await reader.take(fresh) == 1


async def test_a_statement_of_ones_own_is_laid_over_and_lifted(reader: Reader) -> None:
    await reader.take(bundle())
    trust = await reader.source.fetch()
    found = trust.find_certificate(TH_GATEWAY, Purpose.TRANSPORT, AT)
    assert found is not None
    register = FileDistrustRegister(reader.memory)
    made = await register.state(
        member="TH",
        purpose="transport",
        since=AT,
        reason="a call from the ministry",
        at=AT,
        certificates=(found.certificate.thumbprint,),
    )
    assert made.number == 1
    reader.start()
    with pytest.raises(RefusedError) as refused:
        (await reader.source.fetch()).judge_certificate(
            holder(TH_GATEWAY, Purpose.TRANSPORT).der,
            party=TH_GATEWAY,
            purpose=Purpose.TRANSPORT,
            moments=(AT,),
            at=AT,
        )
    assert refused.value.code == "certificate.compromised"
    await register.lift(1, AT)
    assert (await reader.source.fetch()).find_certificate(TH_GATEWAY, Purpose.TRANSPORT, AT)
    with pytest.raises(RefusedError) as refused:
        await register.lift(1, AT)
    assert refused.value.code == "trust.no_statement"
    (kept,) = await FileDistrustRegister(reader.memory).list_statements()
    assert kept.lifted_at == AT


async def test_what_is_remembered_is_what_the_bundle_says(reader: Reader) -> None:
    octets = bundle_of_chain(state_roots())
    await reader.take(octets)
    assert TrustMemory(reader.memory).load() == remember(parse_trust_bundle(octets))


async def test_a_crash_between_a_list_and_its_number_loses_neither(reader: Reader) -> None:
    """The list is kept before its number is: whichever came last, the next start agrees."""
    await reader.take(bundle())
    TrustMemory(reader.memory).keep_publications({"TH": published(list_form("TH", number=2))})
    reader.start()
    assert await reader.number() == 2
    assert TrustMemory(reader.memory).load()["TH"].number == 2


async def test_two_daemons_with_one_memory_never_take_it_back(reader: Reader) -> None:
    """Whoever writes last has read what the other one wrote."""
    await reader.take(bundle())
    other = Reader(reader.bundle.parent)
    await other.number()
    await reader.source.offer({"TH": published(list_form("TH", number=5))})
    await other.source.offer({"VN": published(list_form("VN", number=3))})
    accepted = TrustMemory(reader.memory).load()
    assert (accepted["TH"].number, accepted["VN"].number) == (5, 3)


async def test_what_cannot_be_remembered_is_not_believed(reader: Reader) -> None:
    reader.memory.write_bytes(b"no folder")
    with pytest.raises(UnavailableError) as unavailable:
        await reader.take(bundle())
    assert unavailable.value.code == "trust.memory"


async def test_looks_at_its_files_no_oftener_than_it_is_told(tmp_path: Path) -> None:
    seconds = 0.0
    file = tmp_path / "bundle.json"
    file.write_bytes(bundle(list_form("TH", number=2)))
    source = FileTrustSource(
        file, environment=Environment.TEST, looks_every=0.05, ticks=lambda: seconds
    )

    async def number() -> int:
        return (await source.fetch()).lists["TH"].number

    assert await number() == 2
    file.write_bytes(bundle(list_form("TH", number=3)))
    seconds = 0.04
    assert await number() == 2
    seconds = 0.06
    assert await number() == 3
    file.write_bytes(bundle(list_form("TH", number=4)))
    await source.check()
    assert await number() == 4, "whoever asks how it stands has it looked at"
