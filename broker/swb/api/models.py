"""What the API says and is told, as frozen models; OpenAPI is made of them."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Any

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, PlainSerializer

from swb_schemas.error_codes import Family
from swb_schemas.findings import Actor, Finding, Severity
from swb_schemas.xml.codec import format_instant

__all__ = [
    "Model",
    "Moment",
    "Problem",
    "ProblemKind",
    "Text",
    "ToldFinding",
    "tell_finding",
]

Moment = Annotated[
    datetime,
    PlainSerializer(format_instant, return_type=str),
    Field(json_schema_extra={"format": "date-time"}),
]
"""An instant in UTC, to the millisecond, with ``Z``."""


def _require_text(value: str) -> str:
    if not value.isprintable():
        msg = "expected text that can be printed in one line"
        raise ValueError(msg)
    return value


Text = Annotated[str, AfterValidator(_require_text)]
"""Text of one line, without control characters and halves of characters."""


class Model(BaseModel):
    """A value of the API; a member that it does not know is refused."""

    model_config = ConfigDict(extra="forbid", frozen=True)


class ToldFinding(Model):
    """One fault, advice or declared loss."""

    code: str = Field(description="Stable; explained at /v1/problems/CODE.")
    severity: Severity
    path: str = Field(description="Where, in the canonical document; empty for the whole.")
    national_path: str = Field(description="Where, in the sender's own format, where known.")
    message: str = Field(description="What was expected and what was found.")
    actor: Actor = Field(description="Who must act.")
    clause: str = Field(description="The rule that asks for it; empty when none does.")
    explained_at: str = Field(description="Where the code is explained.")


class Problem(Model):
    """A failure (RFC 9457)."""

    type: str = Field(description="Where the code is explained, from the root of the API.")
    title: str = Field(description="What such a failure means.")
    status: int = Field(ge=400, le=599)
    detail: str = Field(description="What was expected and what was found.")
    code: str = Field(description="Stable dotted identifier, the same in logs and commands.")
    actor: Actor = Field(description="Who must act.")
    final: bool = Field(description="Whether trying again with the same content cannot help.")
    advice: str = Field(description="What the actor does about it.")
    findings: list[ToldFinding] = Field(description="The single faults, where there are several.")
    findings_left_out: int = Field(ge=0, description="How many more there are.")


class ProblemKind(Model):
    """What a code means."""

    code: str
    family: Family
    actor: Actor
    meaning: str
    advice: str
    section: str


def tell_finding(finding: Finding) -> ToldFinding:
    """Bring a finding into the API's form."""
    values: dict[str, Any] = {
        name: getattr(finding, name)
        for name in ("code", "severity", "path", "national_path", "message", "actor", "clause")
    }
    return ToldFinding(**values, explained_at=f"/v1/problems/{finding.code}")
