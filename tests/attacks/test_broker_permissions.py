"""What RabbitMQ itself refuses to true users, with none of this project's code between.

Every act is tried twice: by whoever may not, and by whoever may, so that no refusal here comes from
a mistake in the act.
"""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

import aio_pika
import httpx
import pytest
from aiormq.exceptions import (
    ChannelAccessRefused,
    ChannelPreconditionFailed,
    PublishError,
)

from swb.backends.rabbitmq.description import (
    MemberPlan,
    RegionPlan,
    describe_region,
    to_definitions,
)
from swb.backends.rabbitmq.node import NodeTls, PrivateNode, find_rabbitmq
from swb.backends.rabbitmq.tls import ClientTls, build_context
from swb.backends.rabbitmq.topology import INBOX, SUBMIT, vhost_name
from swb.backends.rabbitmq.transport import RabbitTransport
from swb.backends.rabbitmq.users import Account, hash_password
from swb.backends.softkey import TlsAuthority
from swb.ports import LineEnd
from swb_schemas.errors import UnavailableError
from tests.attacks.handshake import OPENED, Answer, believe, shake_hands
from tests.contract.test_transport import names_of, opened, publish, receive
from tests.services import miss

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Awaitable, Callable, Iterator

    from aio_pika.abc import AbstractChannel, AbstractConnection

    from swb.backends.softkey import TlsFiles

ACCESS_REFUSED, PRECONDITION_FAILED, NOT_ALLOWED = 403, 406, 530
STATES = ("TH", "VN", "LA", "SP")
PASSWORD = "of-this-member"
MEMBER, ROUTER, OPERATOR = "gateway-TH", "router", ""
ELSEWHERE = "/"
"""A vhost without limits, for what no member's vhost has room for."""
LIMIT = 3
"""Connections that LA may have here."""


@dataclass
class Region:
    """A private node with members TH, VN and LA, and a spare vhost SP that may be spoilt."""

    node: PrivateNode
    authority: TlsAuthority
    foreign: TlsAuthority
    clients: dict[str, TlsFiles]

    def url(self, user: str, state: str) -> str:
        if user == OPERATOR:
            return self.node.amqp_url(state if state == ELSEWHERE else vhost_name(state))
        return f"amqp://{user}:{PASSWORD}@127.0.0.1:{self.node.port}/{vhost_name(state)}"

    async def knock(self, files: TlsFiles | None, state: str, **how: str) -> Answer:
        """Try to get in over TLS, with a certificate or with none."""
        shown = (files.certificate, files.key) if files else ()
        tls = believe(self.authority.ca, *shown)
        return await shake_hands(self.node.tls_port, vhost_name(state), tls=tls, **how)


def member(state: str) -> MemberPlan:
    user = Account(
        name=f"gateway-{state}",
        has_password=True,
        max_connections=LIMIT if state == "LA" else 20,
        max_channels=20,
    )
    return MemberPlan(
        state=state, account=user, max_length=100, max_octets=1_000_000, max_connections=50
    )


@pytest.fixture(scope="module")
def region(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Region]:
    if find_rabbitmq() is None:
        miss("RabbitMQ", "rabbitmq-server")
    folder, now = tmp_path_factory.mktemp("tls"), datetime.now(UTC)
    authority = TlsAuthority(folder / "region", name="the region's servers and clients", at=now)
    foreign = TlsAuthority(folder / "foreign", name="somebody else", at=now)
    long_ago = now - timedelta(days=1)
    by_certificate = Account(
        name="by-certificate", has_password=False, max_connections=9, max_channels=9
    )
    plan = RegionPlan(
        members=[member(state) for state in STATES],
        routers=[
            Account(name=ROUTER, has_password=True, max_connections=50, max_channels=50),
            by_certificate,
        ],
    )
    salted = hash_password(PASSWORD, b"salt")
    things = describe_region(plan, hashes={each.name: salted for each in plan.accounts()})
    server = authority.issue_server("server", hosts=["127.0.0.1"])
    node = PrivateNode(
        vhosts=[vhost_name(state) for state in STATES],
        management=True,
        tls=NodeTls(ca=authority.ca, certificate=server.certificate, key=server.key),
        definitions=to_definitions(things),
    )
    asyncio.run(node.start())
    yield Region(
        node,
        authority,
        foreign,
        clients={
            "TH": authority.issue_client("gateway-TH"),
            "VN": authority.issue_client("gateway-VN"),
            "LA": authority.issue_client("gateway-LA"),
            "by-certificate": authority.issue_client("by-certificate"),
            "unknown": authority.issue_client("nobody"),
            "expired": authority.issue_client("gateway-TH", file="expired", end=long_ago),
            "of a foreign authority": foreign.issue_client("gateway-TH"),
        },
    )
    asyncio.run(node.stop())


