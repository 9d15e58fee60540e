"""Completion of command lines: commands, options, files, and names that earlier runs saved.

A shell waits for this while the user types. So the words of the commands are a text, generated from
the table of settings by ``docs/words.py``, and no module of a command is imported. The shells send
the words up to the cursor, including an incomplete last one, and get lines of fields separated by
tabs:

- ``word``, a word, and its purpose;
- ``files`` and the text before a path: there, the shell completes files itself.
"""

from __future__ import annotations

import os
import sys

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

__all__ = ["answer", "lines"]

#: The marker in the text of words for an option with an arbitrary value.
_ANY = "*"

#: The separators at which bash splits words, but not zsh and fish.
_BREAKS = "=:"


def answer(shell: str, arguments: Sequence[str] | None) -> int:
    """Write the possible continuations, and return the exit code.

    Args:
        shell: The shell: ``bash``, ``zsh`` or ``fish``.
        arguments: The words of the line after the program; those of the process by default.
    """
    words = sys.argv[1:] if arguments is None else arguments
    text = "".join(f"{line}\n" for line in lines(shell, words))
    # The shell no longer waits for an answer.
    try:
        sys.stdout.write(text)
        sys.stdout.flush()
    except OSError:
        return 2
    return 0


def lines(shell: str, words: Sequence[str]) -> Iterator[str]:
    """Yield the answer to a shell about a line, as the module describes it.

    Args:
        shell: The shell.
        words: The words after the program; the last is completed.
    """
    joined = _joined(words) if shell == "bash" else list(words)
    *before, incomplete = joined or [""]
    # If bash has split a word into pieces, it completes the last piece.
    last = words[-1] if words else ""
    uncut = "" if last.strip(_BREAKS) == "" else last
    cut = len(incomplete) - len(uncut) if shell == "bash" else 0
    for kind, word, help_ in _CommandLine(before).following(incomplete):
        yield f"{kind}\t{word[cut:]}\t{help_}"


def _joined(words: Sequence[str]) -> list[str]:
    """Return words as typed, which bash has split at its own separators."""
    joined: list[str] = []
    continues = False
    for word in words:
        is_break = bool(word) and not word.strip(_BREAKS)
        if joined and (continues or is_break):
            joined[-1] += word
        else:
            joined.append(word)
        continues = is_break
    return joined


class _Option:
    """An option or an argument of a command."""

    __slots__ = ("help", "is_repeatable", "names", "takes")

    def __init__(self, line: str) -> None:
        """Read one line of the text of words."""
        names, takes, repeatable, self.help = line.split("\t")
        self.names = names.split()
        self.takes = takes.split()
        self.is_repeatable = bool(repeatable)


class _CommandLine:
    """The words of a command line before the one to complete."""

    def __init__(self, before: Sequence[str]) -> None:
        """Read the words."""
        self.command = ""
        self.options = _words_of("")
        self.values: dict[str, list[str]] = {}
        self.waiting: _Option | None = None
        self.has_only_arguments = False
        self.number_of_arguments = 0
        for word in before:
            self._take(word)

    def _take(self, word: str) -> None:
        if self.waiting is not None:
            self._keep(self.waiting, word)
            self.waiting = None
        elif word == "--":
            self.has_only_arguments = True
        elif word.startswith("-") and word != "-" and not self.has_only_arguments:
            self._take_option(word)
        elif not self.command:
            self.command = word
            self.options = _words_of(word)
        else:
            self.number_of_arguments += 1

    def _take_option(self, word: str) -> None:
        name, equals, value = word.partition("=") if word.startswith("--") else (word, "", "")
        option = self._option(name)
        if option is None:
            return
        if option.takes and not equals:
            self.waiting = option
        else:
            self._keep(option, value)

    def _keep(self, option: _Option, value: str) -> None:
        self.values.setdefault(option.names[-1], []).append(value)

    def _option(self, name: str) -> _Option | None:
        return next((each for each in self.options if name in each.names), None)

    def following(self, incomplete: str) -> Iterator[tuple[str, str, str]]:
        """Yield the possible words: kind, word, purpose."""
        name, equals, value = incomplete.partition("=")
        if self.waiting is not None:
            yield from self._values(self.waiting, incomplete, "")
        elif incomplete.startswith("-") and not self.has_only_arguments:
            option = self._option(name) if equals else None
            if option is not None:
                yield from self._values(option, value, f"{name}=")
            elif not equals:
                yield from self._names(incomplete)
        elif not self.command:
            yield from _commands(incomplete)
        else:
            arguments = [each for each in self.options if not each.names]
            at = self.number_of_arguments
            if at >= len(arguments) and arguments and arguments[-1].is_repeatable:
                at = -1
            for each in arguments[at:][:1]:
                yield from self._values(each, incomplete, "")

    def _names(self, incomplete: str) -> Iterator[tuple[str, str, str]]:
        for option in self.options:
            if option.names and (option.is_repeatable or option.names[-1] not in self.values):
                for name in option.names:
                    if name.startswith(incomplete) and (
                        name.startswith("--") or incomplete == name
                    ):
                        yield "word", name, option.help

    def _values(
        self, option: _Option, incomplete: str, before: str
    ) -> Iterator[tuple[str, str, str]]:
        for kind in option.takes:
            if kind.startswith("="):
                yield from _starting([kind[1:]], incomplete, before)
            elif kind == "files":
                label, equals, _ = incomplete.rpartition("=")
                yield "files", f"{before}{label}{equals}", ""
            elif kind != _ANY:
                yield from _starting(self._known(kind), incomplete, before)

    def _known(self, kind: str) -> list[str]:
        """Return the names of a kind that an earlier run found in the caches of this line."""
        from specplan.cli import known_names  # noqa: PLC0415 - most lines need none
        from specplan.cli.caches_asked import caches_asked  # noqa: PLC0415 - as above

        caches = caches_asked(self.values)
        return known_names.known(caches, kind) if caches else []


def _starting(names: Iterable[str], incomplete: str, before: str) -> Iterator[tuple[str, str, str]]:
    for name in names:
        if name.startswith(incomplete):
            yield "word", f"{before}{name}", ""


def _commands(incomplete: str) -> Iterator[tuple[str, str, str]]:
    for line in _section("COMMANDS"):
        name, help_ = line.split("\t")
        if name.startswith(incomplete):
            yield "word", name, help_


def _words_of(command: str) -> list[_Option]:
    """Return the options and arguments of a command; without one, those of the program."""
    return [_Option(line) for line in _section(command)]


def _section(name: str) -> list[str]:
    """Return the lines of one section of the text of words."""
    path = os.path.join(os.path.dirname(__file__), "words.txt")  # noqa: PTH118, PTH120 - pathlib is slower than all of this
    with open(path, encoding="utf-8") as file:  # noqa: PTH123 - as above
        text = file.read()
    _, heading, rest = text.partition(f"[{name}]\n")
    return rest.partition("\n[")[0].splitlines() if heading else []
