"""Connections: what one state may send another, in which state of readiness, on which terms.

States are connected pair by pair and document type by document type (a direction each: the one
may be live while the other is still tried). What is not in the table is not connected. The table
is data that both sides agreed on; it is written as TOML, one ``[[connection]]`` for each line::

    [[connection]]
    from = "TH"
    to = "VN"
    message_type = "CertificateIssue"
    agreement = "ATIGA"
    state = "LIVE"

    [connection.terms]
    protected = true
"""

from __future__ import annotations

import tomllib
from enum import StrEnum
from typing import Annotated, Final, Self

from pydantic import BaseModel, ConfigDict, Field, ValidationError, field_validator, model_validator

from swb_schemas.catalogue import CATALOGUE, get_type
from swb_schemas.documents.elements import CountryCode, Environment
from swb_schemas.errors import Actor, RefusedError, UnavailableError
from swb_schemas.findings import Finding, Severity
from swb_schemas.parties import GATEWAY
from swb_schemas.table_faults import spell_faults

__all__ = [
    "Connection",
    "ConnectionState",
    "ConnectionTable",
    "Terms",
    "parse_connections",
]

_LIMIT: Final = 1_000_000
"""Octets of a table."""


class ConnectionState(StrEnum):
    """How far a connection is."""

    TEST = "TEST"
    """Exchanged in the test environment only."""
    PARALLEL = "PARALLEL"
    """Exchanged beside the paper, compared and reported; binds nobody."""
    LIVE = "LIVE"
    """Exchanged, and binding."""
    SUSPENDED = "SUSPENDED"
    """For a time nothing new is exchanged, and waits; what was exchanged before is answered."""


class _Section(BaseModel):
    model_config = ConfigDict(
        extra="forbid", frozen=True, populate_by_name=True, hide_input_in_errors=True
    )


class Terms(_Section):
    """What the two sides agreed on for one connection.

    Attributes:
        protected: Whether bodies are encrypted for the receiving gateway; then clear ones are
            refused.
        electronic_signature: Whether the importing side recognises an electronically applied
            signature and seal (ATIGA Annex 8, Rule 7); otherwise its customs is told.
        max_items: Items that one certificate may have.
        legal_basis: What allows a use of the data beyond validating the certificate (ATIGA
            Annex 8, Rules 17(5) and 31(4)); none when empty.
        fingerprints: Whether both sides keep keyed fingerprints of invoice and consignment, to
            find certificates that are alike; it needs a legal basis.
    """

    protected: bool = True
    electronic_signature: bool = True
    max_items: Annotated[int, Field(ge=1, le=5000)] | None = None
    legal_basis: str = ""
    fingerprints: bool = False

    @model_validator(mode="after")
    def _fingerprints_have_a_legal_basis(self) -> Self:
        if self.fingerprints and not self.legal_basis.strip():
            msg = "expected legal_basis where fingerprints are agreed on, found none"
            raise ValueError(msg)
        return self