@pytest.fixture(autouse=True)
async def _turns_of_the_loop() -> AsyncIterator[None]:
    """What a refused TLS handshake leaves is closed some turns of the loop later."""
    yield
    for _ in range(10):
        await asyncio.sleep(0)


# --- on a channel ------------------------------------------------------------------------------


async def send(
    channel: AbstractChannel, exchange: str, key: str, *, user_id: str | None = None
) -> None:
    to = channel.default_exchange
    if exchange:
        to = await channel.get_exchange(exchange, ensure=False)
    try:
        await to.publish(aio_pika.Message(b"x", user_id=user_id), key, mandatory=True)
    except PublishError as unroutable:
        # It was let in, and no queue is bound to that key.
        if "NO_ROUTE" not in str(unroutable):
            raise


async def bind(channel: AbstractChannel) -> None:
    await (await channel.get_queue(INBOX, ensure=False)).bind(SUBMIT, "#")


async def unbind(channel: AbstractChannel) -> None:
    await (await channel.get_queue(INBOX, ensure=False)).unbind(SUBMIT, "#")


async def consume(channel: AbstractChannel, queue: str) -> None:
    async def ignore(_: object) -> None: ...

    taken = await channel.get_queue(queue, ensure=False)
    await taken.cancel(await taken.consume(ignore))


async def get(channel: AbstractChannel, queue: str) -> None:
    await (await channel.get_queue(queue, ensure=False)).get(fail=False, no_ack=True)


async def purge(channel: AbstractChannel, queue: str) -> None:
    await (await channel.get_queue(queue, ensure=False)).purge()


async def count(channel: AbstractChannel, queue: str) -> int | None:
    """Count what lies ready in a queue."""
    return (await channel.declare_queue(queue, passive=True)).declaration_result.message_count


async def delete(channel: AbstractChannel, queue: str) -> None:
    await (await channel.get_queue(queue, ensure=False)).delete(if_unused=False, if_empty=False)


@dataclass(frozen=True)
class Act:
    """Something on a channel.

    Attributes:
        does: It.
        by: Who may not.
        right: Who may.
        where: In whose vhost the right one does it.
        code: With what it is refused.
    """

    does: Callable[[AbstractChannel], Awaitable[object]]
    by: str
    right: str = OPERATOR
    where: str = "TH"
    code: int = ACCESS_REFUSED


