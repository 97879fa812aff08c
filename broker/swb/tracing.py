"""Traces: each step of the road as an OpenTelemetry span, within one operator's processes.

All steps of one conversation have the same trace id, which is made of the operator's state and the
conversation's id. So nothing has to be handed from process to process or kept beside a message, and
nothing of a trace ever crosses the operator's border: the other side makes another id of the same
conversation. Spans hold names of closed sets, codes and the conversation's id.
"""

from __future__ import annotations

import asyncio
import re
from contextlib import asynccontextmanager
from hashlib import sha256
from secrets import randbits
from typing import TYPE_CHECKING, Final

from swb_schemas.catalogue import CATALOGUE
from swb_schemas.errors import UnavailableError

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Callable
    from typing import TextIO

    from opentelemetry.sdk.trace import TracerProvider
    from opentelemetry.sdk.trace.export import SpanExporter

    from swb.config import TelemetryConfig
    from swb.services.noting import Note

__all__ = ["ATTRIBUTES", "open_tracing"]

ATTRIBUTES: Final = (
    "swb.node",
    "swb.conversation_id",
    "swb.message_type",
    "swb.outcome",
    "swb.code",
)
"""Every attribute that a span may have."""

_CONVERSATION: Final = re.compile(
    rb"<Type>CONVERSATION</Type>\s*<InstanceIdentifier>([0-9a-f-]{36})<"
)
_HEADER: Final = 8192
"""Octets of a message within which its header ends."""


@asynccontextmanager
async def open_tracing(
    config: TelemetryConfig | None, *, node: str, state: str
) -> AsyncIterator[Callable[[Note], None] | None]:
    """Trace while the context lasts.

    Args:
        config: Where to; None traces nothing.
        node: State and roles.
        state: The operator's.

    Yields:
        What is to be told of each note that is closed.

    Raises:
        UnavailableError: ``telemetry.not_installed``, ``telemetry.unavailable``.
    """
    if config is None:
        yield None
        return
    ids = _Ids()
    try:
        written: TextIO | None = (
            None if config.file is None else config.file.open("a", encoding="utf-8")
        )
    except OSError as cause:
        message = f"expected to write {config.file}: {cause.strerror}"
        raise UnavailableError("telemetry.unavailable", message) from cause
    try:
        provider = _build_provider(config, written, ids)
        try:
            yield _Teller(provider, ids, node=node, state=state)
        finally:
            await asyncio.to_thread(provider.shutdown)
    finally:
        if written is not None:
            written.close()


class _Ids:
    """`opentelemetry.sdk.trace.IdGenerator`: the trace's id is the conversation's."""

    def __init__(self) -> None:
        self.trace_id = 0

    def generate_trace_id(self) -> int:
        """Give the id that the teller chose."""
        return self.trace_id or randbits(128) or 1

    def generate_span_id(self) -> int:
        """Draw one."""
        return randbits(64) or 1

    def is_trace_id_random(self) -> bool:
        """Whether samplers may take the id for randomness; digests are as good."""
        return True


class _Teller:
    """Makes spans of notes."""

    def __init__(self, provider: TracerProvider, ids: _Ids, *, node: str, state: str) -> None:
        from opentelemetry import trace  # noqa: PLC0415 - an extra

        self._trace = trace
        self._tracer = provider.get_tracer("swb")
        self._ids = ids
        self._node = node
        self._state = state

    def __call__(self, noted: Note) -> None:
        """Make a span of a step, with one below it for each part; nothing waits here."""
        conversation_id = noted.conversation_id or _find_conversation(noted.message)
        self._ids.trace_id = _trace_id(self._state, conversation_id)
        told = {
            "swb.node": self._node,
            "swb.conversation_id": conversation_id,
            "swb.message_type": noted.message_type if noted.message_type in CATALOGUE else "",
            "swb.outcome": noted.outcome,
            "swb.code": noted.code,
        }
        span = self._tracer.start_span(
            noted.step,
            context=self._trace.set_span_in_context(self._trace.INVALID_SPAN),
            attributes={name: value for name, value in told.items() if value},
            start_time=noted.begun,
        )
        within = self._trace.set_span_in_context(span)
        for part in noted.parts:
            below = self._tracer.start_span(
                part.name,
                context=within,
                attributes={"swb.code": part.code} if part.code else None,
                start_time=part.begun,
            )
            below.end(part.ended)
        if noted.code:
            span.set_status(self._trace.StatusCode.ERROR, noted.code)
        span.end(noted.ended)


def _trace_id(state: str, conversation_id: str) -> int:
    """Make the id of a conversation's trace at one operator's; 0 where it is not known."""
    if not conversation_id:
        return 0
    return int.from_bytes(sha256(f"{state} {conversation_id}".encode()).digest()[:16])


def _find_conversation(message: bytes) -> str:
    """Find the conversation's id in the header of a message that this party sends."""
    found = _CONVERSATION.search(message, 0, _HEADER)
    return found[1].decode() if found else ""


def _build_provider(config: TelemetryConfig, written: TextIO | None, ids: _Ids) -> TracerProvider:
    try:
        from opentelemetry.exporter.otlp.proto.http.trace_exporter import (  # noqa: PLC0415 - an extra
            OTLPSpanExporter,
        )
        from opentelemetry.sdk.resources import Resource  # noqa: PLC0415 - an extra
        from opentelemetry.sdk.trace import TracerProvider  # noqa: PLC0415 - an extra
        from opentelemetry.sdk.trace.export import (  # noqa: PLC0415 - an extra
            BatchSpanProcessor,
            ConsoleSpanExporter,
        )
        from opentelemetry.sdk.trace.sampling import TraceIdRatioBased  # noqa: PLC0415 - an extra
    except ImportError as cause:
        raise UnavailableError(
            "telemetry.not_installed",
            "expected the extra 'telemetry': pip install 'single-window-broker[telemetry]'",
        ) from cause
    exporter: SpanExporter
    if written is None:
        exporter = OTLPSpanExporter(endpoint=config.endpoint)
    else:
        exporter = ConsoleSpanExporter(
            out=written, formatter=lambda span: f"{span.to_json(indent=None)}\n"
        )
    provider = TracerProvider(
        sampler=TraceIdRatioBased(config.sample),
        resource=Resource({"service.name": "single-window-broker"}),
        id_generator=ids,  # type: ignore[arg-type]  # the same methods
        shutdown_on_exit=False,
    )
    provider.add_span_processor(BatchSpanProcessor(exporter))
    return provider
