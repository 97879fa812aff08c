"""A client of a gateway's HTTP API: submit, follow, pull and acknowledge.

For the programs of a national single window.
Every failure is an error of `swb_schemas.errors` with the code that the gateway told; what is
`final` need not be sent again as it is. The whole API is described by ``swb openapi``.
"""

from __future__ import annotations

import base64
import ssl
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any, Final, Self
from urllib.parse import quote

import httpx

from swb_schemas.error_codes import Family, find_error_code
from swb_schemas.errors import Actor, RefusedError, UnavailableError, UndeterminedError
from swb_schemas.findings import Finding, read_findings

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from pathlib import Path
    from types import TracebackType

    from swb_schemas.errors import SwbError

__all__ = ["Fact", "Followed", "GatewayClient", "Pulled", "Submitted"]

_PROBLEM: Final = "application/problem+json"


@dataclass(frozen=True, slots=True, kw_only=True)
class Submitted:
    """What a payload became.

    Attributes:
        document_id: Of the sealed document.
        certificate_key: Of the certificate that it is or speaks about.
        message_type: What kind of document it is.
        repeated: Whether the same payload had been accepted before.
        status: Where it stands, if it had been accepted before; else empty.
        findings: Warnings, and what is not carried.
    """

    document_id: str
    certificate_key: str
    message_type: str
    repeated: bool
    status: str
    findings: Sequence[Finding]


@dataclass(frozen=True, slots=True, kw_only=True)
class Fact:
    """One dated fact in the life of a document.

    Attributes:
        name: For example ``AS2``, ``RES-REC`` or ``GIVEN``.
        at: When it happened, by whoever says so.
        known_at: When the gateway learnt of it.
        code: Why, where something was refused; else empty.
        detail: One line for people.
    """

    name: str
    at: datetime
    known_at: datetime
    code: str
    detail: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Followed:
    """Where a document stands.

    Attributes:
        document_id: Of the document.
        certificate_key: Of the certificate that it is or speaks about; empty where there is none.
        message_type: What kind of document it is.
        status: The fact that stands; empty where nothing is known.
        facts: In the order in which the gateway learnt of them.
    """

    document_id: str
    certificate_key: str
    message_type: str
    status: str
    facts: Sequence[Fact]


@dataclass(frozen=True, slots=True, kw_only=True)
class Pulled:
    """A delivery that was taken; store it durably before it is acknowledged.

    Attributes:
        delivery_id: The same whenever it is offered: by it a repetition is known.
        message_type: What kind of document it is.
        payload: The octets in the national format.
        file_suffix: Of files that hold such a payload, with the dot.
        binding: False in a parallel exchange: it is compared, and nobody acts on it.
        findings: Advice for whoever decides.
        lease_id: Proves that it was taken.
        lease_ends_at: After that it is offered again.
    """

    delivery_id: str
    message_type: str
    payload: bytes
    file_suffix: str
    binding: bool
    findings: Sequence[Finding]
    lease_id: str
    lease_ends_at: datetime