ACTS = {
    "a member publishes under another's key": Act(
        lambda channel: send(channel, SUBMIT, "test.VN"), MEMBER, "gateway-VN", "VN"
    ),
    "a member publishes under no state's key": Act(
        lambda channel: send(channel, SUBMIT, "test.TH.more"), MEMBER, OPERATOR
    ),
    "a member publishes to its own inbox": Act(
        lambda channel: send(channel, INBOX, INBOX), MEMBER, ROUTER
    ),
    "a member publishes to the default exchange": Act(
        lambda channel: send(channel, "", SUBMIT), MEMBER
    ),
    "a member publishes to an exchange of RabbitMQ's": Act(
        lambda channel: send(channel, "amq.topic", "x"), MEMBER
    ),
    "a member signs a publish with another's user": Act(
        lambda channel: send(channel, SUBMIT, "test.TH", user_id="gateway-VN"),
        MEMBER,
        MEMBER,
        code=PRECONDITION_FAILED,
    ),
    "a member declares a queue": Act(
        lambda channel: channel.declare_queue("mine", durable=True), MEMBER, where=ELSEWHERE
    ),
    "a member declares a queue without a name": Act(
        lambda channel: channel.declare_queue("", exclusive=True), MEMBER, where=ELSEWHERE
    ),
    "a member declares an exchange": Act(
        lambda channel: channel.declare_exchange("mine", "fanout"), MEMBER, where="SP"
    ),
    "a member binds its inbox to what all submit": Act(bind, MEMBER, where="SP"),
    "a member unbinds": Act(unbind, MEMBER, where="SP"),
    "a member consumes what it submitted": Act(
        lambda channel: consume(channel, SUBMIT), MEMBER, ROUTER
    ),
    "a member gets what it submitted": Act(lambda channel: get(channel, SUBMIT), MEMBER, ROUTER),
    "a member reads dead letters": Act(lambda channel: get(channel, "inbox.dead"), MEMBER),
    "a member purges what it submitted": Act(
        lambda channel: purge(channel, SUBMIT), MEMBER, where="SP"
    ),
    "a member deletes its inbox": Act(lambda channel: delete(channel, INBOX), MEMBER, where="SP"),
    "a member deletes the exchange": Act(
        lambda channel: channel.exchange_delete(INBOX), MEMBER, where="SP"
    ),
    "a router submits for a member": Act(
        lambda channel: send(channel, SUBMIT, "test.TH"), ROUTER, MEMBER
    ),
    "a router publishes to the default exchange": Act(
        lambda channel: send(channel, "", "inbox.dead"), ROUTER
    ),
    "a router reads an inbox": Act(lambda channel: get(channel, INBOX), ROUTER, MEMBER),
    "a router consumes an inbox": Act(lambda channel: consume(channel, INBOX), ROUTER, MEMBER),
    "a router purges an inbox": Act(lambda channel: purge(channel, INBOX), ROUTER, MEMBER),
    "a router declares a queue": Act(
        lambda channel: channel.declare_queue("theirs", durable=True), ROUTER, where=ELSEWHERE
    ),
    "a router deletes a queue": Act(
        lambda channel: delete(channel, "submit.dead"), ROUTER, where="SP"
    ),
    "a router binds": Act(bind, ROUTER, where="SP"),
}
RIGHTLY = {
    # What a message says of its user must be true.
    "a member signs a publish with another's user": lambda channel: send(
        channel, SUBMIT, "test.TH", user_id=MEMBER
    ),
}


@pytest.mark.parametrize("name", ACTS)
async def test_rabbitmq_refuses(region: Region, name: str) -> None:
    act = ACTS[name]
    refusal = {ACCESS_REFUSED: ChannelAccessRefused, PRECONDITION_FAILED: ChannelPreconditionFailed}
    async with await aio_pika.connect(region.url(act.by, "TH")) as connection:
        channel = await connection.channel(on_return_raises=True)
        with pytest.raises(refusal[act.code]) as caught:
            await act.does(channel)
        words = {ACCESS_REFUSED: "ACCESS_REFUSED", PRECONDITION_FAILED: "PRECONDITION_FAILED"}
        assert words[act.code] in str(caught.value)


@pytest.mark.parametrize("name", sorted(ACTS, key=lambda each: "deletes" in str(each)))
async def test_whoever_may_can(region: Region, name: str) -> None:
    act = ACTS[name]
    async with await aio_pika.connect(region.url(act.right, act.where)) as connection:
        channel = await connection.channel(on_return_raises=True)
        await RIGHTLY.get(name, act.does)(channel)


async def test_no_vhost_takes_more_queues_than_it_needs(region: Region) -> None:
    async with await aio_pika.connect(region.url(OPERATOR, "TH")) as connection:
        channel = await connection.channel()
        with pytest.raises(ChannelPreconditionFailed, match="queue limit"):
            await channel.declare_queue("one more", durable=True)


