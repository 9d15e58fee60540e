"""What a file may cost to read: memory and time grow with its bytes, whatever it says."""

from __future__ import annotations

import json
import subprocess
import sys
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

#: The law: an input of n bytes takes no more than this and 100 n.
BASE_BYTES = 200_000_000
BYTES_PER_BYTE = 100

#: The aim is 10 s of one core for a megabyte; a machine that is busy gets ten times that.
SECONDS = 100

READ = """\
import resource, sys
resource.setrlimit(resource.RLIMIT_CPU, ({seconds}, {seconds}))
from specplan.cli import main
try:
    main(sys.argv[1:])
except SystemExit:
    pass
# Not `ru_maxrss`: a process starts with the peak of the one that forked it, pytest.
peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
if sys.platform == "linux":
    (line,) = (each for each in open("/proc/self/status") if each.startswith("VmHWM:"))
    peak = int(line.split()[1])
print(peak * 1024, file=sys.stderr)
"""


def long_key() -> str:
    return f"spack:\n  specs: [zlib]\n? {'k' * 1_000_000}\n: [{'a,' * 60_000}]\n"


def deep_keys() -> str:
    deep = "".join(f"{' ' * level}{'k' * 1000}:\n" for level in range(60))
    return f"spack:\n  specs: [zlib]\n{deep}{' ' * 60}[{'a,' * 60_000}]\n"


def many_roots() -> str:
    """Each root keeps its place."""
    roots = "".join(f"  - p{number}\n" for number in range(10_000))
    return f"spack:\n  specs:\n  - matrix: [[a], [+b]]\n{roots}"


def many_merges() -> str:
    big = ", ".join(f"k{number}: 1" for number in range(10_000))
    aliases = ", ".join(["*e"] * 25_000)
    return f"e: &e {{}}\nbig: {{{big}, <<: [{aliases}]}}\nspack: {{specs: [zlib]}}\n"


def merges_of_merges() -> str:
    lines = ["e0: &e0 {" + ", ".join(f"k{number}: 1" for number in range(4000)) + "}"]
    lines += [f"e{level}: &e{level} {{<<: *e{level - 1}, x{level}: 1}}" for level in range(1, 60)]
    return "\n".join([*lines, "spack: {specs: [zlib]}", ""])


@pytest.mark.parametrize("write", [long_key, deep_keys, many_roots, many_merges, merges_of_merges])
def test_an_environment_takes_memory_and_time_by_its_bytes(
    write: Callable[[], str], tmp_path: Path
) -> None:
    file = tmp_path / "spack.yaml"
    file.write_text(write(), encoding="utf-8")
    words = ["coverage", "--cache", "none", "--want", str(file), "--system", "rhel9/zen4"]
    peak = peak_of(words)
    assert peak < BASE_BYTES + BYTES_PER_BYTE * file.stat().st_size


def test_a_map_of_snapshots_takes_memory_by_its_bytes(tmp_path: Path) -> None:
    """Every index that is not there is a damaged file, which shows its place."""
    entries = [{"label": "root", "url": "x"}] * 5000
    file = tmp_path / "cache_spack_io_index.json"
    text = json.dumps({"a": entries[:1], "t" * 1_000_000: entries}, separators=(",", ":"))
    file.write_text(text, encoding="utf-8")
    for more in ([], ["--skip-damaged"]):
        peak = peak_of(["coverage", "--cache", str(tmp_path), *more])
        assert peak < BASE_BYTES + BYTES_PER_BYTE * file.stat().st_size


def peak_of(words: list[str]) -> int:
    """How many bytes a run took at most."""
    script = READ.format(seconds=SECONDS)
    run = subprocess.run(
        [sys.executable, "-c", script, *words], capture_output=True, text=True, check=True
    )
    return int(run.stderr.splitlines()[-1])
