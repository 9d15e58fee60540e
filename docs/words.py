"""Write the words with which shells complete command lines, from the table of settings.

    python docs/words.py [FILE]

writes the text that `specplan.cli.completed` reads, into the package or into FILE: a section for
the commands, one for the options of the program, and one for the options and arguments of each
command. The fields of a line are separated by tabs: the names of an option (none of an argument),
what it takes (`=WORD` for a word, `files`, a kind of names, `*` for anything else), whether it may
be repeated, and what it is for.
"""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING

import click

from specplan.cli.program import program
from specplan.config.settings import SETTINGS

if TYPE_CHECKING:
    from collections.abc import Iterator

FILE = Path(__file__).resolve().parents[1] / "python" / "specplan" / "cli" / "words.txt"

#: The options and arguments that take names out of caches, and which.
NAMES = {
    "--assume-available": "package",
    "--baseline": "tag",
    "--changed": "package",
    "--changes-since": "tag",
    "--os": "os",
    "--package": "package",
    "--peers": "stack",
    "--stack": "stack",
    "--system": "=all system",
    "--tag": "tag",
    "--target": "target",
    "--without": "package",
    "new": "tag",
    "old": "tag",
    "spec": "package",
    "steps": "tag",
}

#: The words in what help calls a value that say that it is a file or a folder.
OF_FILES = ("DIR", "DOCUMENT", "FILE", "FOLDER", "LOCK", "PIPELINE", "REPO", "SOURCE")

#: What takes files too, though help does not call it so.
MORE_OF_FILES = {"--output", "--want", "caches", "new", "old", "sources", "steps"}

#: The longest description; shells have one line for each.
LONGEST = 72


def main() -> None:
    """Write the text."""
    (Path(sys.argv[1]) if len(sys.argv) > 1 else FILE).write_text(text(), encoding="utf-8")


def text() -> str:
    """Return all sections."""
    sections = [["[COMMANDS]", *(f"{name}\t{line}" for name, line in program.summaries.items())]]
    sections.append(["[]", *lines(program)])
    sections += [[f"[{name}]", *lines(program.commands[name])] for name in program.summaries]
    return "".join("\n".join([*section, ""]) for section in sections)


def lines(command: click.Command) -> Iterator[str]:
    """Yield the lines of the options and the arguments of a command."""
    repeatable = {each.attribute for each in SETTINGS if each.is_repeatable}
    for each in command.params:
        names = each.opts if isinstance(each, click.Option) else []
        is_repeatable = each.name in repeatable or each.multiple or each.nargs < 0
        many = "many" if is_repeatable else ""
        help_ = short(getattr(each, "help", None) or "")
        yield "\t".join([" ".join(names), " ".join(takes(each)), many, help_])
        if each.secondary_opts:
            yield "\t".join([" ".join(each.secondary_opts), "", many, help_])


def takes(parameter: click.Parameter) -> Iterator[str]:
    """Yield what a parameter takes; nothing of a flag."""
    if isinstance(parameter, click.Option) and parameter.is_flag:
        return
    if isinstance(parameter.type, click.Choice):
        yield from (f"={each}" for each in parameter.type.choices)
        return
    name = parameter.opts[-1]
    found = NAMES.get(name, "").split()
    metavar = (parameter.metavar or parameter.human_readable_name).upper()
    if name in MORE_OF_FILES or any(each in metavar for each in OF_FILES):
        found.append("files")
    yield from found or ["*"]


def short(help_: str) -> str:
    """Return the first sentence of a help text, cut where it is long."""
    sentence = " ".join(help_.split()).split(". ")[0].rstrip(".")
    return sentence if len(sentence) <= LONGEST else f"{sentence[: LONGEST - 1].rstrip()}…"


if __name__ == "__main__":
    main()
