"""``python -m swb.cli``: the command where it is not installed on the path."""

import sys

from swb.cli.entry import main

sys.exit(main())
