"""The benches run at small sizes, and find the same answers as what they are put beside."""

from __future__ import annotations

import importlib.util
import os
import subprocess
import sys
from pathlib import Path

import pytest

from benches.aims import AIMS, Verdict, judged
from benches.all import BENCHES, Bench

ROOT = Path(__file__).resolve().parents[2]


@pytest.mark.parametrize("bench", BENCHES, ids=lambda bench: bench.name)
def test_a_bench_runs_and_its_contenders_agree(bench: Bench) -> None:
    for module in bench.needs:
        if importlib.util.find_spec(module) is None:
            pytest.skip(f"{module} is not installed: `make bench` installs it")
    ended = subprocess.run(
        [sys.executable, "-m", bench.module, *bench.quick.split()],
        cwd=ROOT,
        env={**os.environ, "COLUMNS": "200"},
        capture_output=True,
        text=True,
        check=False,
    )
    assert ended.returncode == 0, ended.stdout + ended.stderr
    assert ended.stdout.startswith("machine: ")
    outputs = {bench.name: ended.stdout}
    of_bench = [judged(aim, outputs) for aim in AIMS if aim.bench == bench.name]
    # At these sizes nothing is held to an aim; but the number must be where it is looked for.
    assert [each.aim.what for each in of_bench if each.verdict is Verdict.NOT_MEASURED] == []
