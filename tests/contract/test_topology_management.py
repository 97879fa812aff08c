"""A live RabbitMQ is compared with its description, and made to be like it."""

from __future__ import annotations

import asyncio
import json
import os
import socket
import ssl
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

import httpx
import pytest

from swb.backends.rabbitmq.applying import apply_plan, compare_plan, hash_passwords
from swb.backends.rabbitmq.description import (
    Kind,
    MemberPlan,
    RegionPlan,
    Thing,
    describe_region,
    to_definitions,
)
from swb.backends.rabbitmq.differences import State, find_differences, read_definitions
from swb.backends.rabbitmq.management import ManagementApi
from swb.backends.rabbitmq.node import PrivateNode, find_rabbitmq
from swb.backends.rabbitmq.topology import INBOX, SUBMIT, QueueLimits, build_topology
from swb.backends.rabbitmq.transport import RabbitTransport
from swb.backends.rabbitmq.users import Account, hash_password, is_hash_of
from swb.backends.softkey import TlsAuthority
from swb.ports import LineEnd
from swb_schemas.errors import RefusedError, SwbError, UnavailableError
from tests.contract.test_transport import names_of, opened, publish, receive
from tests.services import miss

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Iterator, Mapping
    from pathlib import Path

    from swb.backends.rabbitmq.applying import Applied
    from swb.backends.rabbitmq.differences import Difference

SALT = b"salt"


def account(name: str, *, connections: int = 8) -> Account:
    return Account(name=name, has_password=True, max_connections=connections, max_channels=64)


def member(state: str, *, length: int = 1_000, connections: int = 8) -> MemberPlan:
    return MemberPlan(
        state=state,
        account=account(f"gateway-{state}", connections=connections),
        max_length=length,
        max_octets=10_000_000,
        max_connections=64,
    )


@dataclass
class Server:
    """A private node with its management API, and a region of members that no other test has."""

    node: PrivateNode
    plan: RegionPlan

    @property
    def state(self) -> str:
        return self.plan.members[0].state

    @property
    def vhost(self) -> str:
        return build_topology(self.state).vhost

    @property
    def passwords(self) -> dict[str, str]:
        return {each.name: f"of-{each.name}" for each in self.plan.accounts()}

    def api(self, **changes: str) -> ManagementApi:
        url = urlsplit(self.node.management_url())
        user = changes.get("user", url.username or "")
        password = changes.get("password", url.password or "")
        port = changes.get("port", str(url.port))
        return ManagementApi(f"http://{user}:{password}@127.0.0.1:{port}", wait_for=20)

    async def compare(self, plan: RegionPlan | None = None) -> list[Difference]:
        """What differs of this test's own vhosts and users."""
        plan = plan or self.plan
        async with self.api() as api:
            found = await compare_plan(
                api, plan, passwords=self.passwords, operators=[], draw=os.urandom
            )
        own = {build_topology(each.state).vhost for each in plan.members}
        users = {each.name for each in plan.accounts()}
        return [
            each for each in found if each.thing.vhost in own or each.thing.identity[0] in users
        ]

    async def apply(self, plan: RegionPlan | None = None, *, prune: bool = False) -> Applied:
        async with self.api() as api:
            return await apply_plan(
                api,
                plan or self.plan,
                passwords=self.passwords,
                operators=[],
                draw=os.urandom,
                prune=prune,
            )

    async def call(self, method: str, path: str, body: object = None) -> None:
        """Do by hand what nobody described."""
        url = urlsplit(self.node.management_url())
        async with httpx.AsyncClient(
            base_url=f"http://127.0.0.1:{url.port}",
            auth=(url.username or "", url.password or ""),
            trust_env=False,
        ) as client:
            (await client.request(method, f"/api/{path}", json=body)).raise_for_status()

    def transport(self, end: LineEnd, *, password: str = "") -> RabbitTransport:
        user = self.plan.members[0].account.name if end is LineEnd.MEMBER else "router"
        password = password or self.passwords[user]
        url = f"amqp://{user}:{password}@127.0.0.1:{self.node.port}/{self.vhost}"
        return RabbitTransport(url=url, line=self.state, end=end)


