"""What a webhook makes of each answer, and what it lets a server do to it."""

from __future__ import annotations

import asyncio
from datetime import timedelta
from typing import TYPE_CHECKING, Any

import pytest
from starlette.responses import JSONResponse, Response, StreamingResponse

from swb.backends.http.message_signature import sign_components
from swb_schemas.errors import RefusedError, UnavailableError
from tests.contract.national_worlds import WebhookWorld, read_parts

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

ID = "019ca3b5-11d8-7000-8000-000000000001"


@pytest.fixture
async def world() -> AsyncIterator[WebhookWorld]:
    made = WebhookWorld()
    await made.start()
    yield made
    await made.close()


async def hand_over(world: WebhookWorld, **changes: Any) -> None:  # noqa: ANN401 - of a delivery
    values = {"delivery_id": ID, "message_type": "CertificateIssue", "file_suffix": ".xml"}
    await world.gateway.deliver(b"<a/>", **(values | changes))


def test_signs_as_the_example_of_the_standard_is_signed() -> None:
    """RFC 9421, B.2.5, with the shared secret of B.1.5."""
    import base64  # noqa: PLC0415 - for the example alone

    secret = base64.b64decode(
        "uzvJfB4u3N0Jy4T7NZ75MDVcr8zSTInedJtkgcu46YW4XByzNJjxBdtjUkdJPBtbmHhIDi6pcl8jsasjlTMtDQ=="
    )
    inputs, value = sign_components(
        [
            ("date", "Tue, 20 Apr 2021 02:07:55 GMT"),
            ("@authority", "example.com"),
            ("content-type", "application/json"),
        ],
        'created=1618884473;keyid="test-shared-secret"',
        secret=secret,
    )
    assert inputs.startswith('("date" "@authority" "content-type");created=')
    assert value == "pxcQw6G3AjtMBQjwo8XzkZf/bws5LelbaMk5rGIGtE8="


@pytest.mark.parametrize("status", [200, 201, 202, 204, 409])
async def test_an_answer_that_it_is_held_ends_the_delivery(
    world: WebhookWorld, status: int
) -> None:
    world.answer = Response(status_code=status)
    await hand_over(world)


@pytest.mark.parametrize("status", [400, 406, 410, 413, 415, 422, 451])
async def test_a_status_about_the_document_refuses_it_for_good(
    world: WebhookWorld, status: int
) -> None:
    world.answer = Response(b"<a/> is bad", status_code=status)
    with pytest.raises(RefusedError) as failure:
        await hand_over(world)
    assert failure.value.code == "national.refused"
    assert str(status) in failure.value.message
    assert "<a/>" not in failure.value.message


async def test_tells_what_a_problem_is_called_and_not_its_detail(world: WebhookWorld) -> None:
    world.answer = JSONResponse(
        {"title": "unknown\u001b[31m office", "detail": "exporter A. N. Other"},
        status_code=422,
        media_type="application/problem+json",
    )
    with pytest.raises(RefusedError) as failure:
        await hand_over(world)
    assert "unknown\\u001b[31m office" in failure.value.message
    assert "Other" not in failure.value.message


@pytest.mark.parametrize("status", [301, 307, 401, 403, 404, 408, 425, 429, 500, 502, 503])
async def test_a_status_about_the_door_is_unavailable(world: WebhookWorld, status: int) -> None:
    world.answer = Response(status_code=status, headers={"Location": "http://127.0.0.1:1/"})
    with pytest.raises(UnavailableError) as failure:
        await hand_over(world)
    assert failure.value.code == "national.unavailable"
    assert failure.value.retry_after is None
    assert len(world.requests) == 1, "a redirect is not followed"


@pytest.mark.parametrize(
    ("text", "waits"),
    [
        ("120", timedelta(minutes=2)),
        ("0", timedelta(0)),
        ("999999999999", timedelta(hours=1)),
        ("Sun, 22 Nov 2026 08:05:00 GMT", timedelta(minutes=5)),
        ("Sun, 22 Nov 2026 07:00:00 GMT", timedelta(0)),
        ("soon", None),
        ("-5", None),
    ],
)
async def test_heeds_how_long_to_stay_away(
    world: WebhookWorld, text: str, waits: timedelta | None
) -> None:
    world.answer = Response(status_code=503, headers={"Retry-After": text})
    with pytest.raises(UnavailableError) as failure:
        await hand_over(world)
    assert failure.value.retry_after == waits


async def test_reads_no_more_than_a_little_of_an_endless_answer(world: WebhookWorld) -> None:
    async def endless() -> AsyncIterator[bytes]:
        while True:
            yield b"x" * 100_000
            await asyncio.sleep(0)

    world.answer = StreamingResponse(endless(), status_code=201)
    await asyncio.wait_for(hand_over(world), 5)


async def test_waits_for_a_silent_answer_no_longer_than_told(world: WebhookWorld) -> None:
    async def silent() -> AsyncIterator[bytes]:
        yield b"x"
        await asyncio.Event().wait()

    world.answer = StreamingResponse(silent(), status_code=201)
    hasty = world.connect(within=0.3)
    await hasty.open()
    with pytest.raises(UnavailableError):
        await hasty.deliver(b"<a/>", delivery_id=ID, message_type="T", file_suffix=".xml")
    await hasty.close()


async def test_every_attempt_has_the_same_octets_under_the_same_key(world: WebhookWorld) -> None:
    world.answer = Response(status_code=503)
    for _ in range(2):
        with pytest.raises(UnavailableError):
            await hand_over(world)
    (_, first, body), (_, second, again) = world.requests
    assert body == again
    assert first["idempotency-key"] == second["idempotency-key"] == f'"{ID}"'
    parts = read_parts(body, first["content-type"])
    assert parts["payload"] == (f"{ID}.CertificateIssue.xml", b"<a/>")


async def test_a_receiver_with_another_secret_believes_nothing(world: WebhookWorld) -> None:
    other = world.connect(secret=b"guessed")
    await other.open()
    with pytest.raises(UnavailableError, match="401"):
        await other.deliver(b"<a/>", delivery_id=ID, message_type="T", file_suffix=".xml")
    await other.close()
    assert world.received() == {}