async def test_a_member_may_empty_its_own_inbox_and_no_more(region: Region) -> None:
    """Who may read may also acknowledge everything: RabbitMQ asks for no other right."""
    async with (
        await aio_pika.connect(region.url(ROUTER, "TH")) as router,
        await aio_pika.connect(region.url(OPERATOR, "TH")) as operator,
        await aio_pika.connect(region.url(MEMBER, "TH")) as member,
    ):
        looking = await operator.channel()
        await send(await router.channel(publisher_confirms=True), INBOX, INBOX)
        assert await count(looking, INBOX)
        await purge(await member.channel(), INBOX)
        assert await count(looking, INBOX) == 0
        for other in (SUBMIT, "inbox.dead", "submit.dead"):
            with pytest.raises(ChannelAccessRefused):
                await purge(await member.channel(), other)


# --- at the door -------------------------------------------------------------------------------


async def test_each_opens_its_own_vhost_with_its_own_certificate(region: Region) -> None:
    for state in ("TH", "VN"):
        assert await region.knock(region.clients[state], state) == Answer(OPENED, "")


@pytest.mark.parametrize(
    ("certificate", "vhost", "code", "words"),
    [
        pytest.param("TH", "VN", NOT_ALLOWED, "vhost 'swb.VN' refused", id="a foreign vhost"),
        pytest.param(
            "TH", "XX", NOT_ALLOWED, "vhost swb.XX not found", id="a vhost that is not there"
        ),
        pytest.param("unknown", "TH", ACCESS_REFUSED, "EXTERNAL", id="nobody's certificate"),
        pytest.param("expired", "TH", 0, "CERTIFICATE_EXPIRED", id="an expired certificate"),
        pytest.param(
            "of a foreign authority", "TH", 0, "UNKNOWN_CA", id="a foreign authority's certificate"
        ),
    ],
)
async def test_refuses_a_certificate(
    region: Region, certificate: str, vhost: str, code: int, words: str
) -> None:
    met = await region.knock(region.clients[certificate], vhost)
    assert met.code == code
    assert words in met.text


async def test_refuses_external_without_a_certificate(region: Region) -> None:
    met = await region.knock(None, "TH")
    assert (met.code, "EXTERNAL" in met.text) == (ACCESS_REFUSED, True)


async def test_a_certificate_is_its_user_whatever_name_is_said(region: Region) -> None:
    met = await region.knock(region.clients["TH"], "VN", response="gateway-VN")
    assert met.code == NOT_ALLOWED
    assert "gateway-TH" in met.text
    assert (await region.knock(region.clients["VN"], "VN", response="gateway-TH")).code == OPENED


async def test_refuses_another_s_name_without_its_password(region: Region) -> None:
    """The certificate of TH opens the line; the name of VN needs the password of VN."""
    how = {"mechanism": "PLAIN"}
    for password, code in (("a guess", ACCESS_REFUSED), ("", ACCESS_REFUSED), (PASSWORD, OPENED)):
        response = f"\0gateway-VN\0{password}"
        met = await region.knock(region.clients["TH"], "VN", response=response, **how)
        assert met.code == code


@pytest.mark.parametrize("password", ["", "by-certificate", PASSWORD])
async def test_who_has_a_certificate_and_no_password_gets_in_by_no_password(
    region: Region, password: str
) -> None:
    response = f"\0by-certificate\0{password}"
    met = await region.knock(None, "TH", mechanism="PLAIN", response=response)
    assert met.code == ACCESS_REFUSED
    assert (await region.knock(region.clients["by-certificate"], "TH")).code == OPENED


async def test_refuses_a_foreign_vhost_to_a_password_too(region: Region) -> None:
    """So nobody can passively declare a foreign queue, or read it: there is no way to name it."""
    for state, code in (("TH", OPENED), ("VN", NOT_ALLOWED), ("SP", NOT_ALLOWED)):
        vhost, response = vhost_name(state), f"\0{MEMBER}\0{PASSWORD}"
        met = await shake_hands(region.node.port, vhost, mechanism="PLAIN", response=response)
        assert met.code == code
    async with await aio_pika.connect(region.url("gateway-VN", "VN")) as connection:
        channel = await connection.channel()
        assert (await channel.declare_queue(INBOX, passive=True)).name == INBOX