@pytest.fixture(scope="module")
def node() -> Iterator[PrivateNode]:
    if find_rabbitmq() is None:
        miss("RabbitMQ", "rabbitmq-server")
    node = PrivateNode(management=True)
    asyncio.run(node.start())
    yield node
    asyncio.run(node.stop())


@pytest.fixture(scope="module")
def unused() -> Iterator[str]:
    return iter(["MA", "MB", "MC", "MD", "ME", "MF", "MG", "MH", "MI", "MJ", "MK", "ML"])


@pytest.fixture
def server(node: PrivateNode, unused: Iterator[str]) -> Server:
    return Server(node, RegionPlan(members=[member(next(unused))], routers=[account("router")]))


# --- pure --------------------------------------------------------------------------------------


def test_hashes_a_password_as_rabbitmq_does() -> None:
    known = hash_password("pass-word", SALT)
    assert is_hash_of(known, "pass-word")
    assert not is_hash_of(known, "pass-worD")
    assert not is_hash_of("", "")
    assert not is_hash_of("no base64!", "pass-word")


def test_keeps_the_hash_that_is_there_and_salts_a_new_one() -> None:
    there = Thing(
        kind=Kind.USER, identity=("a",), properties={"password_hash": hash_password("x", SALT)}
    )
    hashed = hash_passwords({"a": "x", "b": "y"}, [there], lambda octets: b"z" * octets)
    assert hashed == {"a": hash_password("x", SALT), "b": hash_password("y", b"zzzz")}
    assert hash_passwords({"a": "y"}, [there], lambda octets: b"z" * octets)["a"] != hashed["a"]


def test_a_description_differs_in_nothing_from_itself() -> None:
    plan = RegionPlan(members=[member("TH"), member("VN")], routers=[account("router")])
    things = describe_region(plan, hashes={"router": "r", "gateway-TH": "t", "gateway-VN": "v"})
    exported: Mapping[str, object] = json.loads(json.dumps(to_definitions(things)))
    assert find_differences(things, read_definitions(exported)) == ()


def test_no_hash_and_no_password_is_in_what_differs() -> None:
    plan = RegionPlan(members=[member("TH")], routers=[])
    expected = describe_region(plan, hashes={"gateway-TH": hash_password("secret-1", SALT)})
    found = describe_region(plan, hashes={"gateway-TH": hash_password("secret-2", SALT)})
    [difference] = find_differences(expected, found)
    assert difference.details == ("password_hash: another password or none",)


@pytest.mark.parametrize(
    ("plan", "code"),
    [
        pytest.param(
            RegionPlan(
                members=[
                    replace(member("TH"), account=account("same")),
                    replace(member("VN"), account=account("same")),
                ],
                routers=[],
            ),
            "topology.user",
            id="two members share a user",
        ),
        pytest.param(
            RegionPlan(members=[member("TH")], routers=[account("gateway-TH")]),
            "topology.user",
            id="a router has a member's user",
        ),
        pytest.param(
            RegionPlan(
                members=[member("TH", length=10)], routers=[], ceiling=QueueLimits(max_length=9)
            ),
            "topology.limit",
            id="a limit above the queue's own",
        ),
        pytest.param(
            RegionPlan(members=[member("Th")], routers=[]), "topology.member", id="no state"
        ),
    ],
)
def test_refuses_a_plan_that_cannot_hold(plan: RegionPlan, code: str) -> None:
    with pytest.raises(RefusedError) as caught:
        describe_region(plan)
    assert caught.value.code == code


@pytest.mark.parametrize("name", ["", "a b", "-a", "a/b", "ä", "a" * 65, "a\n"])
def test_refuses_a_user_s_name_that_is_none(name: str) -> None:
    with pytest.raises(RefusedError, match=r"topology\.user"):
        account(name)


# --- a live server -----------------------------------------------------------------------------


