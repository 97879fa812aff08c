"""The HTTP API as programs use it: submit, follow, pull, acknowledge, subscribe; over real HTTP."""

from __future__ import annotations

import base64
import json
import time
from datetime import UTC, datetime, timedelta
from hashlib import sha256
from io import BytesIO
from typing import TYPE_CHECKING, Any
from zipfile import ZipFile

import httpx
import pytest

from swb.backends.sqlite.audit import SqliteAuditTrail
from swb.core.access import RIGHTS, AccessRole, Principal, PrincipalKind, Right
from swb.core.lifecycle import Fact
from swb.ports import Event, KeptAnswer
from swb_adapters.vietnam import ADAPTER as VIETNAM
from swb_schemas.documents import CertificateOfOrigin
from tests.integration.api_world import PASSWORD, serve_region, take

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from tests.integration.api_world import ApiWorld

NSW = AccessRole.SINGLE_WINDOW


@pytest.fixture(scope="module")
def world(tmp_path_factory: pytest.TempPathFactory) -> Iterator[ApiWorld]:
    with serve_region(tmp_path_factory.mktemp("api")) as made:
        yield made


def acknowledge(client: httpx.Client, taken: dict[str, Any]) -> httpx.Response:
    address = f"/v1/inbox/{taken['delivery_id']}/acknowledgement"
    return client.post(address, json={"lease_id": taken["lease_id"]})


def facts(client: httpx.Client, document_id: str) -> set[str]:
    return {each["name"] for each in client.get(f"/v1/documents/{document_id}").json()["events"]}


def until_fact(client: httpx.Client, document_id: str, fact: str) -> None:
    deadline = time.monotonic() + 30
    while fact not in facts(client, document_id):
        assert time.monotonic() < deadline, facts(client, document_id)


def test_a_payload_is_submitted_followed_pulled_and_acknowledged(world: ApiWorld) -> None:
    payload = world.draw_payload()
    with world.client("TH", NSW) as th, world.client("VN", NSW) as vn:
        answer = th.post("/v1/submissions", content=payload)
        assert answer.status_code == 201
        accepted = answer.json()
        document_id = accepted["document_id"]
        assert answer.headers["Location"] == f"/v1/documents/{document_id}"
        assert (accepted["message_type"], accepted["repeated"]) == ("CertificateIssue", False)
        taken = take(vn, document_id)
        document = VIETNAM.to_canonical(base64.b64decode(taken["payload"])).document
        assert isinstance(document, CertificateOfOrigin)
        assert str(document.key) == accepted["certificate_key"]
        until_fact(th, document_id, "AS2")
        assert "AS3" not in facts(th, document_id)
        assert acknowledge(vn, taken).status_code == 204
        until_fact(th, document_id, "AS3")
        found = th.get("/v1/documents", params={"reference": accepted["certificate_key"]})
        assert found.json()["document"]["document_id"] == document_id
        assert found.json()["status"] == "AS3"
    acted = [each for each in world.entries("VN") if each[2] == document_id]
    assert acted == [
        ("system single-window-vn", "inbox lease", document_id),
        ("system single-window-vn", "inbox acknowledge", document_id),
    ]


def test_a_payload_is_refused_with_the_path_in_the_sender_s_own_format(world: ApiWorld) -> None:
    payload = world.draw_payload().replace(b"<Box13>", b"<Box14></Box14><Box13>")
    with world.client("TH", NSW) as th:
        answer = th.post("/v1/submissions", content=payload)
        problem = answer.json()
        assert answer.status_code == 422
        assert answer.headers["Content-Type"] == "application/problem+json"
        assert problem["type"] == f"/v1/problems/{problem['code']}"
        assert problem["findings"][0]["national_path"]
        explained = th.get(problem["findings"][0]["explained_at"]).json()
        assert explained["code"] == problem["findings"][0]["code"]
        assert explained["advice"]


def test_the_same_payload_again_is_the_same_document(world: ApiWorld) -> None:
    payload = world.draw_payload()
    with world.client("TH", NSW) as th:
        first = th.post("/v1/submissions", content=payload)
        again = th.post("/v1/submissions", content=payload)
    assert (first.status_code, again.status_code) == (201, 200)
    assert again.json()["repeated"]
    assert again.json()["document_id"] == first.json()["document_id"]