class Connection(_Section):
    """One line of the table.

    Attributes:
        from_state: Whose authority issues.
        to_state: Whose authority receives.
        message_type: Name in the catalogue, of a document that begins a conversation; its
            answers travel under the same connection.
        agreement: For example ``ATIGA``; empty for types that have none.
        state: How far the connection is.
        terms: What was agreed.
    """

    from_state: CountryCode = Field(alias="from")
    to_state: CountryCode = Field(alias="to")
    message_type: str
    agreement: str = ""
    state: ConnectionState
    terms: Terms = Terms()

    @field_validator("message_type")
    @classmethod
    def _begins_a_conversation(cls, name: str) -> str:
        leading = sorted(kind for kind, entry in CATALOGUE.items() if entry.answers and entry.leads)
        if name not in leading:
            msg = f"expected one of {', '.join(leading)}"
            raise ValueError(msg)
        return name

    @model_validator(mode="after")
    def _joins_two_states(self) -> Self:
        if self.from_state == self.to_state:
            msg = f"expected two different states, found {self.from_state} twice"
            raise ValueError(msg)
        return self

    def environment(self, served: Environment) -> Environment | None:
        """The environment in which its documents are sealed; None where none may be sent.

        Args:
            served: What the daemon serves. In the test environment everything but a suspended
                connection is tried; in production a connection in test carries nothing.
        """
        if self.state is ConnectionState.SUSPENDED:
            return None
        if served is Environment.TEST:
            return Environment.TEST
        if self.state is ConnectionState.PARALLEL:
            return Environment.PARALLEL
        if self.state is ConnectionState.LIVE and served is Environment.PRODUCTION:
            return Environment.PRODUCTION
        return None

    def may_have_carried(self, environment: Environment, served: Environment) -> bool:
        """Whether documents of an environment may have travelled here, today or before.

        A live connection was parallel before, and a suspended one may have been anything.

        Args:
            environment: Of the document that is answered, and so of its answer.
            served: What the daemon serves.
        """
        if not served.includes(environment):
            return False
        if environment is Environment.TEST or self.state is ConnectionState.SUSPENDED:
            return True
        if self.state is ConnectionState.PARALLEL:
            return environment is Environment.PARALLEL
        return self.state is ConnectionState.LIVE


class ConnectionTable(_Section):
    """Every connection that is known; what is not here is denied."""

    connections: tuple[Connection, ...] = Field(default=(), alias="connection")

    @model_validator(mode="after")
    def _each_once(self) -> Self:
        seen = set()
        for each in self.connections:
            key = (each.from_state, each.to_state, each.message_type, each.agreement)
            if key in seen:
                msg = f"expected each connection once, found {' '.join(key)} twice"
                raise ValueError(msg)
            seen.add(key)
        return self

    @property
    def members(self) -> tuple[str, ...]:
        """Every state that is connected to another."""
        ends = ((each.from_state, each.to_state) for each in self.connections)
        return tuple(sorted({state for pair in ends for state in pair}))

    def may_have_carried(
        self, states: frozenset[str], environment: Environment, served: Environment
    ) -> bool:
        """Whether documents of an environment may have travelled between two states, either way."""
        return any(
            each.may_have_carried(environment, served)
            for each in self.connections
            if {each.from_state, each.to_state} == states
        )

    def find(
        self, *, sender: str, receiver: str, message_type: str, agreement: str | None = None
    ) -> tuple[Connection, ...]:
        """Find the connections of a document type, whatever their state.

        Args:
            sender: State that issues.
            receiver: State that receives.
            message_type: Name in the catalogue.
            agreement: None finds those of every agreement.
        """
        return tuple(
            each
            for each in self.connections
            if (each.from_state, each.to_state, each.message_type)
            == (sender, receiver, message_type)
            and agreement in {None, each.agreement}
        )

    def require(
        self,
        *,
        sender: str,
        receiver: str,
        message_type: str,
        served: Environment,
        agreement: str | None = None,
        environment: Environment | None = None,
    ) -> Connection:
        """Find the connection under which a message travels.

        Args:
            sender: State that sends.
            receiver: State that it is for.
            message_type: Name in the catalogue.
            served: What the daemon serves.
            agreement: Of the certificate, where it is known; a router does not see it.
            environment: Of the message; None where it is yet to be sealed.

        Returns:
            Of an answer under an unknown agreement, a connection that asks for protection where
            there is one: which of them it travels under cannot be told.

        Raises:
            RefusedError: ``connection.none``, ``connection.environment``,
                ``catalogue.unknown_type``.
            UnavailableError: ``connection.suspended``: not now.
        """
        entry = get_type(message_type)
        if not entry.leads:
            answered = self._find_answered(sender, receiver, message_type, agreement)
            if not answered:
                raise _none(sender, receiver, f"{message_type} {agreement or ''}".strip())
            return _choose_answered(answered, served, environment, message_type)
        found = self.find(
            sender=sender, receiver=receiver, message_type=message_type, agreement=agreement
        )
        if not found:
            raise _none(sender, receiver, f"{message_type} {agreement or ''}".strip())
        sealed_for = [(each, each.environment(served)) for each in found]
        for each, sealed in sealed_for:
            if sealed is not None and environment in {None, sealed}:
                return each
        what = f"{message_type} from {sender} to {receiver}"
        if any(each.state is ConnectionState.SUSPENDED for each in found):
            raise UnavailableError("connection.suspended", f"{what} is SUSPENDED")
        fitting = sorted({sealed for _, sealed in sealed_for if sealed is not None})
        if fitting:
            message = (
                f"expected {what} to be sealed for {' or '.join(fitting)}, found {environment}"
            )
            raise RefusedError("connection.environment", message)
        states = " and ".join(sorted({each.state for each in found}))
        raise RefusedError("connection.environment", f"{what} is {states}")

    def _find_answered(
        self, sender: str, receiver: str, message_type: str, agreement: str | None
    ) -> list[Connection]:
        """Find the connections whose documents such a message answers, whatever their state."""
        entry = get_type(message_type)
        either_way = GATEWAY in entry.issuers
        return [
            each
            for each in self.connections
            if (entry.accompanies or message_type in CATALOGUE[each.message_type].answers)
            and agreement in {None, each.agreement}
            and (
                (each.from_state, each.to_state) == (sender, receiver)
                if entry.of_issuer
                else (each.from_state, each.to_state) == (receiver, sender)
                or (either_way and (each.from_state, each.to_state) == (sender, receiver))
            )
        ]


