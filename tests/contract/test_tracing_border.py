"""What a message has around it on RabbitMQ, while every step is traced: nothing of the trace."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import aio_pika

from swb.backends.rabbitmq.topology import SUBMIT, vhost_name
from swb.config import TelemetryConfig
from swb.ports import LineEnd
from swb.services.noting import note, open_note, set_listener
from swb.tracing import open_tracing
from tests.contract.transport_worlds import RabbitWorld

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from swb.backends.rabbitmq.node import PrivateNode

BODY = b"<Message/>"
KNOWN = {"content_type", "delivery_mode", "headers", "message_id", "message_type", "priority"}
CONVERSATION = "01990000-0000-7000-8000-00000000c0de"


async def test_no_trace_crosses_the_border_with_a_message(
    rabbitmq_node: PrivateNode, unused_states: Iterator[str], tmp_path: Path
) -> None:
    world = RabbitWorld(node=rabbitmq_node, states=unused_states)
    await world.make(max_length=10)
    told = tmp_path / "spans.jsonl"
    member = world.transport(LineEnd.MEMBER)
    await member.open()
    config = TelemetryConfig(file=told)
    async with open_tracing(config, node="TH gateway", state="TH") as tell:
        set_listener(tell)
        with open_note("publish"):
            note(message_type="CertificateIssue", conversation_id=CONVERSATION)
            await member.publish(
                BODY, message_id="m-1", message_type="CertificateIssue", environment="test"
            )
        set_listener(None)
    await member.close()

    url = rabbitmq_node.amqp_url(vhost_name(world.line))
    async with await aio_pika.connect(url) as connection, connection.channel() as channel:
        queue = await channel.get_queue(SUBMIT, ensure=False)
        message = await queue.get(timeout=5)
        assert message is not None
        await message.ack()
    properties = {name: value for name, value in message.properties if value}
    assert set(properties) <= KNOWN
    assert set(message.headers) <= {"x-delivery-count"}, "RabbitMQ's own"
    assert (message.message_id, message.type) == ("m-1", "CertificateIssue")
    assert message.body == BODY
    [span] = [json.loads(line) for line in told.read_text().splitlines()]
    assert span["attributes"]["swb.conversation_id"] == CONVERSATION
    assert span["context"]["trace_id"].removeprefix("0x") not in repr(properties)