def test_the_same_key_gets_the_same_answer_and_no_other_request(world: ApiWorld) -> None:
    payload = world.draw_payload()
    key = {"Idempotency-Key": '"8e03978e-40d5-43dd-bc93-6894a57f9324"'}
    with world.client("TH", NSW) as th, world.client("TH", AccessRole.OPERATOR) as other:
        first = th.post("/v1/submissions", content=payload, headers=key)
        again = th.post("/v1/submissions", content=payload, headers=key)
        bare = {"Idempotency-Key": key["Idempotency-Key"].strip('"')}
        without_marks = th.post("/v1/submissions", content=payload, headers=bare)
        for each in (again, without_marks):
            assert (each.status_code, each.content) == (201, first.content)
            assert each.headers["Location"] == first.headers["Location"]
        reused = th.post("/v1/submissions", content=world.draw_payload(), headers=key)
        assert (reused.status_code, reused.json()["code"]) == (422, "api.key_reused")
        # It is another one's key: the answer is what this payload is to them, not what was kept.
        theirs = other.post("/v1/submissions", content=payload, headers=key)
        assert (theirs.status_code, theirs.json()["repeated"]) == (200, True)


def test_a_refusal_is_kept_under_its_key_too(world: ApiWorld) -> None:
    key = {"Idempotency-Key": '"refused"'}
    with world.client("TH", NSW) as th:
        first = th.post("/v1/submissions", content=b"{}", headers=key)
        again = th.post("/v1/submissions", content=b"{}", headers=key)
    assert first.status_code == 422
    assert (again.status_code, again.content) == (422, first.content)
    assert again.headers["Content-Type"] == "application/problem+json"


def test_a_request_under_way_is_not_begun_a_second_time(world: ApiWorld) -> None:
    payload, key = world.draw_payload(), "under-way"
    access = world.nodes["TH"].access
    assert access is not None
    begun = KeptAnswer(
        owner="TH system single-window-th",
        key=key,
        fingerprint=sha256(b"POST /v1/submissions \n" + payload).hexdigest(),
        begun_at=datetime.now(UTC),
    )
    long_ago = datetime.now(UTC) - timedelta(days=1)
    with world.client("TH", NSW) as th:
        world.run(access.store.begin_request(begun, takes_over=long_ago, forget_before=long_ago))
        answer = th.post("/v1/submissions", content=payload, headers={"Idempotency-Key": key})
        assert (answer.status_code, answer.json()["code"]) == (409, "api.key_in_use")
        assert int(answer.headers["Retry-After"]) >= 1
        world.run(access.store.end_request(None, owner=begun.owner, key=key))
        again = th.post("/v1/submissions", content=payload, headers={"Idempotency-Key": key})
        assert again.status_code == 201


def test_a_lease_is_its_holder_s_alone(world: ApiWorld) -> None:
    document_id = world.submit()
    with world.client("VN", NSW) as vn:
        taken = take(vn, document_id)
        listed = {each["delivery_id"]: each for each in vn.get("/v1/inbox").json()["deliveries"]}
        assert listed[document_id]["leased_until"] == taken["lease_ends_at"]
        again = vn.post("/v1/inbox/leases", json={"limit": 100}).json()["deliveries"]
        assert document_id not in {each["delivery_id"] for each in again}
        lost = acknowledge(vn, {**taken, "lease_id": "0" * 32})
        assert (lost.status_code, lost.json()["code"]) == (409, "inbox.lease_lost")
        stranger = world.run(_another_window(world))
        theirs = httpx.post(
            f"{world.url('VN')}/v1/inbox/{document_id}/acknowledgement",
            json={"lease_id": taken["lease_id"]},
            headers={"Authorization": f"Bearer {stranger}"},
        )
        assert (theirs.status_code, theirs.json()["code"]) == (409, "inbox.lease_lost")
        assert acknowledge(vn, taken).status_code == 204
        assert acknowledge(vn, taken).status_code == 204


