"""Reads a configuration file, and explains what is wrong with it by key and nearest known word.

The value of anything that could be a secret is never told.
"""

from __future__ import annotations

import difflib
import os
import re
import tomllib
from pathlib import Path
from typing import TYPE_CHECKING, Final

from pydantic import BaseModel, ValidationError

from swb.config.model import (
    MEANT,
    AuthorityConfig,
    Config,
    ConnectionsConfig,
    EmbeddedTransportConfig,
    HealthConfig,
    KeyConfig,
    LimitsConfig,
    NationalConfig,
    PartyConfig,
    RabbitTransportConfig,
    RolesConfig,
    StoreConfig,
    TrustConfig,
)
from swb_schemas.errors import Actor, RefusedError
from swb_schemas.findings import Finding, Severity

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from pydantic_core import ErrorDetails

__all__ = ["load_config", "resolve_secret"]


def load_config(path: Path) -> Config:
    """Read a configuration file.

    Raises:
        RefusedError: ``config.unreadable``, ``config.malformed``, ``config.invalid``.
    """
    try:
        raw = tomllib.loads(path.read_text(encoding="utf-8"))
    except OSError as cause:
        raise RefusedError(
            "config.unreadable",
            f"expected a readable file at {path}: {cause.strerror}",
            actor=Actor.OPERATOR,
        ) from cause
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as cause:
        raise RefusedError(
            "config.malformed", f"expected TOML in {path}: {cause}", actor=Actor.OPERATOR
        ) from cause
    try:
        config = Config.model_validate(raw)
    except ValidationError as cause:
        findings = tuple(_explain(cause))
        first = f"{findings[0].path or 'the file'}: {findings[0].message}"
        raise RefusedError(
            "config.invalid", f"{path}: {first}", actor=Actor.OPERATOR, findings=findings
        ) from cause
    return _absolute(config, path.resolve().parent)


_TRANSPORTS: Final[Mapping[str, type[BaseModel]]] = {
    "embedded": EmbeddedTransportConfig,
    "rabbitmq": RabbitTransportConfig,
}
_SECTIONS: Final[Mapping[str, type[BaseModel]]] = {
    "party": PartyConfig,
    "roles": RolesConfig,
    "store": StoreConfig,
    "trust": TrustConfig,
    "keys": KeyConfig,
    "national": NationalConfig,
    "connections": ConnectionsConfig,
    "authority": AuthorityConfig,
    "health": HealthConfig,
    "limits": LimitsConfig,
}


def _explain(error: ValidationError) -> list[Finding]:
    return [
        Finding(
            code="config.invalid",
            severity=Severity.REFUSE,
            path=path,
            message=message,
            actor=Actor.OPERATOR,
        )
        for path, message in map(_explain_fault, error.errors(include_url=False))
    ]


def _explain_fault(fault: ErrorDetails) -> tuple[str, str]:
    """Say which key is wrong, and what was meant; the value itself may be a secret."""
    steps = [str(step) for step in fault["loc"] if step != "[key]"]
    section = _SECTIONS.get(steps[0]) if len(steps) > 1 else Config
    if steps[:1] == ["transport"] and len(steps) > 1:
        section = _TRANSPORTS.get(steps.pop(1))
    said = fault["msg"].removeprefix("Value error, ")
    context = fault.get("ctx", {})
    match fault["type"]:
        case "extra_forbidden":
            known = list(section.model_fields) if section else []
            said = "unknown key" + _suggest(steps[-1], known)
        case "missing":
            said = "expected this key, found none"
        case "union_tag_not_found" | "union_tag_invalid":
            steps.append("kind")
            kinds = " or ".join(map(repr, _TRANSPORTS))
            said = f"expected {kinds}" + _suggest(context.get("tag", ""), _TRANSPORTS)
        case "enum" | "literal_error":
            # A closed set of words is no place for a secret.
            known = re.findall(r"'([^']+)'", str(context.get("expected", "")))
            said += _suggest(str(fault["input"]), known)
        case "string_pattern_mismatch":
            said = MEANT.get(context.get("pattern", ""), said)
    return ".".join(steps), said


def _suggest(found: str, known: Iterable[str]) -> str:
    near = difflib.get_close_matches(found, list(known), n=1)
    return f"; did you mean {near[0]!r}?" if near else ""


def _absolute(config: Config, folder: Path) -> Config:
    """Take every relative path from the configuration's own folder."""

    def rebase_value(value: object) -> object:
        if isinstance(value, Path):
            return folder / value
        if isinstance(value, str) and value.startswith("file:"):
            return f"file:{folder / value.removeprefix('file:')}"
        return rebase(value) if isinstance(value, BaseModel) else value

    def rebase(section: BaseModel) -> BaseModel:
        changed: dict[str, object] = {}
        for name in type(section).model_fields:
            value = getattr(section, name)
            if isinstance(value, dict):
                changed[name] = {key: rebase_value(each) for key, each in value.items()}
            else:
                changed[name] = rebase_value(value)
        return section.model_copy(update=changed)

    rebased = rebase(config)
    assert isinstance(rebased, Config)  # noqa: S101 - model_copy keeps the class
    return rebased


def resolve_secret(reference: str) -> str:
    """Get the secret behind ``env:NAME`` or ``file:PATH``.

    Raises:
        RefusedError: ``config.secret``: there is nothing behind the reference.
    """
    kind, _, name = reference.partition(":")
    if kind == "env" and name in os.environ:
        return os.environ[name]
    if kind == "file":
        try:
            return Path(name).read_text(encoding="utf-8").strip()
        except (OSError, UnicodeDecodeError) as cause:
            raise RefusedError(
                "config.secret", f"expected a readable secret at {name}", actor=Actor.OPERATOR
            ) from cause
    raise RefusedError(
        "config.secret", f"expected a secret behind {kind}:{name}", actor=Actor.OPERATOR
    )
