"""Write the reference of commands and of configuration keys from the table of settings.

    python docs/reference.py [FOLDER]

writes `commands.md`, and the table of keys in `configuration.md`, beside this file, or into
FOLDER. Everything comes from `specplan.config.settings` and from the help of the commands.
"""

from __future__ import annotations

import re
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import click

from specplan.cli.program import program
from specplan.config.settings import GROUPS, SETTINGS, TABLES

if TYPE_CHECKING:
    from collections.abc import Iterator

    from specplan.config.settings import Setting

HERE = Path(__file__).resolve().parent

#: What the keys are that are tables, and what holds without them.
TYPES_OF_TABLES = {
    "families": ("table of strings, patterns", "by the first word"),
    "libc": ("table of strings", "the built-in table"),
    "targets": ("table of strings or arrays", "the built-in table"),
    "host": ("table", "nothing is known"),
    "check": ("table", ""),
    "export": ("table", ""),
    "not-wanted": ("array of tables", "none"),
    "weight": ("array of tables", "1 each"),
}

KEYS = "| key | type | default | command line | example |\n| --- | --- | --- | --- | --- |\n"


def main() -> None:
    """Write both pages."""
    folder = Path(sys.argv[1]) if len(sys.argv) > 1 else HERE
    configuration = (HERE / "configuration.md").read_text(encoding="utf-8")
    pages = {"commands.md": commands(), "configuration.md": with_keys(configuration)}
    for name, text in pages.items():
        (folder / name).write_text(text, encoding="utf-8")


def with_keys(page: str) -> str:
    """Return the page of the configuration with the table of keys as it must be."""
    rows = "".join(
        f"| `{each.name}` | {kind_of(each)} | {default_of(each)} | `--{each.name}` | "
        f"`{each.example}` |\n"
        for each in SETTINGS
        if each.example and not each.table
    )
    for name in TABLES:
        if name in TYPES_OF_TABLES:
            kind, default = TYPES_OF_TABLES[name]
            rows += f"| `{name}` | {kind} | {default} | | see below |\n"
    table = re.compile(re.escape(KEYS) + r"(?:\|.*\n)*")
    return table.sub(lambda _: KEYS + rows, page, count=1)


def kind_of(setting: Setting) -> str:
    """Return what a key takes, as the page calls it."""
    if setting.name == "stack":
        return "strings, patterns; or tables"
    if setting.name == "allow-left-out":
        return "strings, kinds or `all`"
    if setting.choices:
        return ", ".join(f"`{each}`" for each in setting.choices)
    if setting.kind in {"flag", "switch"}:
        return "boolean"
    if setting.kind in {"percentage", "least"}:
        return "number from 0 to 100"
    more = {
        "pattern": ", patterns",
        "system": ", `OS/TARGET` or `all`",
        "spack": ", a version of Spack",
        "duration": ", as `30m`",
    }.get(setting.kind, "")
    return ("strings" if setting.is_repeatable else "string") + more


def default_of(setting: Setting) -> str:
    """Return the default of a key in words."""
    if setting.kind in {"flag", "switch"}:
        return "`false`"
    if setting.default in setting.choices:
        return f"`{setting.default}`"
    return setting.default or "none"


def commands() -> str:
    """Return the page of all commands."""
    parts = [
        "# Commands",
        "",
        "Every command with its options, as `specplan COMMAND --help` lists them. An option with a",
        "key may be written once in [`specplan.toml`](configuration.md) instead.",
        "",
        "| | |",
        "| --- | --- |",
        *(
            f"| [`specplan {name}`](#specplan-{name}) | {summary(name)} |"
            for name in program.summaries
        ),
    ]
    for name in program.summaries:
        parts += ["", f"## `specplan {name}`", "", *described(name)]
    return "\n".join(parts) + "\n"


def summary(name: str) -> str:
    """Return what the list of commands says of one."""
    return program.summaries[name]


def described(name: str) -> Iterator[str]:
    """Yield the lines about one command."""
    command = program.commands[name]
    yield (command.help or "").split("\n\n")[0].replace("\n", " ")
    arguments = [each for each in command.params if each.param_type_name == "argument"]
    words = " ".join(["specplan", name, "[OPTIONS]", *map(metavar_of, arguments)])
    yield ""
    yield f"`{words}`"
    if arguments:
        yield ""
        yield "| argument | |"
        yield "| --- | --- |"
        for each in arguments:
            _, purpose = each.get_help_record(click.Context(command)) or ("", "")
            yield f"| `{metavar_of(each)}` | {escaped(purpose)} |"
    for group in GROUPS:
        rows = [
            row(each, name) for each in SETTINGS if each.group == group and name in each.commands
        ]
        if rows:
            yield ""
            yield f"**{group}**"
            yield ""
            yield "| option | key | |"
            yield "| --- | --- | --- |"
            yield from rows


def metavar_of(argument: click.Parameter) -> str:
    """Return what help calls an argument."""
    name = (argument.metavar or argument.human_readable_name).upper()
    return name if argument.required or name.startswith("[") else f"[{name}]"


def row(setting: Setting, command: str) -> str:
    """Return the row of an option of a command."""
    shown = setting.in_command(command)
    options = [each for each in program.commands[command].params if each.name == setting.attribute]
    (option,) = options
    takes = "" if setting.kind in {"flag", "switch"} else shown.metavar
    if not takes and setting.choices:
        takes = ", ".join(shown.choices)
    takes = f" {escaped(takes)}" if takes else ""
    names = ", ".join(f"`{each}{takes}`" for each in (*option.opts, *option.secondary_opts))
    key = f"`{setting.key}`" if setting.key and command != "init" else ""
    help_ = getattr(option, "help", "") or ""
    return f"| {names} | {key} | {escaped(help_)} |"


def escaped(text: str) -> str:
    """Return a text for the cell of a table."""
    return text.replace("|", "\\|")


if __name__ == "__main__":
    main()