async def test_makes_everything_and_then_nothing_differs(server: Server) -> None:
    everything = await server.compare()
    assert {each.state for each in everything} == {State.MISSING}
    assert {each.thing.kind for each in everything} == set(Kind) - {Kind.POLICY}
    done = await server.apply()
    named = {(each.thing.kind, each.thing.identity) for each in everything}
    assert named <= {(each.thing.kind, each.thing.identity) for each in done.made}
    assert await server.compare() == []
    assert (await server.apply()).made == ()
    up, down = server.transport(LineEnd.MEMBER), server.transport(LineEnd.ROUTER)
    async with opened(up, down):
        await publish(up, "up")
        await publish(down, "down")
        assert names_of(await receive(down)) == {"up": 1}
        assert names_of(await receive(up)) == {"down": 1}


async def test_finds_and_mends_what_was_changed_by_hand(server: Server) -> None:
    await server.apply()
    user, vhost = server.plan.members[0].account.name, server.vhost
    everything = {"configure": ".*", "write": ".*", "read": ".*"}
    await server.call("PUT", f"permissions/{vhost}/{user}", everything)
    await server.call("DELETE", f"topic-permissions/{vhost}/{user}")
    await server.call("PUT", f"users/{user}", {"password": "another", "tags": "monitoring"})
    await server.call("PUT", f"user-limits/{user}/max-connections", {"value": 10_000})
    await server.call("DELETE", f"vhost-limits/{vhost}/max-queues")
    await server.call("DELETE", f"operator-policies/{vhost}/swb-limits")
    await server.call("DELETE", f"queues/{vhost}/submit.dead")
    await server.call("DELETE", f"bindings/{vhost}/e/submit/q/submit/test.{server.state}")
    found = {(each.state, each.thing.kind) for each in await server.compare()}
    assert found == {
        (State.OTHER, Kind.PERMISSION),
        (State.MISSING, Kind.TOPIC_PERMISSION),
        (State.OTHER, Kind.USER),
        (State.OTHER, Kind.PARAMETER),
        (State.MISSING, Kind.PARAMETER),
        (State.MISSING, Kind.QUEUE),
        (State.MISSING, Kind.BINDING),
    }
    await server.apply()
    assert await server.compare() == []
    async with opened(server.transport(LineEnd.MEMBER)):
        pass


async def test_names_what_is_too_much_and_removes_what_holds_no_message(server: Server) -> None:
    await server.apply()
    vhost = server.vhost
    await server.call("PUT", "users/stranger", {"password_hash": "", "tags": "administrator"})
    allowed = {"configure": ".*", "write": ".*", "read": ".*"}
    await server.call("PUT", f"permissions/{vhost}/stranger", allowed)
    with pytest.raises(httpx.HTTPStatusError):  # the vhost's limit of queues
        await server.call("PUT", f"queues/{vhost}/copies", {"durable": True})
    await server.call("PUT", f"exchanges/{vhost}/copies", {"durable": True, "type": "fanout"})
    await server.call("POST", f"bindings/{vhost}/e/submit/e/copies", {"routing_key": "#"})
    policy = {"pattern": ".*", "definition": {"max-length": 1}, "apply-to": "queues"}
    await server.call("PUT", f"policies/{vhost}/mine", policy)
    await server.call("PUT", f"operator-policies/{vhost}/theirs", policy)
    found = {(each.thing.kind, each.thing.name) for each in await server.compare()}
    assert found == {
        (Kind.PERMISSION, f"stranger in {vhost}"),
        (Kind.EXCHANGE, f"copies in {vhost}"),
        (Kind.BINDING, f"submit exchange copies # in {vhost}"),
        (Kind.POLICY, f"mine in {vhost}"),
        (Kind.PARAMETER, f"operator_policy theirs in {vhost}"),
    }
    assert not (await server.apply()).removed
    removed = (await server.apply(prune=True)).removed
    assert {each.thing.kind for each in removed if each.thing.vhost == vhost} == {
        Kind.PERMISSION,
        Kind.BINDING,
        Kind.POLICY,
        Kind.PARAMETER,
    }
    assert [each.thing.name for each in await server.compare()] == [f"copies in {vhost}"]
    async with server.api() as api:
        whole = await compare_plan(
            api, server.plan, passwords=server.passwords, operators=[], draw=os.urandom
        )
    assert ("stranger",) in {each.thing.identity for each in whole if each.thing.kind is Kind.USER}
    await server.call("DELETE", "users/stranger")