class GatewayClient:
    """Asks one gateway, as one system.

    Args:
        url: Where the gateway serves, for example ``https://gateway.example``.
        token: That ``swb tokens create`` printed; None where a certificate proves who asks.
        certificate: Client certificate and private key, PEM.
        authorities: File with the roots that the server's certificate goes back to, PEM; None is
            what the system trusts.
        timeout: Seconds for one answer.
    """

    def __init__(
        self,
        url: str,
        *,
        token: str | None = None,
        certificate: tuple[Path, Path] | None = None,
        authorities: Path | None = None,
        timeout: float = 30,
    ) -> None:
        tls = ssl.create_default_context(cafile=str(authorities) if authorities else None)
        if certificate is not None:
            tls.load_cert_chain(*certificate)
        headers = {} if token is None else {"Authorization": f"Bearer {token}"}
        self._http = httpx.Client(base_url=url, headers=headers, verify=tls, timeout=timeout)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()

    def close(self) -> None:
        """Close every connection."""
        self._http.close()

    def submit(self, payload: bytes, *, idempotency_key: str | None = None) -> Submitted:
        """Submit a national payload.

        Args:
            payload: In the format of the gateway's own state.
            idempotency_key: With the same one the same payload gets the same answer.

        Raises:
            RefusedError: The payload, with findings in the sender's own format; or who asks.
            UndeterminedError: It could not be checked now.
            UnavailableError: The gateway; ``api.unreachable``.
        """
        headers = {"Content-Type": "application/octet-stream"}
        if idempotency_key is not None:
            headers["Idempotency-Key"] = f'"{idempotency_key}"'
        told = self._ask("POST", "/v1/submissions", content=payload, headers=headers)
        return Submitted(
            document_id=told["document_id"],
            certificate_key=told["certificate_key"],
            message_type=told["message_type"],
            repeated=told["repeated"],
            status=told["status"] or "",
            findings=read_findings(told["findings"]),
        )

    def follow(self, reference: str) -> Followed:
        """Find where a document stands.

        Args:
            reference: A certificate's key ``STATE:office:number``, a document id or a message id.

        Raises:
            RefusedError: ``reference.unknown``; or who asks.
            UnavailableError: The gateway; ``api.unreachable``.
        """
        told = self._ask("GET", "/v1/documents", params={"reference": reference})
        document = told["document"]
        return Followed(
            document_id=document["document_id"],
            certificate_key=document["certificate_key"] or "",
            message_type=document["message_type"],
            status=told["status"] or "",
            facts=[
                Fact(
                    name=each["name"],
                    at=datetime.fromisoformat(each["at"]),
                    known_at=datetime.fromisoformat(each["known_at"]),
                    code=each["code"] or "",
                    detail=each["detail"] or "",
                )
                for each in told["events"]
            ],
        )

    def pull(self, *, limit: int = 10, lease_for: timedelta | None = None) -> Sequence[Pulled]:
        """Take what waits, the oldest first; empty where nothing does.

        Args:
            limit: So many at most, up to 100.
            lease_for: After so long without acknowledgement it is offered again; None as the
                gateway is configured.

        Raises:
            RefusedError: ``api.not_pulled``; or who asks.
            UnavailableError: The gateway; ``api.unreachable``.
        """
        wanted: dict[str, object] = {"limit": limit}
        if lease_for is not None:
            wanted["lease_seconds"] = lease_for.total_seconds()
        told = self._ask("POST", "/v1/inbox/leases", json=wanted)
        return [
            Pulled(
                delivery_id=each["delivery_id"],
                message_type=each["message_type"],
                payload=base64.b64decode(each["payload"]),
                file_suffix=each["file_suffix"],
                binding=each["binding"],
                findings=read_findings(each["findings"]),
                lease_id=each["lease_id"],
                lease_ends_at=datetime.fromisoformat(each["lease_ends_at"]),
            )
            for each in told["deliveries"]
        ]

    def acknowledge(self, pulled: Pulled) -> None:
        """Say that a delivery is stored durably; its sender is told (AS3). May be repeated.

        Raises:
            RefusedError: ``inbox.lease_lost``: it will come again; or who asks.
            UnavailableError: The gateway; ``api.unreachable``.
        """
        self._end(pulled, "acknowledgement", {"lease_id": pulled.lease_id})

    def give_back(self, pulled: Pulled, *, reason: str) -> None:
        """Give a delivery back that cannot be stored; it is offered again later.

        Raises:
            RefusedError: ``inbox.lease_lost``; or who asks.
            UnavailableError: The gateway; ``api.unreachable``.
        """
        self._end(pulled, "return", {"lease_id": pulled.lease_id, "reason": reason})

    def _end(self, pulled: Pulled, how: str, told: Mapping[str, str]) -> None:
        self._ask("POST", f"/v1/inbox/{quote(pulled.delivery_id, safe='')}/{how}", json=told)

    def _ask(self, method: str, path: str, **request: Any) -> Any:  # noqa: ANN401 - JSON
        try:
            answer = self._http.request(method, path, **request)
            is_problem = answer.headers.get("Content-Type", "") == _PROBLEM
            told: Any = answer.json() if is_problem or answer.content else None
            if answer.is_success:
                return told
            raise _read_problem(told if is_problem and told else {}, answer)
        except (httpx.HTTPError, ValueError, KeyError, TypeError) as cause:
            message = f"expected an answer of a gateway, found {type(cause).__name__}"
            raise UnavailableError("api.unreachable", message) from cause


def _read_problem(problem: Mapping[str, Any], answer: httpx.Response) -> SwbError:
    if not problem:
        message = f"expected an answer of a gateway, found status {answer.status_code}"
        return UnavailableError("api.unreachable", message)
    code, message, actor = problem["code"], problem["detail"], Actor(problem["actor"])
    findings = read_findings(problem["findings"])
    if problem["final"]:
        return RefusedError(code, message, actor=actor, findings=findings)
    known = find_error_code(code)
    if known is not None and known.family is Family.UNDETERMINED:
        return UndeterminedError(code, message, actor=actor, findings=findings)
    asked = answer.headers.get("Retry-After", "")
    retry_after = timedelta(seconds=int(asked)) if asked.isdigit() else None
    return UnavailableError(code, message, actor=actor, findings=findings, retry_after=retry_after)