def _choose_answered(
    answered: list[Connection],
    served: Environment,
    environment: Environment | None,
    message_type: str,
) -> Connection:
    """Choose the connection on whose terms an answer travels."""
    fitting = [
        each
        for each in answered
        if environment is None or each.may_have_carried(environment, served)
    ]
    if not fitting:
        states = " and ".join(sorted({each.state for each in answered}))
        message = (
            f"expected a {message_type} to what a connection in {states} carried, "
            f"found one of {environment}"
        )
        raise RefusedError("connection.environment", message)
    return max(fitting, key=lambda each: each.terms.protected)


def parse_connections(raw: bytes) -> ConnectionTable:
    """Read a table.

    Raises:
        RefusedError: ``connection.malformed``; one finding for each fault, its path as
            ``connection[1]/terms/max_items``, positions from 1.
    """
    if len(raw) > _LIMIT:
        message = f"expected at most {_LIMIT} octets, found {len(raw)}"
        raise RefusedError("connection.malformed", message, actor=Actor.OPERATOR)
    try:
        return ConnectionTable.model_validate(tomllib.loads(raw.decode("utf-8-sig")))
    except ValidationError as cause:
        findings = tuple(
            Finding(
                code="connection.malformed",
                severity=Severity.REFUSE,
                path=path,
                message=message,
                actor=Actor.OPERATOR,
            )
            for path, message in spell_faults(cause, tables=("connection",))
        )
        more = f"; {len(findings) - 1} more" if len(findings) > 1 else ""
        message = f"{findings[0].path or 'the table'}: {findings[0].message}{more}"
        raise RefusedError(
            "connection.malformed", message, actor=Actor.OPERATOR, findings=findings
        ) from cause
    except (UnicodeDecodeError, tomllib.TOMLDecodeError) as cause:
        message = f"expected TOML in UTF-8: {cause}"
        raise RefusedError("connection.malformed", message, actor=Actor.OPERATOR) from cause


def _none(sender: str, receiver: str, what: str) -> RefusedError:
    message = f"expected a connection from {sender} to {receiver} for {what}, found none"
    return RefusedError("connection.none", message, actor=Actor.OPERATOR)