async def _another_window(world: ApiWorld) -> str:
    access = world.nodes["VN"].access
    assert access is not None
    other = Principal(name="another", kind=PrincipalKind.SYSTEM, state="VN", roles=frozenset({NSW}))
    _, token = await access.accounts_of("test").create_token(other, lasts_for=timedelta(days=1))
    return token


def test_what_is_given_back_comes_again_under_the_same_id(world: ApiWorld) -> None:
    document_id = world.submit()
    with world.client("VN", NSW) as vn:
        taken = take(vn, document_id)
        returned = vn.post(
            f"/v1/inbox/{document_id}/return",
            json={"lease_id": taken["lease_id"], "reason": "the archive is full"},
        )
        assert returned.status_code == 204
        assert acknowledge(vn, taken).status_code == 409
        second = take(vn, document_id)
        assert (second["attempts"], second["payload"]) == (1, taken["payload"])
        assert second["lease_id"] != taken["lease_id"]
        assert acknowledge(vn, second).status_code == 204


def test_a_gateway_with_another_door_has_no_inbox(world: ApiWorld) -> None:
    with world.client("TH", NSW) as th:
        answer = th.get("/v1/inbox")
    assert (answer.status_code, answer.json()["code"]) == (404, "api.not_pulled")


def test_evidence_and_octets_are_given_to_who_may_have_them(world: ApiWorld) -> None:
    document_id = world.submit()
    with world.client("TH", AccessRole.REGULATOR) as regulator:
        sealed = regulator.get(f"/v1/documents/{document_id}/content")
        assert sealed.content.startswith(b"<")
        assert "attachment" in sealed.headers["Content-Disposition"]
        container = regulator.get(f"/v1/documents/{document_id}/evidence")
        assert container.status_code == 200, container.text
        with ZipFile(BytesIO(container.content)) as opened:
            assert sealed.content in [opened.read(name) for name in opened.namelist()]
    acted = [each[:2] for each in world.entries("TH") if each[2] == document_id]
    assert acted[1:] == [("regulator-th", "read"), ("regulator-th", "evidence export")]


def test_requests_are_counted_by_operation_and_status(world: ApiWorld) -> None:
    document_id = world.submit()
    with world.client("VN", NSW) as vn:
        assert acknowledge(vn, take(vn, document_id)).status_code == 204
        assert vn.get("/v1/nothing").status_code == 404
        assert vn.get("/v1/inbox", headers={"Origin": "x"}).status_code == 403
    told = httpx.get(f"http://127.0.0.1:{world.nodes['VN'].ports['health']}/metrics").text
    for operation, status in (
        ("acknowledgeDelivery", 204),
        ("takeDeliveries", 200),
        ("other", 404),
        ("other", 403),
    ):
        label = f'node="VN gateway",operation="{operation}",status="{status}"'
        assert f"swb_api_requests_total{{{label}}}" in told
    assert 'swb_handed_over_total{node="VN gateway",outcome="done",type="CertificateIssue"}' in told
    assert document_id not in told


def test_a_person_signs_in_and_out(world: ApiWorld) -> None:
    world.token("TH", AccessRole.VIEWER)
    with world.client("TH") as client:
        who = {"name": "viewer-th", "password": PASSWORD}
        answer = client.post("/v1/sessions", json=who)
        assert answer.status_code == 201
        shown = {"Authorization": f"Bearer {answer.json()['token']}"}
        found = client.get("/v1/principal", headers=shown).json()
        assert (found["name"], found["roles"]) == ("viewer-th", ["viewer"])
        assert client.delete("/v1/sessions/current", headers=shown).status_code == 204
        over = client.get("/v1/principal", headers=shown)
        assert (over.status_code, over.json()["code"]) == (401, "access.session_over")
        wrong = client.post("/v1/sessions", json={**who, "password": "wrong"})
        assert (wrong.status_code, wrong.json()["code"]) == (401, "access.sign_in")


