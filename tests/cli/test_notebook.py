"""The notebook of the documentation shows what its cells give."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]


def test_the_notebook_shows_what_its_cells_give(tmp_path: Path) -> None:
    pytest.importorskip("polars", reason="it needs Polars: `make test-engines`")
    script, kept = ROOT / "docs" / "notebook.py", ROOT / "docs" / "notebook.ipynb"
    if os.environ.get("UPDATE_SNAPSHOTS"):
        subprocess.run([sys.executable, script], check=True)
    subprocess.run([sys.executable, script, tmp_path / "ran.ipynb"], check=True)
    ran, shown = (
        json.loads(each.read_text(encoding="utf-8")) for each in (tmp_path / "ran.ipynb", kept)
    )
    outputs = [each["outputs"] for each in ran["cells"] if each["cell_type"] == "code"]
    assert any("DataFrame" in str(each) or "dataframe" in str(each) for each in outputs)
    assert ran == shown
