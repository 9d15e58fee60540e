"""Lines of a shell with `specplan` in them, run without starting a Python for each.

What `specplan` writes and how it ends comes from this process; a shell sees to the rest of the
line. That a started process does the same is the business of other tests (`test_program.py`,
`test_startup.py`, `test_signals.py`).
"""

from __future__ import annotations

import io
import os
import shlex
import shutil
import subprocess
import sysconfig
from typing import TYPE_CHECKING, Final

import pytest

from specplan.cli import main

if TYPE_CHECKING:
    from pathlib import Path

#: The characters that a shell would interpret.
_EXPANDED: Final = frozenset("$`*?[]{}~\\")

#: The operators that end a command.
_OPERATORS: Final = frozenset("|&;<>()")

#: After these, one stream goes another way than the other, and both go the same.
_PARTING: Final = frozenset({"|", ">"})
_JOINING: Final = frozenset({"||", "&&", ";"})

#: What answers in place of the program: what it wrote and its exit code are kept in files.
_KEPT: Final = 'specplan() { cat "$SAID/err" >&2; cat "$SAID/out"; return "$(cat "$SAID/code")"; }'

#: What makes reports wider, narrower or coloured, and is nobody's business here.
_LOOKS: Final = ("COLUMNS", "FORCE_COLOR", "NO_COLOR")


def run_line(line: str, folder: Path, **variables: str) -> tuple[int, str]:
    """Run a line in a folder; return its exit code and both its streams, as a terminal has them."""
    with pytest.MonkeyPatch.context() as patch:
        patch.chdir(folder)
        for name in _LOOKS:
            patch.delenv(name, raising=False)
        for name, value in variables.items():
            patch.setenv(name, value)
        words, rest = _first_command(line)
        if words is None:
            return _by_shell(line)
        both = io.BytesIO()
        if not rest:
            return _in_process(words, both, both, patch), both.getvalue().decode()
        # Where both streams end in one place they stay in their order.
        out, err = (io.BytesIO(), io.BytesIO()) if rest[0] in _PARTING else (both, both)
        code = _in_process(words, out, err, patch)
        said = folder.parent / "said"
        said.mkdir(exist_ok=True)
        (said / "out").write_bytes(out.getvalue())
        (said / "err").write_bytes(err.getvalue() if err is not out else b"")
        (said / "code").write_text(str(code))
        patch.setenv("SAID", str(said))
        return _by_shell(f"{_KEPT}\n{line}")


def _first_command(line: str) -> tuple[list[str] | None, list[str]]:
    """Return the words of `specplan` and what follows; None where a shell must read them."""
    if not line.startswith("specplan ") or line.count("specplan ") > 1:
        return None, []
    lexer = shlex.shlex(line, posix=True, punctuation_chars=True)
    lexer.whitespace_split = True
    lexer.commenters = ""
    tokens = list(lexer)
    end = next((at for at, token in enumerate(tokens) if set(token) <= _OPERATORS), len(tokens))
    quoted = shlex.shlex(line, posix=False, punctuation_chars=True)
    quoted.whitespace_split = True
    quoted.commenters = ""
    raw = list(quoted)[:end]
    if any(set(word) & _EXPANDED for word in raw if not word.startswith("'")):
        return None, []
    if end < len(tokens) and tokens[end] not in {*_PARTING, *_JOINING}:
        return None, []
    return tokens[1:end], tokens[end:]


def _in_process(
    words: list[str], out: io.BytesIO, err: io.BytesIO, patch: pytest.MonkeyPatch
) -> int:
    """Run the program; its output is held back as that of a process that writes to a pipe."""
    stdout = io.TextIOWrapper(out, encoding="utf-8", newline="")
    stderr = io.TextIOWrapper(err, encoding="utf-8", newline="", write_through=True)
    with patch.context() as streams, open(os.devnull, encoding="utf-8") as nothing:  # noqa: PTH123 - no path
        streams.setattr("sys.stdin", nothing)
        streams.setattr("sys.stdout", stdout)
        streams.setattr("sys.stderr", stderr)
        code = main(words)
        stdout.flush()
    # Whoever lets go of a wrapper closes what it wraps, which is still to be read.
    stdout.detach()
    stderr.detach()
    return code


def _by_shell(line: str) -> tuple[int, str]:
    """Run a line as somebody would who has installed the package."""
    path = os.pathsep.join([sysconfig.get_path("scripts"), os.environ.get("PATH", "")])
    shell = shutil.which("sh")
    assert shell is not None
    answer = subprocess.run(
        [shell, "-c", line],
        env={**os.environ, "PATH": path},
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        check=False,
    )
    return answer.returncode, answer.stdout.decode()