def test_says_what_there_is_and_how_it_is(world: ApiWorld) -> None:
    with world.client("TH", AccessRole.SUBSCRIBER) as bank:
        kinds = bank.get("/v1/catalogue").json()["document_types"]
        assert "CertificateIssue" in {each["message_type"] for each in kinds}
        assert bank.get("/v1/health").json()["code"] == "access.denied"
    with world.client("TH", NSW) as client:
        adapters = client.get("/v1/adapters").json()["adapters"]
        assert "thailand" in {each["name"] for each in adapters}
        health = client.get("/v1/health")
        assert set(health.json()["checks"]) >= {"store", "access", "line TH"}
    with world.client("TH") as anybody:
        assert anybody.get("/v1/openapi.json").json()["openapi"].startswith("3.1")
        nowhere = anybody.get("/v1/nowhere").json()
        assert (nowhere["code"], "docs/" in nowhere["detail"]) == ("api.not_found", False)


def test_what_is_no_request_of_the_document_is_told_by_its_code(world: ApiWorld) -> None:
    with world.client("TH", NSW) as th:
        key = {"Idempotency-Key": "two words"}
        answers = {
            "api.method": (405, th.put("/v1/submissions", content=b"{}")),
            "api.key_malformed": (400, th.post("/v1/submissions", content=b"{}", headers=key)),
            "api.invalid": (400, th.get("/v1/documents", params={"limit": "many"})),
        }
    told = {each.json()["code"]: each.status_code for _, each in answers.values()}
    assert told == {code: status for code, (status, _) in answers.items()}
    assert answers["api.method"][1].headers["Allow"]


def test_the_trail_tells_what_was_refused_from_what_was_done(world: ApiWorld) -> None:
    nothing = "00000000-0000-7000-8000-000000000000"
    wanted = {"subscriber": "nobody", "reference": "VN:BKK-01:X", "until": "2030-01-01T00:00:00Z"}
    before = len(world.entries("VN"))
    with world.client("VN", NSW) as vn:
        assert vn.put("/v1/entitlements", json=wanted).status_code == 403
        held = {"lease_id": "0" * 32}
        assert vn.post(f"/v1/inbox/{nothing}/acknowledgement", json=held).status_code == 409
        returned = {**held, "reason": "none"}
        assert vn.post(f"/v1/inbox/{nothing}/return", json=returned).status_code == 409
    told = [(action, subject) for _, action, subject in world.entries("VN")[before:]]
    assert told == [
        ("entitle", "VN:BKK-01:X"),
        ("entitle refused", "VN:BKK-01:X"),
        ("inbox acknowledge", nothing),
        ("inbox acknowledge refused", nothing),
        ("inbox return", nothing),
        ("inbox return refused", nothing),
    ]


def test_looks_for_adapters_once(world: ApiWorld, monkeypatch: pytest.MonkeyPatch) -> None:
    with world.client("TH", NSW) as client:
        first = client.get("/v1/adapters").json()
        monkeypatch.delattr("swb.api.routes.about.discover_adapters")
        assert client.get("/v1/adapters").json() == first


def test_a_subscriber_sees_nothing_without_a_legal_basis_and_then_only_its_references(
    world: ApiWorld,
) -> None:
    document_id, other_id = world.submit(), world.submit()
    with (
        world.client("TH", NSW) as th,
        world.client("TH", AccessRole.SUBSCRIBER) as bank,
    ):
        found = [
            th.get(f"/v1/documents/{each}").json()["document"]["certificate_key"]
            for each in (document_id, other_id)
        ]
        wanted = {
            "subscriber": "subscriber-th",
            "reference": found[0],
            "until": (datetime.now(UTC) + timedelta(days=1)).isoformat(),
        }
        refused = th.put("/v1/entitlements", json=wanted)
        assert (refused.status_code, refused.json()["code"]) == (403, "api.no_legal_basis")
        for address in ("/v1/references", "/v1/references/events"):
            answer = bank.get(address)
            assert (answer.status_code, answer.json()["code"]) == (403, "api.no_legal_basis")
        table = world.region.folder / "connections.toml"
        before = table.read_text(encoding="utf-8")
        basis = 'protected = true, legal_basis = "Protocol 4, Article 9"'
        table.write_text(before.replace("protected = true", basis), encoding="utf-8")
        try:
            nobody = th.put("/v1/entitlements", json={**wanted, "subscriber": "nobody"})
            assert (nobody.status_code, nobody.json()["code"]) == (404, "access.unknown")
            over = (datetime.now(UTC) - timedelta(days=365)).isoformat()
            late = th.put("/v1/entitlements", json={**wanted, "until": over})
            assert (late.status_code, late.json()["code"]) == (422, "api.entitlement_over")
            assert th.put("/v1/entitlements", json=wanted).status_code == 204
            assert bank.get(f"/v1/documents/{document_id}").status_code == 403
            (seen,) = bank.get("/v1/references").json()["references"]
            assert seen["reference"] == found[0]
            seen_events = _follow_events(bank, lambda: _deliver(world, document_id))
            assert {each["reference"] for each in seen_events} == {found[0]}
            assert seen_events[-1]["status"] == "AS3"
            gone = {"subscriber": "subscriber-th", "reference": found[0]}
            assert th.delete("/v1/entitlements", params=gone).status_code == 204
            assert bank.get("/v1/references").json() == {"references": []}
        finally:
            table.write_text(before, encoding="utf-8")


