"""Brings the console's message catalogues up to what its pages say.

Usage: ``python tools/messages.py``. A message that is new stands in each catalogue with an empty
translation, and one whose English changed is marked fuzzy; a test fails until somebody translated
both. What nobody says any more is removed.
"""

from __future__ import annotations

import io
import sys
from pathlib import Path

from babel.messages.catalog import Catalog
from babel.messages.extract import extract_from_dir
from babel.messages.pofile import read_po, write_po

CONSOLE = Path(__file__).resolve().parent.parent / "broker" / "swb" / "console"
LOCALE = CONSOLE / "locale"
METHODS = [("templates/*.html", "jinja2.ext:babel_extract"), ("*.py", "python")]
OPTIONS = {"templates/*.html": {"trimmed": "true", "silent": "false"}}
KEYWORDS = {"_": None, "gettext": None, "ngettext": (1, 2), "say": None, "marked": None}


def extract() -> Catalog:
    """Collect everything that templates and code say."""
    catalogue = Catalog(project="single-window-broker", fuzzy=False)
    found = extract_from_dir(CONSOLE, METHODS, OPTIONS, KEYWORDS, comment_tags=())
    for name, _, message, _, _ in sorted(found, key=lambda each: (each[0], each[1])):
        catalogue.add(message, locations=[(name, 0)])
    return catalogue


def update(file: Path, template: Catalog) -> bytes:
    """Write a catalogue anew, with the translations that it has."""
    with file.open("rb") as source:
        catalogue = read_po(source, locale=file.parent.parent.name)
    catalogue.update(template, no_fuzzy_matching=True)
    catalogue.obsolete.clear()
    written = io.BytesIO()
    write_po(written, catalogue, width=100, sort_by_file=True, include_lineno=False)
    lines = written.getvalue().decode().splitlines(keepends=True)
    # Dates and tools' names say nothing, and change each time.
    volatile = ('"POT-Creation-Date', '"PO-Revision-Date', '"Generated-By', '"Last-Translator')
    return "".join(line for line in lines if not line.startswith(volatile)).encode()


def main() -> int:
    """Update every catalogue."""
    template = extract()
    for file in sorted(LOCALE.glob("*/LC_MESSAGES/console.po")):
        file.write_bytes(update(file, template))
        print(f"{file.relative_to(LOCALE)}: {len(template)} messages")
    return 0


if __name__ == "__main__":
    sys.exit(main())
