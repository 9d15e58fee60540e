"""Write the manual pages from the table of settings and the help of the commands.

    python docs/manual.py [FOLDER]

writes `specplan.1` and a page for each command, as `specplan-gaps.1`, into the folder that the
wheel installs as `share/man/man1`, or into FOLDER.
"""

from __future__ import annotations

import inspect
import re
import sys
from pathlib import Path
from typing import TYPE_CHECKING

from specplan import __version__
from specplan.cli.program import program
from specplan.config.settings import GROUPS, SETTINGS

if TYPE_CHECKING:
    from collections.abc import Iterator

    import click

FOLDER = Path(__file__).resolve().parent / "specplan.data" / "data" / "share"


def main() -> None:
    """Write all pages."""
    folder = Path(sys.argv[1]) if len(sys.argv) > 1 else FOLDER / "man" / "man1"
    folder.mkdir(parents=True, exist_ok=True)
    for name, text in pages().items():
        (folder / name).write_text(text, encoding="utf-8")


def pages() -> dict[str, str]:
    """Return each page under the name of its file."""
    found = {"specplan.1": page("specplan", program, list(of_program()))}
    for name in program.summaries:
        lines = list(of_command(name))
        found[f"specplan-{name}.1"] = page(f"specplan-{name}", program.commands[name], lines)
    return found


def page(name: str, command: click.Command, rest: list[str]) -> str:
    """Return a page: its title, what the command does, and what follows."""
    summary = program.summaries.get(name.removeprefix("specplan-"), "what Spack build caches lack")
    title = f'.TH "{name.upper()}" "1" "" "specplan {__version__}" "specplan"'
    head = [title, ".SH NAME", f"{name} \\- {escaped(summary.rstrip('.'))}", ".SH SYNOPSIS"]
    words = name.replace("specplan-", "specplan ")
    head += [f"\\fB{escaped(words)}\\fR {escaped(usage(command))}", ".SH DESCRIPTION"]
    return "\n".join([*head, *described(command.help or ""), *rest]) + "\n"


def usage(command: click.Command) -> str:
    """Return the words that may follow a command."""
    import click  # noqa: PLC0415 - only what writes pages

    return " ".join(command.collect_usage_pieces(click.Context(command)))


def described(help_: str) -> Iterator[str]:
    """Yield the paragraphs of a help text; what click keeps as it is stays so here."""
    for number, paragraph in enumerate(inspect.cleandoc(help_).split("\n\n")):
        if number:
            yield ".PP"
        if paragraph.startswith("\b\n"):
            yield from (".nf", *map(escaped, paragraph.removeprefix("\b\n").split("\n")), ".fi")
        else:
            yield escaped(paragraph.replace("\n", " "))


def of_program() -> Iterator[str]:
    """Yield what the page of the program has beside the others."""
    yield ".SH COMMANDS"
    for name, summary in program.summaries.items():
        yield from (".TP", f"\\fBspecplan\\-{escaped(name)}\\fR(1)", escaped(summary))
    yield from options_of(program, [each.name or "" for each in program.params])
    yield ".SH ENVIRONMENT"
    yield from (".TP", "\\fBSPECPLAN_\\fR\\fIOPTION\\fR")
    yield "Every option of every command, as \\fBSPECPLAN_FAIL_UNDER\\fR for \\fB\\-\\-fail\\-under\\fR."
    yield from (".TP", "\\fBSPECPLAN_CACHE_DIR\\fR", "The folder where fetched files are kept.")


def of_command(name: str) -> Iterator[str]:
    """Yield the arguments and the options of a command, under the headings of its help."""
    command = program.commands[name]
    arguments = [each.name or "" for each in command.params if each.param_type_name == "argument"]
    if arguments:
        yield from options_of(command, arguments, "ARGUMENTS")
    settings = {each.attribute: each.group for each in SETTINGS}
    for group in GROUPS:
        names = [
            each.name or ""
            for each in command.params
            if each.param_type_name == "option" and settings.get(each.name or "", "Other") == group
        ]
        if names:
            heading = "OPTIONS" if group == "Other" else group.upper()
            yield from options_of(command, names, heading)
    yield from (".SH SEE ALSO", "\\fBspecplan\\fR(1)")


def options_of(command: click.Command, names: list[str], heading: str = "OPTIONS") -> Iterator[str]:
    """Yield some options of a command under a heading."""
    yield f".SH {heading}"
    import click  # noqa: PLC0415 - only what writes pages

    context = click.Context(command)
    for each in command.params:
        record = each.get_help_record(context) if each.name in names else None
        if record is not None:
            yield from (".TP", f"\\fB{escaped(record[0])}\\fR", escaped(record[1]))


def escaped(text: str) -> str:
    """Return a text that roff shows as it is."""
    text = text.replace("\\", "\\e").replace("-", "\\-")
    return re.sub(r"^(?=[.'])", r"\\&", text, flags=re.MULTILINE)


if __name__ == "__main__":
    main()
