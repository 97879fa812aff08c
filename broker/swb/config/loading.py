"""Reads a configuration file, and explains what is wrong with it by key and nearest known word.

The value of anything that could be a secret is never told.
"""

from __future__ import annotations

import difflib
import re
import tomllib
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final, TypeVar, get_args

from pydantic import BaseModel, ValidationError

from swb.config.keys import KEY_KINDS
from swb.config.model import MEANT, Config, EmbeddedTransportConfig, RabbitTransportConfig
from swb.config.signer import SignerConfig
from swb.config.topology import TopologyFile
from swb_schemas.errors import Actor, RefusedError
from swb_schemas.findings import Finding, Severity
from swb_schemas.table_faults import spell_expected

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from pydantic_core import ErrorDetails

__all__ = ["load_config", "load_signer_config", "load_topology"]

_Read = TypeVar("_Read", bound=BaseModel)
_Section = TypeVar("_Section", bound=BaseModel)


def load_config(path: Path) -> Config:
    """Read a daemon's configuration file.

    Raises:
        RefusedError: ``config.unreadable``, ``config.malformed``, ``config.invalid``.
    """
    return _load(path, Config)


def load_signer_config(path: Path) -> SignerConfig:
    """Read a signer's configuration file.

    Raises:
        RefusedError: ``config.unreadable``, ``config.malformed``, ``config.invalid``.
    """
    return _load(path, SignerConfig)


def load_topology(path: Path) -> TopologyFile:
    """Read the description of a region's message broker.

    Raises:
        RefusedError: ``config.unreadable``, ``config.malformed``, ``config.invalid``.
    """
    return _load(path, TopologyFile)


def _load(path: Path, model: type[_Read]) -> _Read:
    try:
        raw = tomllib.loads(path.read_text(encoding="utf-8-sig"))
    except OSError as cause:
        raise RefusedError(
            "config.unreadable",
            f"expected a readable file at {path}: {cause.strerror}",
            actor=Actor.OPERATOR,
        ) from cause
    except UnicodeDecodeError as cause:
        message = f"expected UTF-8 in {path}, found another octet at {cause.start}"
        raise RefusedError("config.malformed", message, actor=Actor.OPERATOR) from cause
    except tomllib.TOMLDecodeError as cause:
        raise RefusedError(
            "config.malformed", f"expected TOML in {path}: {cause}", actor=Actor.OPERATOR
        ) from cause
    try:
        config = model.model_validate(raw)
    except ValidationError as cause:
        findings = tuple(_explain(cause, model))
        first = f"{findings[0].path or 'the file'}: {findings[0].message}"
        raise RefusedError(
            "config.invalid", f"{path}: {first}", actor=Actor.OPERATOR, findings=findings
        ) from cause
    return _absolute(config, path.resolve().parent)


_TRANSPORTS: Final[Mapping[str, type[BaseModel]]] = {
    "embedded": EmbeddedTransportConfig,
    "rabbitmq": RabbitTransportConfig,
}
_OF_KEYS: Final = ("keys", "retired_decryption")
_KEY_DEPTH: Final = 2
"""Steps to a key's section: its collection and its purpose, or number. Its kind comes next."""


def _explain(error: ValidationError, model: type[BaseModel]) -> list[Finding]:
    faults = error.errors(include_url=False)
    return [
        Finding(
            code="config.invalid",
            severity=Severity.REFUSE,
            path=path,
            message=message,
            actor=Actor.OPERATOR,
        )
        for path, message in (_explain_fault(fault, model) for fault in faults)
    ]


def _explain_fault(fault: ErrorDetails, model: type[BaseModel]) -> tuple[str, str]:
    """Say which key is wrong, and what was meant; the value itself may be a secret."""
    steps = [str(step) for step in fault["loc"] if step != "[key]"]
    section = _section_of(model, steps[0]) if len(steps) > 1 else model
    for step in steps[1:-1]:
        section = (section and _section_of(section, step)) or section
    kinds: Mapping[str, type[BaseModel]] = _TRANSPORTS
    if steps[:1] == ["transport"] and len(steps) > 1:
        section = kinds.get(steps.pop(1))
    elif steps and steps[0] in _OF_KEYS and len(steps) > 1:
        kinds = KEY_KINDS
        section = kinds.get(steps.pop(2)) if len(steps) > _KEY_DEPTH else None
    said = fault["msg"].removeprefix("Value error, ")
    context = fault.get("ctx", {})
    match fault["type"]:
        case "extra_forbidden":
            fields = section.model_fields if section else {}
            known = [field.alias or name for name, field in fields.items()]
            said = "unknown key" + _suggest(steps[-1], known)
        case "missing":
            said = "expected this key, found none"
        case "union_tag_not_found" | "union_tag_invalid":
            steps.append("kind")
            said = f"expected {' or '.join(map(repr, kinds))}"
            said += _suggest(context.get("tag", ""), kinds)
        case "enum" | "literal_error":
            # A closed set of words is no place for a secret.
            known = re.findall(r"'([^']+)'", str(context.get("expected", "")))
            said += _suggest(str(fault["input"]), known)
        case "string_pattern_mismatch":
            said = MEANT.get(context.get("pattern", ""), said)
        case _ if said.startswith("Input should"):
            said = f"expected {spell_expected(fault)}, found another value"
    return ".".join(steps), said


def _section_of(model: type[BaseModel], name: str) -> type[BaseModel] | None:
    """Find what a section is made of, also where it may be left out or stand several times."""
    waiting: list[Any] = [field.annotation] if (field := model.model_fields.get(name)) else []
    while waiting:
        annotation = waiting.pop()
        if isinstance(annotation, type) and issubclass(annotation, BaseModel):
            return annotation
        waiting.extend(get_args(annotation))
    return None


def _suggest(found: str, known: Iterable[str]) -> str:
    near = difflib.get_close_matches(found, list(known), n=1)
    return f"; did you mean {near[0]!r}?" if near else ""


def _absolute(config: _Read, folder: Path) -> _Read:
    """Take every relative path from the configuration's own folder."""

    def rebase_value(value: object) -> object:
        if isinstance(value, Path):
            return folder / value
        if isinstance(value, str) and value.startswith("file:"):
            return f"file:{folder / value.removeprefix('file:')}"
        if isinstance(value, tuple):
            return tuple(map(rebase_value, value))
        return rebase(value) if isinstance(value, BaseModel) else value

    def rebase(section: _Section) -> _Section:
        changed: dict[str, object] = {}
        for name in type(section).model_fields:
            value = getattr(section, name)
            if isinstance(value, dict):
                changed[name] = {key: rebase_value(each) for key, each in value.items()}
            else:
                changed[name] = rebase_value(value)
        return section.model_copy(update=changed)

    return rebase(config)
