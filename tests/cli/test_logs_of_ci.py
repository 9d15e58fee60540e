"""Nothing that a source holds or a user types becomes a command of the CI runner.

GitHub obeys a line that begins with ``::`` after blanks, and ``##[`` anywhere; Azure obeys
``##vso[`` as well, TeamCity ``##teamcity[``, GitLab sections that begin with an escape
sequence. Bidirectional and invisible characters would let a text look like another.
"""

from __future__ import annotations

import json
import re
import unicodedata
from typing import TYPE_CHECKING

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from specplan.cli import main

if TYPE_CHECKING:
    from pathlib import Path

HASH = "36c47octke23tog3tjpjamxsrop4btuz"

MARKERS = (
    "::error::x",
    "::add-mask::x",
    "::set-output name=a::b",
    "##[error]x",
    "##[group]",
    "##vso[task.setvariable variable=a]b",
    "##teamcity[message text='x']",
    "\x1b[0Ksection_start:1:a\r\x1b[0K",
    "--- group",
    "\u202e\u2066x",
    "\u200b\u3164",
)

#: Words that bring a marker to every column of a line, and markers whose parts meet.
WORDS = st.lists(
    st.one_of(
        st.sampled_from(MARKERS),
        st.sampled_from(["a", "bb " * 9, " ", "#", "##", ":", "::", "[", "\n", "\r\n", "x" * 30]),
    ),
    min_size=1,
    max_size=8,
).map("".join)

FORMATS = ("table", "csv", "markdown", "json")


def obeyed(text: str) -> list[str]:
    """Return the lines that a runner would obey or a reader would misread."""
    found = []
    for line in re.split(r"\r\n|\r|\n", text):
        is_command = line.lstrip().startswith("::") or re.search(r"##[A-Za-z]*\[", line)
        is_group = re.match(r"\s*(---|\+\+\+|~~~|\^\^\^) ", line)
        hides = any(
            unicodedata.category(each) in {"Cc", "Cf", "Zl", "Zp"} or each == "\u3164"
            for each in line
        )
        if is_command or is_group or hides:
            found.append(line)
    return found


def index_of(word: str) -> str:
    """An index whose one spec has the word wherever an index may hold one."""
    spec = {
        "name": "zlib",
        "version": "1.3",
        "arch": {"platform": "linux", "platform_os": "ubuntu22.04", "target": "x86_64"},
        "namespace": "builtin",
        "parameters": {"evil": word, "cflags": [word, "-O2"]},
        "hash": HASH,
        "dependencies": [],
    }
    record = {"spec": spec, "ref_count": 0, "in_buildcache": True}
    return json.dumps({"database": {"version": "8", "installs": {HASH: record}}})


def commands(folder: Path, word: str) -> list[list[str]]:
    """What is asked of files that hold the word, and with the word typed."""
    index, environment, listed = (folder / name for name in ("i.json", "spack.yaml", "changed"))
    index.write_text(index_of(word), encoding="utf-8")
    environment.write_text(json.dumps({"spack": {"specs": [f"zlib evil='{word}'", word]}}))
    listed.write_text(word, encoding="utf-8")
    settings_file = folder / "own.toml"
    settings_file.write_text(f"[{json.dumps(word)}]\nx = 1\n", encoding="utf-8")
    cache = [f"--cache=e4s={index}", "--no-config"]
    alone = [f"--cache={index}", "--no-config"]
    want = [f"--want=s={environment}", "--system=ubuntu22.04/x86_64"]
    return [
        *[["find", "zlib", *cache, f"--format={each}", "--width=40"] for each in FORMATS],
        ["find", "zlib", *cache, "--line={variants}"],
        ["find", f"zlib evil='{word}'", *cache],
        ["find", word, *alone],
        *[["gaps", *cache, *want, f"--format={each}", "--width=30"] for each in FORMATS],
        *[["rebuild", *cache, *want, f"--format={each}"] for each in (*FORMATS, "list")],
        ["gaps", *cache, "--stack", word],
        ["gaps", *cache, "--os", word],
        ["gaps", *cache, "--system", word],
        ["gaps", *cache, "--baseline", word],
        ["gaps", *cache, "--fail-under", word],
        ["gaps", "--cache", word, "--no-config"],
        ["gaps", *cache, "--want", word],
        ["gaps", "--config", str(settings_file)],
        ["rebuild", *cache, *want, "--changed-from", str(listed)],
        ["rebuild", *cache, "--want", f"zlib evil='{word}'", *want[1:], "--format=list"],
        ["rebuild", *cache, "--want", f"zlib@9 evil='{word}'", *want[1:], "--write-unplannable=-"],
        ["check", *cache, "--format=markdown"],
        ["init", word, "-o", "-"],
        [word],
        ["gaps", word],
        ["gaps", f"--{word}"],
    ]


@pytest.mark.parametrize("word", MARKERS)
def test_no_marker_reaches_a_log(
    tmp_path: Path, capfd: pytest.CaptureFixture[str], word: str
) -> None:
    for words in commands(tmp_path, word):
        main(words)
        said = capfd.readouterr()
        assert obeyed(said.out) == [], words
        assert obeyed(said.err) == [], words


@settings(
    max_examples=25,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
@given(word=WORDS)
def test_no_text_made_of_markers_reaches_a_log(
    tmp_path: Path, capfd: pytest.CaptureFixture[str], word: str
) -> None:
    for words in commands(tmp_path, word):
        main([each.replace("\0", "") for each in words])
        said = capfd.readouterr()
        assert obeyed(said.out) == [], words
        assert obeyed(said.err) == [], words


def test_names_of_folders_do_not_reach_the_log_of_a_proposal(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    for name in ("##[group]x", "::error::x", "\u202ex"):
        folder = tmp_path / "all" / name
        folder.mkdir(parents=True)
        (folder / "spack.yaml").write_text("spack: {specs: ['##[a]x @@']}", encoding="utf-8")
        (folder / "spack.lock").write_text("{}", encoding="utf-8")
    monkeypatch.chdir(tmp_path)
    assert main(["init", "all", "-o", "-"]) == 0
    said = capfd.readouterr()
    assert "##" not in said.out
    assert obeyed(said.out) == []
    assert obeyed(said.err) == []
