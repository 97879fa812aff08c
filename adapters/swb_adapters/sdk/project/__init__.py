"""A new adapter as a project of its own: what ``swb adapters new`` writes.

Everything is data in ``templates``, text with ``${...}`` for what differs; nothing is written here.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from importlib.resources import files
from string import Template
from typing import TYPE_CHECKING, Final

from swb_adapters.sdk.contract import API

if TYPE_CHECKING:
    from collections.abc import Mapping

__all__ = ["FORMATS", "NAME", "build_project"]

NAME: Final = re.compile(r"[a-z][a-z0-9]*(?:-[a-z0-9]+)*")
"""Of an adapter; 32 characters at most."""
_COMMON: Final = {
    "pyproject.toml": "common/pyproject.toml.txt",
    ".gitignore": "common/gitignore.txt",
    "README.md": "common/README.md.txt",
    "src/{package}/__init__.py": "common/init.py.txt",
    "tests/test_{package}.py": "common/test.py.txt",
}
_DEPARTURE: Final = ("transport", "departure")


@dataclass(frozen=True, slots=True, kw_only=True)
class _Format:
    """One syntax.

    Attributes:
        words: For people.
        suffix: Of samples.
        syntax: As the test kit names it.
        modules: File in the package to template.
        further: What else differs.
        departure: Where the day of departure stands, in the format's spelling.
    """

    words: str
    suffix: str
    syntax: str
    modules: Mapping[str, str]
    further: Mapping[str, str] = field(default_factory=dict)
    departure: str = "/".join(_DEPARTURE)


_SPELL: Final = "spell_json_path"
FORMATS: Final[Mapping[str, _Format]] = {
    "xml": _Format(
        words="messages in XML",
        suffix=".xml",
        syntax="xml",
        modules={
            "adapter.py": "xml/adapter.py.txt",
            "answers.py": "tree/answers.py.txt",
            "certificate.py": "tree/certificate.py.txt",
        },
        further={"at": "@", "spell_import": "", "spell_argument": ""},
    ),
    "json": _Format(
        words="messages in JSON",
        suffix=".json",
        syntax="json",
        departure=".".join(_DEPARTURE),
        modules={
            "adapter.py": "json/adapter.py.txt",
            "answers.py": "tree/answers.py.txt",
            "certificate.py": "tree/certificate.py.txt",
        },
        further={
            "at": "",
            "spell_import": f"\n    {_SPELL},",
            "spell_argument": f"\n    spell={_SPELL},",
        },
    ),
}
"""By what ``--format`` says."""


def build_project(name: str, format_name: str) -> dict[str, bytes]:
    """Build the files of a new adapter's project.

    Args:
        name: Of the adapter; it matches `NAME`.
        format_name: A key of `FORMATS`.

    Returns:
        Path in the project to content, in the order in which a person would read them.

    Raises:
        ValueError: There is no such format, or no adapter may be called so; a fault of the caller.
    """
    chosen = FORMATS.get(format_name)
    if chosen is None or NAME.fullmatch(name) is None or len(name) > 32:  # noqa: PLR2004 - as check_info has it
        msg = (
            f"expected a name of small letters and a known format, found {name!r}, {format_name!r}"
        )
        raise ValueError(msg)
    package = f"{name.replace('-', '_')}_swb"
    title = name.replace("-", " ").title()
    words = {
        "api": str(API),
        "class_name": title.replace(" ", ""),
        "fault_path": chosen.departure,
        "format": format_name,
        "name": name,
        "package": package,
        "suffix": chosen.suffix,
        "syntax": chosen.syntax,
        "syntax_words": chosen.words,
        "title": title,
        **chosen.further,
    }
    templates = files(__package__) / "templates"
    project = {
        path.format(package=package): _fill((templates / template).read_text("utf-8"), words)
        for path, template in _COMMON.items()
    }
    for module, template in chosen.modules.items():
        text = (templates / template).read_text("utf-8")
        project[f"src/{package}/{module}"] = _fill(text, words)
    project[f"src/{package}/py.typed"] = b""
    samples = templates / format_name / "samples"
    for sample in sorted(samples.iterdir(), key=lambda entry: entry.name):
        # Samples are octets; only the names of elements that bear the adapter's are filled in.
        filled = sample.read_bytes().replace(b"{class_name}", words["class_name"].encode())
        filled = filled.replace(b"{name}", name.encode())
        project[f"src/{package}/samples/{sample.name}"] = filled
    return project


def _fill(text: str, words: Mapping[str, str]) -> bytes:
    return Template(text).substitute(words).encode()
