"""Write an empty Form D: ``python -m swb_adapters.brunei FILE.xlsx`` or ``FILE.csv``."""

from __future__ import annotations

import sys
from pathlib import Path

from swb_adapters.brunei.template import TEMPLATE_FORM_D


def main() -> int:
    """Write the file that is named; its suffix says which of the two it is."""
    if len(sys.argv) != 2 or Path(sys.argv[1]).suffix not in {".csv", ".xlsx"}:  # noqa: PLR2004 - program and file
        sys.stderr.write("usage: python -m swb_adapters.brunei FILE.xlsx | FILE.csv\n")
        return 2
    file = Path(sys.argv[1])
    template = TEMPLATE_FORM_D
    file.write_bytes(template.write_csv() if file.suffix == ".csv" else template.write_workbook())
    return 0


if __name__ == "__main__":
    sys.exit(main())