def _deliver(world: ApiWorld, document_id: str) -> None:
    with world.client("VN", NSW) as vn:
        acknowledge(vn, take(vn, document_id))


def _follow_events(client: httpx.Client, act: Callable[[], None]) -> list[dict[str, Any]]:
    """Follow until the document is delivered; the first event comes before anything is done."""
    told: list[dict[str, Any]] = []
    with client.stream("GET", "/v1/references/events") as answer:
        assert answer.headers["Content-Type"].startswith("text/event-stream")
        for line in answer.iter_lines():
            if not line.startswith("data: "):
                continue
            told.append(json.loads(line.removeprefix("data: ")))
            if len(told) == 1:
                act()
            if told[-1]["status"] == "AS3":
                return told
    pytest.fail("the stream ended")


@pytest.mark.parametrize("role", [each for each in AccessRole if Right.FOLLOW in RIGHTS[each]])
def test_what_is_said_of_items_is_for_those_who_may_read_documents(
    world: ApiWorld, role: AccessRole
) -> None:
    document_id = world.submit()
    store = world.nodes["TH"].store
    assert store is not None
    said = Event(
        document_id=document_id, name=Fact.RES_REC, at=datetime.now(UTC), detail="1 of 2 given"
    )
    world.run(store.record_events([said]))
    with world.client("TH", role) as client:
        events = client.get(f"/v1/documents/{document_id}").json()["events"]
    told = {each["detail"] for each in events if each["name"] == Fact.RES_REC}
    assert told == {"1 of 2 given" if Right.READ_PAYLOAD in RIGHTS[role] else None}


def test_nothing_is_written_that_cannot_be_entered(world: ApiWorld) -> None:
    document_id = world.submit()
    with world.client("VN", NSW) as vn:
        taken = take(vn, document_id)
    payload, lease = world.draw_payload(), {"lease_id": taken["lease_id"]}
    reference = {"subscriber": "bank", "reference": "TH:1:1"}
    until = {"until": "2099-01-01T00:00:00Z"}
    inbox = f"/v1/inbox/{document_id}"
    with world.client("TH", NSW) as th, world.client("VN", NSW) as vn:
        tried: list[tuple[str, Callable[[], httpx.Response]]] = [
            ("TH", lambda: th.post("/v1/submissions", content=payload)),
            ("TH", lambda: th.put("/v1/entitlements", json=reference | until)),
            ("TH", lambda: th.delete("/v1/entitlements", params=reference)),
            ("VN", lambda: acknowledge(vn, taken)),
            ("VN", lambda: vn.post(f"{inbox}/return", json=lease | {"reason": "no room"})),
        ]
        for state, act in tried:
            access = world.nodes[state].access
            assert access is not None
            assert isinstance(access.trail, SqliteAuditTrail)
            world.run(access.trail.close())
            try:
                answer = act()
            finally:
                world.run(access.trail.open(create=False))
            assert (answer.status_code, answer.json()["code"]) == (503, "audit.unavailable")
        # Nothing had been done: the delivery waits, the payload is new, and the lease is good.
        waiting = vn.get("/v1/inbox").json()["deliveries"]
        assert document_id in {each["delivery_id"] for each in waiting}
        assert th.post("/v1/submissions", content=payload).status_code == 201
        assert acknowledge(vn, taken).status_code == 204
