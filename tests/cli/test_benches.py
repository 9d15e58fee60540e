"""The benches run at small sizes, and find the same answers as what they are put beside."""

from __future__ import annotations

import importlib.util
import os
import subprocess
import sys
from pathlib import Path

import pytest

import specplan
from benches.aims import AIMS, Verdict, judged
from benches.all import BENCHES, Bench
from benches.index_inputs import write_index
from benches.inputs import Shape, write_tree
from benches.instructions import PATHS

ROOT = Path(__file__).resolve().parents[2]


@pytest.mark.parametrize(
    "bench", [each for each in BENCHES if each.quick is not None], ids=lambda bench: bench.name
)
def test_a_bench_runs_and_its_contenders_agree(bench: Bench) -> None:
    for module in bench.needs:
        if importlib.util.find_spec(module) is None:
            pytest.skip(f"{module} is not installed: `make bench` installs it")
    assert bench.quick is not None
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


def test_every_path_whose_instructions_are_counted_has_an_answer(tmp_path: Path) -> None:
    write_tree(tmp_path / "tree", Shape(specs=100, packages=10))
    write_index(tmp_path / "index.json", specs=100, seed=1)
    specplan.index(tmp_path / "saved", tmp_path / "tree")
    for path, prepare in PATHS.items():
        assert prepare(tmp_path)() is not None, path
