"""``python -m specplan`` is the command ``specplan``."""

from __future__ import annotations

import sys

from specplan.cli import main

if __name__ == "__main__":
    sys.exit(main())
