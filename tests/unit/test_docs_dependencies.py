"""The page on dependencies is made of `pyproject.toml`, of the locks and of what they install.

``SWB_WRITE_DOCS=1 pytest tests/unit/test_docs_dependencies.py`` writes it anew.
"""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, Final

from tests.dependencies import COPYLEFT, LOCKS, OURS, licence_of, read_direct, read_lock
from tests.services import ROOT

if TYPE_CHECKING:
    from collections.abc import Iterable

    from tests.dependencies import Locked

PAGE: Final = ROOT / "docs" / "reference" / "dependencies.md"

HEAD: Final = """\
# Dependencies

What the project rests on. This page is made of `pyproject.toml`, of the locks and of what the
distributions say of themselves. Each has a lower and an upper bound in `pyproject.toml`; locks name
one version and the SHA-256 of each file that may be installed, and `pip --require-hashes` takes no
other. Where a licence is blank, tests do not run where it is installed. `make sbom` writes
`build/sbom.json`, the same of what runs, as machines read it (CycloneDX).

| lock | for | distributions |
|---|---|---|
"""

DIRECT: Final = """
## What we ask for

*base* is always installed; `build`, `fuzz`, `mutants` and `sbom` are groups, the others extras:
`pip install 'single-window-broker[rabbitmq]'`. `all` is every extra but `bench` and `dev`.

| distribution | for | bounds | locked | licence | in |
|---|---|---|---|---|---|
"""

OTHERS: Final = """
## {title}

| distribution | locked | licence | brought by |
|---|---|---|---|
"""

DUTIES: Final = """
## Licences with duties

Every other licence here is permissive: keep its notice. These ask for more of whoever ships them.
This is what was read, and no legal advice.

| distribution | licence | in what runs | what that means here |
|---|---|---|---|
"""

PURPOSES: Final = {
    "run": "every back end; `make run`, and installations",
    "dev": "tests and lint beside it; `make dev`",
    "fuzz": "`make fuzz` beside that",
    "mutants": "`make mutants` beside that",
    "sbom": "`make sbom`, in an environment of its own",
}


def row(*cells: object) -> str:
    """A row of a table."""
    return f"| {' | '.join(str(each) for each in cells)} |\n"


def where(locked: Locked) -> str:
    """On what machines a distribution is installed, where not on all."""
    return f" where `{locked.requirement.marker}`" if locked.requirement.marker else ""


def rows_of(locked: Iterable[Locked]) -> list[str]:
    """What we do not ask for ourselves."""
    return [
        row(
            f"`{each.name}`{where(each)}",
            each.version,
            licence_of(each),
            ", ".join(f"`{name}`" for name in each.brought_by),
        )
        for each in sorted(locked, key=lambda each: each.name)
        if OURS not in each.brought_by
    ]


def build_page() -> str:
    """The page as files and distributions say it."""
    run, dev = read_lock("run"), read_lock("dev")
    parts = [HEAD]
    parts += [
        row(f"`{name}`", PURPOSES[kind], len(read_lock(kind))) for kind, name in LOCKS.items()
    ]
    parts.append(DIRECT)
    for each in read_direct():
        kind = each.needed_by if each.needed_by in LOCKS else "dev"
        locked = read_lock(kind)[each.name]
        bounds = ",".join(sorted(map(str, each.requirement.specifier), reverse=True))
        cells = (each.reason, f"`{bounds}`", locked.version, licence_of(locked), each.needed_by)
        parts.append(row(f"`{each.name}`", *cells))
    parts.append(OTHERS.format(title="What comes with it where the broker runs"))
    parts += rows_of(run.values())
    parts.append(OTHERS.format(title="What comes with tests, lint and the bench"))
    parts += rows_of(each for name, each in dev.items() if name not in run)
    parts.append(DUTIES)
    for name, meaning in COPYLEFT.items():
        where = "yes" if name in run else "no"
        parts.append(row(f"`{name}`", licence_of(dev[name]), where, meaning))
    return "".join(parts)


def test_the_page_is_made_of_project_and_locks() -> None:
    if os.environ.get("SWB_WRITE_DOCS"):
        PAGE.write_text(build_page(), encoding="utf-8")
    assert PAGE.read_text(encoding="utf-8") == build_page(), "SWB_WRITE_DOCS=1"
