"""A new adapter as a project of its own: what ``swb adapters new`` writes.

The common files, and the whole of what is written for XML and JSON, are data in ``templates``: text
with ``${...}`` for what differs. A project in another syntax begins as a copy of the first-party
adapter that is the example of that syntax, under its own name, so the copy is never older than the
syntax. Nothing is written to a disk here.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from importlib.resources import files
from string import Template
from typing import TYPE_CHECKING, Final

from swb_adapters.sdk.contract import API

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from importlib.resources.abc import Traversable

__all__ = ["FORMATS", "NAME", "build_project"]

NAME: Final = re.compile(r"[a-z][a-z0-9]*(?:-[a-z0-9]+)*")
"""Of an adapter; 32 characters at most."""
_COMMON: Final = {
    "pyproject.toml": "common/pyproject.toml.txt",
    ".gitignore": "common/gitignore.txt",
    "README.md": "common/README.md.txt",
    "src/{package}/__init__.py": "common/init.py.txt",
}
_TEST: Final = "tests/test_{package}.py"
_KINDS: Final = """\
| kind of message | document |
|---|---|
| `certificate` | certificate of origin, Form D |
| `receipt` | customs receipt: the certificate arrived |
| `response` | customs response: preference given or not, by item |"""
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
        model: First-party adapter that a project begins as a copy of; empty where there are
            templates.
        names: What that adapter calls its state, longest first.
        contract: What else the test says of the format.
        sample: Name of a certificate's sample.
    """

    words: str
    suffix: str
    syntax: str
    modules: Mapping[str, str] = field(default_factory=dict)
    further: Mapping[str, str] = field(default_factory=dict)
    departure: str = "/".join(_DEPARTURE)
    model: str = ""
    names: tuple[str, ...] = ()
    contract: str = ""
    sample: str = "form-d"


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
    "edifact": _Format(
        words="messages in UN/EDIFACT",
        suffix=".edi",
        syntax="edifact",
        model="malaysia",
        names=("Malaysian", "Malaysia"),
        contract="    single_octets = True\n",
        sample="form-d-plain",
    ),
    "fixed-width": _Format(
        words="messages of fixed width",
        suffix=".txt",
        syntax="",
        model="vietnam_vnaccs",
        names=("Vietnamese", "Viet Nam"),
        sample="form-d-plain",
    ),
    "csv": _Format(
        words="forms in CSV and workbooks",
        suffix=".csv",
        syntax="",
        model="brunei",
        names=("Brunei Darussalam", "Bruneian", "Brunei"),
        sample="form-d-plain",
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
        "contract": chosen.contract,
        "fault_path": chosen.departure,
        "format": format_name,
        "kinds": _KINDS,
        "name": name,
        "package": package,
        "sample": f"{chosen.sample}{chosen.suffix}",
        "suffix": chosen.suffix,
        "syntax": chosen.syntax,
        "syntax_words": chosen.words,
        "title": title,
        **chosen.further,
    }
    if chosen.model:
        words["kinds"] = _MODEL.format(model=chosen.model)
    templates = files(__package__) / "templates"
    test = "common/test_model.py.txt" if chosen.model else "common/test.py.txt"
    project = {
        path.format(package=package): _fill((templates / template).read_text("utf-8"), words)
        for path, template in {**_COMMON, _TEST: test}.items()
    }
    if chosen.model:
        inside = dict(_copy_model(chosen, words))
    else:
        inside = dict(_fill_templates(templates, chosen, words))
    project |= {f"src/{package}/{path}": content for path, content in inside.items()}
    project[f"src/{package}/py.typed"] = b""
    return project


_MODEL: Final = """\
It began as a copy of the first-party adapter `{model}`, the example of this syntax, with all its
kinds of message: whatever stands in it of that state is to be replaced."""


def _fill_templates(
    templates: Traversable, chosen: _Format, words: Mapping[str, str]
) -> Iterator[tuple[str, bytes]]:
    for module, template in chosen.modules.items():
        yield module, _fill((templates / template).read_text("utf-8"), words)
    samples = templates / words["format"] / "samples"
    for sample in sorted(samples.iterdir(), key=lambda entry: entry.name):
        # Samples are octets; only the names of elements that bear the adapter's are filled in.
        filled = sample.read_bytes().replace(b"{class_name}", words["class_name"].encode())
        yield f"samples/{sample.name}", filled.replace(b"{name}", words["name"].encode())


def _copy_model(chosen: _Format, words: Mapping[str, str]) -> Iterator[tuple[str, bytes]]:
    package = f"swb_adapters.{chosen.model}"
    model = files(package)
    for module in sorted(model.iterdir(), key=lambda entry: entry.name):
        if module.name.endswith(".py") and module.name != "__init__.py":
            text = module.read_text("utf-8").replace(package, words["package"])
            if module.name == "adapter.py":
                text = _rename(text, words)
            for name in chosen.names:
                text = text.replace(name, words["title"])
            yield module.name, text.encode()
    samples = sorted((model / "samples").iterdir(), key=lambda entry: entry.name)
    for sample in samples:
        yield f"samples/{sample.name}", sample.read_bytes()


def _rename(text: str, words: Mapping[str, str]) -> str:
    """Give the description of an adapter its own name and version, and no state."""
    system = f"National single window of {words['title']}: {words['syntax_words']}"
    described = {"name": words["name"], "version": "0.1.0", "system": system, "state": ""}
    for member, value in described.items():
        text = re.sub(rf'(?m)^    {member}="[^"]*"', f'    {member}="{value}"', text)
    return text


def _fill(text: str, words: Mapping[str, str]) -> bytes:
    return Template(text).substitute(words).encode()
