"""One AMQP handshake by hand, to see the reply code that client libraries keep to themselves."""

from __future__ import annotations

import asyncio
import ssl
from contextlib import suppress
from dataclasses import dataclass
from typing import TYPE_CHECKING

import pamqp.frame
from pamqp import commands
from pamqp.header import ProtocolHeader

if TYPE_CHECKING:
    from pathlib import Path

    from pamqp.common import FieldTable

__all__ = ["OPENED", "Answer", "believe", "shake_hands"]

OPENED = 200


@dataclass(frozen=True)
class Answer:
    """What RabbitMQ said to somebody who wanted in.

    Attributes:
        code: Reply code; `OPENED` where the connection was opened, 0 where TLS ended it.
        text: Its words, or those of TLS.
    """

    code: int
    text: str


def believe(ca: Path, certificate: Path | None = None, key: Path | None = None) -> ssl.SSLContext:
    """Trust a server, and show a certificate. In TLS 1.2 a refusal comes within the handshake."""
    context = ssl.create_default_context(cafile=str(ca))
    context.maximum_version = ssl.TLSVersion.TLSv1_2
    if certificate is not None:
        context.load_cert_chain(certificate, key)
    return context


async def shake_hands(
    port: int,
    vhost: str,
    *,
    tls: ssl.SSLContext | None = None,
    mechanism: str = "EXTERNAL",
    response: str = "",
) -> Answer:
    """Connect, log in, open a vhost, and leave."""
    try:
        reader, writer = await asyncio.open_connection("127.0.0.1", port, ssl=tls)
    except ssl.SSLError as error:
        return Answer(0, error.reason or "")
    try:
        return await _open(reader, writer, vhost, mechanism, response)
    finally:
        writer.transport.abort()
        with suppress(OSError):
            await writer.wait_closed()


async def _open(
    reader: asyncio.StreamReader,
    writer: asyncio.StreamWriter,
    vhost: str,
    mechanism: str,
    response: str,
) -> Answer:
    writer.write(ProtocolHeader(0, 9, 1).marshal())
    able: FieldTable = {"authentication_failure_close": True}
    steps: list[pamqp.base.Frame] = [
        commands.Connection.StartOk({"capabilities": able}, mechanism, response, "en_US"),
        commands.Connection.TuneOk(10, 131_072, 0),
        commands.Connection.Open(vhost),
    ]
    while True:
        frame = await _read(reader)
        match frame:
            case commands.Connection.Close():
                return Answer(frame.reply_code or 0, frame.reply_text)
            case commands.Connection.OpenOk():
                return Answer(OPENED, "")
        writer.write(pamqp.frame.marshal(steps.pop(0), 0))
        if isinstance(frame, commands.Connection.Tune):
            writer.write(pamqp.frame.marshal(steps.pop(0), 0))


async def _read(reader: asyncio.StreamReader) -> object:
    head = await reader.readexactly(7)
    rest = await reader.readexactly(int.from_bytes(head[3:]) + 1)
    return pamqp.frame.unmarshal(head + rest)[2]
