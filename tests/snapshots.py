"""Compare a text that people read with the file that shows how it should look.

``UPDATE_SNAPSHOTS=1 pytest ...`` writes the files anew; what changed is then read in
the difference before it is committed.
"""

from __future__ import annotations

import os
from pathlib import Path

FOLDER = Path(__file__).parent / "data" / "snapshots"


def assert_is_snapshot(text: str, name: str) -> None:
    """Assert that the text is, byte for byte, what the file of that name holds."""
    path = FOLDER / name
    if os.environ.get("UPDATE_SNAPSHOTS"):
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(text.encode())
    assert text == path.read_bytes().decode()
