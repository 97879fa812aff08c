"""A new adapter as a project of its own: what ``swb adapters new`` writes.

The common files, and the whole of what is written for XML and JSON, are data in ``templates``: text
with ``${...}`` for what differs. A project in another syntax begins as a copy of the first-party
adapter that is the example of that syntax, under its own name, so the copy is never older than the
syntax. Nothing is written to a disk here.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from importlib import import_module
from importlib.resources import files
from string import Template
from typing import TYPE_CHECKING, Final

from swb_adapters.sdk.contract import API
from swb_schemas.xml import encode

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from importlib.resources.abc import Traversable

    from swb_adapters.sdk.contract import Adapter

__all__ = ["FORMATS", "NAME", "build_project"]

NAME: Final = re.compile(r"(?=.{2,32}\Z)[a-z][a-z0-9]*(?:-[a-z0-9]+)*")
"""Of an adapter, none that its description may not have."""
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
        left: What of that adapter's state stands in the copy: file to words.
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
    left: Mapping[str, str] = field(default_factory=dict)


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
        left={
            "adapter.py": "`SWB-GATEWAY-MY` and `NSW-MY`, sender and recipient in UNB",
            "messages.py": "`SWBMY1`, the association assigned code in UNH, and the codes of kinds",
            "parts.py": "the state's time, UTC+8, and the qualifiers",
            "samples": "all that stands in them",
        },
    ),
    "fixed-width": _Format(
        words="messages of fixed width",
        suffix=".txt",
        syntax="",
        model="vietnam_vnaccs",
        names=("Vietnamese", "Viet Nam"),
        sample="form-d-plain",
        left={
            "layouts.py": "`VNACCS` and `01`, system and version in the header; records and widths",
            "answers.py": "the state's time, UTC+7",
            "samples": "all that stands in them",
        },
    ),
    "csv": _Format(
        words="forms in CSV and workbooks",
        suffix=".csv",
        syntax="",
        model="brunei",
        names=("Brunei Darussalam", "Bruneian", "Brunei"),
        sample="form-d-plain",
        left={
            "certificate.py": "`BN-1`, the name of the layout, and the labels",
            "malay.py": "labels in Malay, the second language of the form",
            "codes.py": "the state's time, UTC+8, and `BN` as the example of a country",
            "template.py": "the example, `BN` as the only issuing country, `ms` as the second "
            "language; `python -m {package} FILE.xlsx` (or `FILE.csv`) writes the empty form",
            "samples": "all that stands in them",
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
    if chosen is None or NAME.fullmatch(name) is None:
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
        left = (f"| `{file}` | {what.format(**words)} |" for file, what in chosen.left.items())
        words["kinds"] = _MODEL.format(model=chosen.model, left="\n".join(left))
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
    golden = _read_model(chosen) if chosen.model else _list_golden(templates / format_name)
    project |= {f"tests/golden/{sample}.xml": meaning for sample, meaning in golden}
    return project


_MODEL: Final = """\
It began as a copy of the first-party adapter `{model}`, the example of this syntax, with all its
kinds of message. So it still speaks as that adapter's state does, and no test fails of it. Replace:

| in | what is still that adapter's |
|---|---|
{left}"""


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


def _list_golden(format_folder: Traversable) -> Iterator[tuple[str, bytes]]:
    """List what the samples of a format mean; they mean the same under every name."""
    for entry in sorted((format_folder / "golden").iterdir(), key=lambda entry: entry.name):
        yield entry.name.removesuffix(".xml"), entry.read_bytes()


def _read_model(chosen: _Format) -> Iterator[tuple[str, bytes]]:
    """Read what a model's samples mean, by the model itself."""
    package = f"swb_adapters.{chosen.model}"
    adapter: Adapter = import_module(package).ADAPTER
    samples = sorted((files(package) / "samples").iterdir(), key=lambda entry: entry.name)
    for sample in samples:
        document = adapter.to_canonical(sample.read_bytes()).document
        yield sample.name.rpartition(".")[0], encode(document)


def _rename(text: str, words: Mapping[str, str]) -> str:
    """Give the description of an adapter its own name and version, and no state."""
    system = f"National single window of {words['title']}: {words['syntax_words']}"
    described = {"name": words["name"], "version": "0.1.0", "system": system, "state": ""}
    for member, value in described.items():
        text = re.sub(rf'(?m)^    {member}="[^"]*"', f'    {member}="{value}"', text)
    return text


def _fill(text: str, words: Mapping[str, str]) -> bytes:
    return Template(text).substitute(words).encode()
