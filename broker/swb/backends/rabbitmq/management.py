"""RabbitMQ's management API, as far as a topology needs it: definitions, out and in.

Exported and imported in one request each. What a request needs of rights is RabbitMQ's to say: the
tag ``administrator``. No password goes out but the operator's own, as HTTP Basic.
"""

from __future__ import annotations

import json
import re
import ssl
from typing import TYPE_CHECKING, Final, Self
from urllib.parse import quote, unquote, urlsplit

import httpx

from swb.backends.rabbitmq.description import Kind
from swb.core.causes import unfold
from swb_schemas.errors import Actor, RefusedError, SwbError, UnavailableError

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from types import TracebackType

    from swb.backends.rabbitmq.description import Thing

__all__ = ["ManagementApi"]

_ANSWER_LIMIT: Final = 64 * 1024 * 1024
"""Octets of an answer; a thousand members need less than ten million."""
_VERSION: Final = re.compile(r"(\d+)\.(\d+)\.")
_OLDEST: Final = (3, 10)
_NEWEST_MAJOR: Final = 4
_FOLDERS: Final[Mapping[Kind, str]] = {
    Kind.PERMISSION: "permissions",
    Kind.TOPIC_PERMISSION: "topic-permissions",
    Kind.POLICY: "policies",
}
"""Where the API has what is named by vhost and one name more."""
_IMPORT_TIMES: Final = 10
"""An import makes every vhost, user and queue in one request: so many times a request's seconds."""
_WORDS_LIMIT: Final = 400
_UNAUTHORISED: Final = frozenset({401, 403})
_DONE: Final = frozenset({200, 201, 204})