async def publish_until_full(transport: RabbitTransport) -> list[str]:
    """What was taken before the queue was full."""
    taken: list[str] = []
    for number in range(20):
        try:
            await publish(transport, f"m{number}")
        except UnavailableError as error:
            if error.code != "transport.full":
                raise
            return taken
        taken.append(f"m{number}")
    pytest.fail("it is never full")


async def test_a_limit_changes_while_messages_wait(server: Server) -> None:
    few = RegionPlan(members=[member(server.state, length=2)], routers=server.plan.routers)
    await server.apply(few)
    up, down = server.transport(LineEnd.MEMBER), server.transport(LineEnd.ROUTER)
    async with opened(up, down):
        taken = await publish_until_full(up)
        await server.apply()
        async with asyncio.timeout(20):
            while True:
                try:
                    await publish(up, "one more")
                except UnavailableError:
                    await asyncio.sleep(0.1)
                else:
                    break
        assert set(names_of(await receive(down, len(taken) + 1))) == {*taken, "one more"}


async def test_refuses_to_replace_a_queue_and_changes_nothing(server: Server) -> None:
    await server.apply()
    other = replace(server.plan, ceiling=QueueLimits(max_length=5_000))
    with pytest.raises(RefusedError, match=r"topology\.fixed.*x-max-length") as caught:
        await server.apply(other)
    assert "5000" in caught.value.message
    assert await server.compare() == []


async def test_applies_beside_traffic(server: Server) -> None:
    await server.apply()
    up, down = server.transport(LineEnd.MEMBER), server.transport(LineEnd.ROUTER)
    async with opened(up, down):
        await publish(up, "m1")
        await server.apply()
        await publish(up, "m2")
        assert names_of(await receive(down, 2)) == {"m1": 1, "m2": 1}


# --- what goes wrong ---------------------------------------------------------------------------


@asynccontextmanager
async def answering(answer: bytes, *, after: float = 0) -> AsyncIterator[int]:
    """A server that says one thing to everybody, after so many seconds; its port."""

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.read(1_000)
        await asyncio.sleep(after)
        writer.write(answer)
        await writer.drain()
        writer.close()

    async with await asyncio.start_server(serve, "127.0.0.1", 0) as server:
        yield server.sockets[0].getsockname()[1]


def http(body: str, status: str = "200 OK") -> bytes:
    return (
        f"HTTP/1.1 {status}\r\nContent-Type: application/json\r\n"
        f"Content-Length: {len(body)}\r\nConnection: close\r\n\r\n{body}"
    ).encode()


OLD = json.dumps({"rabbitmq_version": "3.8.2", **{kind: [] for kind in Kind}})
NEW = json.dumps({"rabbitmq_version": "5.0.0", **{kind: [] for kind in Kind}})


@pytest.mark.parametrize(
    ("answer", "code"),
    [
        pytest.param(http("<html>"), "management.other_api", id="a web page"),
        pytest.param(http("[]"), "management.other_api", id="a list"),
        pytest.param(http("{}"), "management.other_api", id="an empty object"),
        pytest.param(http("{}", "404 Not Found"), "management.other_api", id="nothing there"),
        pytest.param(b"AMQP\x00\x00\x09\x01", "management.other_api", id="the port of AMQP"),
        pytest.param(http(OLD), "management.version", id="an old server"),
        pytest.param(http(NEW), "management.version", id="a server of the future"),
        pytest.param(
            http('{"reason": "down"}', "503 Unavailable"), "management.unreachable", id="down"
        ),
    ],
)
async def test_says_what_answers_in_the_place_of_rabbitmq(answer: bytes, code: str) -> None:
    async with (
        answering(answer) as port,
        ManagementApi(f"http://operator:secret-word@127.0.0.1:{port}") as api,
    ):
        with pytest.raises(SwbError) as caught:
            await api.fetch_definitions()
    assert caught.value.code == code
    assert "secret-word" not in str(caught.value)


