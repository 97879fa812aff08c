"""Answers: one request of one client becomes one reply.

Every signature and every agreed secret is logged with its purpose or key, the digest of what was
signed or agreed on, and who asked; nothing of it is secret.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, assert_never

import structlog
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from swb.core.signer_protocol import (
    PROTOCOL,
    AgreeRequest,
    DescribeRequest,
    Request,
    SignRequest,
)
from swb_schemas.catalogue import Purpose
from swb_schemas.errors import SwbError, UnavailableError
from swb_schemas.wire.digest import digest_text_of
from swb_schemas.wire.jws import encode_base64url

if TYPE_CHECKING:
    from collections.abc import Callable

    from swb.keyring import KeyRing
    from swb.signer.clients import Client

__all__ = ["Answering"]

_log = structlog.get_logger("swb.signer")


class Answering:
    """Signs and agrees with the keys of one signer.

    Args:
        keys: What it holds.
        now: Seconds on a clock that never goes back.
    """

    def __init__(self, keys: KeyRing, now: Callable[[], float]) -> None:
        self._keys = keys
        self._now = now

    async def answer(self, request: Request, client: Client, pid: int) -> dict[str, object]:
        """Answer a request; what fails is an answer too.

        Args:
            request: What is asked.
            client: Who asks.
            pid: By which process, for the log.
        """
        who = {"uid": client.uid, "pid": pid}
        try:
            reply = await self._answer(request, client, who)
        except SwbError as error:
            _log.warning("not_answered", operation=type(request).__name__, code=error.code, **who)
            reply = {"error": error.code, "message": error.message}
        except Exception:  # noqa: BLE001 - one request must not end the signer
            _log.exception("not_answered", operation=type(request).__name__, **who)
            reply = {"error": "internal.fault", "message": "the signer's log says more"}
        return {"id": request.id, **reply}

    async def _answer(
        self, request: Request, client: Client, who: dict[str, int]
    ) -> dict[str, object]:
        match request:
            case DescribeRequest():
                return self._describe(client)
            case SignRequest():
                return await self._sign(request, client, who)
            case AgreeRequest():
                return await self._agree(request, client, who)
            case _:
                assert_never(request)

    def _describe(self, client: Client) -> dict[str, object]:
        keys: list[dict[str, str]] = [
            {"purpose": purpose, "certificate": encode_base64url(signer.certificate)}
            for purpose, signer in self._keys.signers.items()
            if purpose in client.purposes
        ]
        if Purpose.DECRYPTION in client.purposes:
            keys += [
                {"purpose": Purpose.DECRYPTION, "key": thumbprint}
                for thumbprint in self._keys.agreements
            ]
        return {"protocol": PROTOCOL, "keys": keys}

    async def _sign(
        self, request: SignRequest, client: Client, who: dict[str, int]
    ) -> dict[str, object]:
        self._check(client, request.purpose)
        signer = self._keys.signers.get(request.purpose)
        if signer is None:
            message = f"expected a key for {request.purpose} in the signer's [keys]"
            raise UnavailableError("signer.missing", message)
        signature = await signer.sign(request.data)
        digest = digest_text_of(request.data)
        _log.info("signed", purpose=request.purpose, digest=digest, **who)
        return {"signature": encode_base64url(signature)}

    async def _agree(
        self, request: AgreeRequest, client: Client, who: dict[str, int]
    ) -> dict[str, object]:
        self._check(client, Purpose.DECRYPTION)
        holder = self._keys.agreements.get(request.key)
        if holder is None:
            message = f"expected one of the signer's decryption keys, found {request.key[:64]}"
            raise UnavailableError("signer.missing", message)
        secret = await holder.agree(request.ephemeral)
        point = request.ephemeral.public_bytes(Encoding.X962, PublicFormat.UncompressedPoint)
        digest = digest_text_of(point)
        _log.info("agreed", key=request.key, ephemeral_digest=digest, **who)
        return {"secret": encode_base64url(secret)}

    def _check(self, client: Client, purpose: Purpose) -> None:
        if purpose not in client.purposes:
            message = f"expected a purpose that user {client.uid} was given, found {purpose}"
            raise UnavailableError("signer.not_permitted", message)
        if not client.rate.take(self._now()):
            message = f"expected fewer operations of user {client.uid} in this time"
            raise UnavailableError("signer.busy", message)