async def test_refuses_one_connection_more_than_allowed(region: Region) -> None:
    response = f"\0gateway-LA\0{PASSWORD}"

    async def one_more() -> Answer:
        return await shake_hands(region.node.port, "swb.LA", mechanism="PLAIN", response=response)

    async def until_there_is_room() -> None:
        # RabbitMQ takes note of the end of a connection a little later.
        async with asyncio.timeout(30):
            met = await one_more()
            while met.code != OPENED:
                await asyncio.sleep(0.1)
                met = await one_more()

    await until_there_is_room()
    held: list[AbstractConnection] = []
    async with asyncio.timeout(30):
        while len(held) < LIMIT:
            try:
                held.append(await aio_pika.connect(region.url("gateway-LA", "LA")))
            except aio_pika.exceptions.AMQPError:
                await asyncio.sleep(0.1)
    met = await one_more()
    assert (met.code, "connection limit" in met.text) == (NOT_ALLOWED, True)
    for each in held:
        await each.close()
    await until_there_is_room()


@pytest.mark.parametrize("path", ["overview", "definitions", "queues", "whoami", "users"])
async def test_keeps_members_and_routers_out_of_the_management_api(
    region: Region, path: str
) -> None:
    root = f"http://127.0.0.1:{region.node.management_port}/api/{path}"
    async with httpx.AsyncClient(trust_env=False) as client:
        for user in (MEMBER, ROUTER):
            met = await client.get(root, auth=(user, PASSWORD))
            assert met.status_code == httpx.codes.UNAUTHORIZED
            assert "Not management user" in met.text
        user, _, password = region.node.management_url()[7:].partition("@")[0].partition(":")
        assert (await client.get(root, auth=(user, password))).status_code == httpx.codes.OK


# --- and the transport of this project ----------------------------------------------------------


def over_tls(region: Region, name: str, state: str, **changes: object) -> RabbitTransport:
    files = region.clients[name]
    tls = {"ca": files.ca, "certificate": files.certificate, "key": files.key, **changes}
    if "ca" not in changes:
        tls["ca"] = region.authority.ca
    host = changes.pop("host", "127.0.0.1")
    tls.pop("host", None)
    return RabbitTransport(
        url=f"amqps://{host}:{region.node.tls_port}/{vhost_name(state)}?auth=external",
        line=state,
        end=LineEnd.ROUTER if name == "by-certificate" else LineEnd.MEMBER,
        ssl_context=build_context(ClientTls(**tls)),  # type: ignore[arg-type]  # fields by name
    )


async def test_the_transport_logs_in_by_certificate(region: Region) -> None:
    up, down = over_tls(region, "LA", "LA"), over_tls(region, "by-certificate", "LA")
    async with opened(up, down):
        await publish(up, "up")
        await publish(down, "down")
        assert names_of(await receive(down)) == {"up": 1}
        assert names_of(await receive(up)) == {"down": 1}


@pytest.mark.parametrize(
    ("name", "state", "changes", "code"),
    [
        pytest.param("unknown", "TH", {}, "transport.login", id="an unknown user"),
        pytest.param("TH", "VN", {}, "transport.topology", id="a foreign vhost"),
        pytest.param("TH", "TH", {"host": "localhost"}, "transport.untrusted", id="another name"),
        pytest.param(
            "TH", "TH", {"server_name": "a.example"}, "transport.untrusted", id="no such name"
        ),
        pytest.param("TH", "TH", {"ca": None}, "transport.untrusted", id="an unknown server"),
    ],
)
async def test_the_transport_says_what_is_wrong(
    region: Region, name: str, state: str, changes: dict[str, object], code: str
) -> None:
    with pytest.raises(UnavailableError) as caught:
        await over_tls(region, name, state, **changes).open()
    assert caught.value.code == code


@pytest.mark.parametrize("name", ["expired", "of a foreign authority"])
async def test_the_transport_says_that_its_certificate_may_be_at_fault(
    region: Region, name: str
) -> None:
    with pytest.raises(UnavailableError, match=r"client's certificate|TLS as agreed on") as caught:
        await over_tls(region, name, "TH").open()
    assert caught.value.code in {"transport.unreachable", "transport.untrusted"}


async def test_the_transport_takes_a_server_by_the_name_that_it_shall_have(region: Region) -> None:
    right = over_tls(region, "TH", "TH", host="localhost", server_name="127.0.0.1")
    async with opened(right):
        pass