class ManagementApi:
    """An asynchronous context manager: one connection pool to one node's API.

    Args:
        url: ``http://user:password@host:15672`` or ``https://…``; never logged or told.
        ca: PEM of whoever issued the server's certificate, for ``https``; None trusts the
            system's.
        wait_for: Seconds for each request; an import of definitions has ten times as long.

    Raises:
        RefusedError: ``management.url``.
    """

    def __init__(self, url: str, *, ca: str | None = None, wait_for: float = 30) -> None:
        message = (
            "expected the management API's URL such as https://user:password@host:15671, "
            "found something else"
        )
        try:
            parts = urlsplit(url)
            port = parts.port
        except ValueError as cause:
            raise RefusedError("management.url", message, actor=Actor.OPERATOR) from cause
        if parts.scheme not in {"http", "https"} or not parts.hostname or not parts.username:
            raise RefusedError("management.url", message, actor=Actor.OPERATOR)
        self.user = unquote(parts.username)
        self._wait_for = wait_for
        self._where = f"{parts.hostname}:{port or 'its usual port'}"
        host = parts.netloc.rpartition("@")[2]
        verify: ssl.SSLContext | bool = True
        if parts.scheme == "https" and ca is not None:
            try:
                verify = ssl.create_default_context(cafile=ca)
            except (OSError, ssl.SSLError) as cause:
                text = f"expected certificates in PEM at {ca}"
                raise RefusedError("management.url", text, actor=Actor.OPERATOR) from cause
        self._client = httpx.AsyncClient(
            base_url=f"{parts.scheme}://{host}{parts.path.rstrip('/')}",
            auth=(self.user, unquote(parts.password or "")),
            verify=verify,
            timeout=wait_for,
            trust_env=False,
        )

    async def __aenter__(self) -> Self:
        """Nothing is sent yet."""
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        """Let go of connections."""
        await self._client.aclose()

    async def fetch_definitions(self) -> Mapping[str, object]:
        """Fetch everything that an administrator may see.

        Raises:
            RefusedError: ``management.login``, ``management.rights``, ``management.other_api``,
                ``management.version``.
            UnavailableError: ``management.unreachable``, ``management.untrusted``.
        """
        exported = await self._ask("GET", "/api/definitions")
        version = str(exported.get("rabbitmq_version") or exported.get("rabbit_version") or "")
        match = _VERSION.match(version)
        if match is None or not all(isinstance(exported.get(kind), list) for kind in Kind):
            raise self._other_api("an answer that is no export of definitions")
        number = int(match[1]), int(match[2])
        if number < _OLDEST or number[0] > _NEWEST_MAJOR:
            raise RefusedError(
                "management.version",
                f"{self._where}: expected RabbitMQ 3.10 or later, up to 4.x, found {version[:20]}",
                actor=Actor.OPERATOR,
            )
        return exported

    async def import_definitions(self, definitions: Mapping[str, Sequence[object]]) -> None:
        """Make what is not there, and change what is there and can be changed.

        Raises:
            RefusedError: ``management.login``, ``management.rights``, ``management.other_api``,
                ``management.refused``.
            UnavailableError: ``management.unreachable``, ``management.untrusted``.
        """
        await self._ask("POST", "/api/definitions", definitions, times=_IMPORT_TIMES)

    async def remove(self, thing: Thing) -> None:
        """Remove a permission, a policy or limit, or a binding. What is gone already stays gone.

        Raises:
            RefusedError: ``management.login``, ``management.rights``, ``management.refused``.
            UnavailableError: ``management.unreachable``, ``management.untrusted``.
        """
        for path in _paths_of(thing):
            await self._ask("DELETE", path, may_be_missing=True)

    async def _ask(
        self,
        method: str,
        path: str,
        body: object = None,
        *,
        may_be_missing: bool = False,
        times: int = 1,
    ) -> Mapping[str, object]:
        status, raw = await self._send(method, path, body, wait_for=self._wait_for * times)
        if status == httpx.codes.NOT_FOUND and may_be_missing:
            return {}
        if status in _UNAUTHORISED:
            raise self._unauthorised(raw)
        if status == httpx.codes.BAD_REQUEST:
            raise RefusedError(
                "management.refused",
                f"{self._where}: RabbitMQ refused it: {_reason_of(raw)}",
                actor=Actor.OPERATOR,
            )
        if status >= httpx.codes.INTERNAL_SERVER_ERROR:
            message = f"{self._where}: status {status}: {_reason_of(raw)}"
            raise UnavailableError("management.unreachable", message)
        if status not in _DONE:
            raise self._other_api(f"status {status}")
        try:
            value = json.loads(raw) if raw else {}
        except ValueError as cause:
            raise self._other_api("an answer that is no JSON") from cause
        if not isinstance(value, dict):
            raise self._other_api("an answer that is no JSON object")
        return value

    async def _send(
        self, method: str, path: str, body: object, *, wait_for: float
    ) -> tuple[int, bytes]:
        """Send a request, and read no more of the answer than is allowed."""
        raw = bytearray()
        try:
            async with self._client.stream(method, path, json=body, timeout=wait_for) as answer:
                async for chunk in answer.aiter_bytes():
                    raw += chunk
                    if len(raw) > _ANSWER_LIMIT:
                        raise self._other_api(f"an answer of more than {_ANSWER_LIMIT} octets")
        except (httpx.RemoteProtocolError, httpx.DecodingError) as cause:
            raise self._other_api("an answer that is not HTTP") from cause
        except httpx.HTTPError as cause:
            raise self._unreachable(cause) from cause
        return answer.status_code, bytes(raw)

    def _unauthorised(self, raw: bytes) -> RefusedError:
        reason = _reason_of(raw)
        if "login" in reason.lower() or not reason:
            return RefusedError(
                "management.login",
                f"{self._where}: expected the operator's user and password, found that RabbitMQ "
                f"does not take them for {self.user!r}",
                actor=Actor.OPERATOR,
            )
        return RefusedError(
            "management.rights",
            f"{self._where}: expected {self.user!r} to have the tag administrator, found: {reason}",
            actor=Actor.OPERATOR,
        )

    def _other_api(self, found: str) -> RefusedError:
        return RefusedError(
            "management.other_api",
            f"{self._where}: expected RabbitMQ's management API (plugin rabbitmq_management), "
            f"found {found}",
            actor=Actor.OPERATOR,
        )

    def _unreachable(self, cause: httpx.HTTPError) -> SwbError:
        for seen in unfold(cause, also_hidden=True):
            if isinstance(seen, ssl.SSLCertVerificationError):
                message = (
                    f"{self._where}: expected a certificate that can be trusted, found: "
                    f"{seen.verify_message}"
                )
                return UnavailableError("management.untrusted", message)
            if isinstance(seen, ssl.SSLError):
                return self._other_api("no TLS, or other TLS")
        message = (
            f"expected RabbitMQ's management API at {self._where}, found: {type(cause).__name__}"
        )
        return UnavailableError("management.unreachable", message)


def _reason_of(raw: bytes) -> str:
    try:
        value = json.loads(raw)
    except ValueError:
        return ""
    reason = value.get("reason") if isinstance(value, dict) else None
    return " ".join(str(reason or "").split())[:_WORDS_LIMIT]


def _paths_of(thing: Thing) -> list[str]:
    """Where the API has a thing that may be removed."""
    parts = [quote(part, safe="") for part in thing.identity]
    if thing.kind is Kind.BINDING:
        vhost, source, kind, destination, key = parts
        to = "e" if kind == "exchange" else "q"
        return [f"/api/bindings/{vhost}/e/{source}/{to}/{destination}/{key or '~'}"]
    if thing.kind is not Kind.PARAMETER:
        return [f"/api/{_FOLDERS[thing.kind]}/{parts[0]}/{parts[1]}"]
    vhost, component, name = parts
    if component == "operator_policy":
        return [f"/api/operator-policies/{vhost}/{name}"]
    value = thing.properties.get("value")
    limits = value if isinstance(value, dict) else {}
    return [f"/api/vhost-limits/{vhost}/{quote(limit, safe='')}" for limit in limits]