async def test_an_import_that_takes_longer_than_a_question_is_waited_for() -> None:
    async with (
        answering(http("{}"), after=1) as port,
        ManagementApi(f"http://a:b@127.0.0.1:{port}", wait_for=0.5) as api,
    ):
        with pytest.raises(UnavailableError, match=r"management\.unreachable"):
            await api.fetch_definitions()
        await api.import_definitions({})


async def test_says_that_nobody_answers() -> None:
    with socket.socket() as closed:
        closed.bind(("127.0.0.1", 0))
        async with ManagementApi(f"http://a:b@127.0.0.1:{closed.getsockname()[1]}") as api:
            with pytest.raises(UnavailableError, match=r"management\.unreachable"):
                await api.fetch_definitions()


@pytest.mark.parametrize("url", ["", "http://", "amqp://a:b@c", "http://no-user", "https://a@b:x"])
def test_refuses_a_url_that_is_none(url: str) -> None:
    with pytest.raises(RefusedError, match=r"management\.url"):
        ManagementApi(url)


async def test_refuses_a_server_that_it_cannot_trust(tmp_path: Path) -> None:
    at = datetime.now(UTC)
    mine = TlsAuthority(tmp_path / "mine", name="mine", at=at)
    other = TlsAuthority(tmp_path / "other", name="other", at=at)
    for files, words in (
        (other.issue_server("s", hosts=["127.0.0.1"]), "self-signed|unable to get local issuer"),
        (mine.issue_server("s", hosts=["elsewhere.example"]), "mismatch"),
    ):
        context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
        context.load_cert_chain(files.certificate, files.key)
        server = await asyncio.start_server(lambda *_: None, "127.0.0.1", 0, ssl=context)
        async with server:
            port = server.sockets[0].getsockname()[1]
            async with ManagementApi(f"https://a:b@127.0.0.1:{port}", ca=str(mine.ca)) as api:
                with pytest.raises(UnavailableError, match=words) as caught:
                    await api.fetch_definitions()
            assert caught.value.code == "management.untrusted"


async def test_refuses_a_wrong_password_and_a_user_without_rights(server: Server) -> None:
    await server.apply()
    await server.call("PUT", "users/watcher", {"password": "watching", "tags": "monitoring"})
    gateway = server.plan.members[0].account.name
    for user, password, code in (
        ("swb", "wrong", "management.login"),
        ("nobody", "wrong", "management.login"),
        (gateway, server.passwords[gateway], "management.rights"),
        ("watcher", "watching", "management.rights"),
    ):
        async with server.api(user=user, password=password) as api:
            with pytest.raises(RefusedError) as caught:
                await api.fetch_definitions()
        assert caught.value.code == code, user
    await server.call("DELETE", "users/watcher")


async def test_passes_on_why_rabbitmq_refuses_a_definition(server: Server) -> None:
    """3.10 knows no operator policy over overflow: so that is an argument of each queue."""
    bad = {
        "vhost": "/",
        "component": "operator_policy",
        "name": "x",
        "value": {"pattern": "", "apply-to": "queues", "definition": {"overflow": "drop-head"}},
    }
    async with server.api() as api:
        with pytest.raises(RefusedError, match=r"management\.refused.*overflow"):
            await api.import_definitions({"parameters": [bad]})


async def test_says_which_log_in_was_refused(server: Server) -> None:
    await server.apply()
    with pytest.raises(UnavailableError, match=r"transport\.login") as caught:
        await server.transport(LineEnd.MEMBER, password="secret-guess").open()
    assert "secret-guess" not in str(caught.value)


def test_the_queues_are_those_of_the_transport() -> None:
    things = describe_region(RegionPlan(members=[member("TH")], routers=[]))
    queues = {each.identity[1] for each in things if each.kind is Kind.QUEUE}
    assert {SUBMIT, INBOX} <= queues
