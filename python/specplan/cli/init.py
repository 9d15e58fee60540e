"""``specplan init``: a first configuration."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Final

import click

from specplan.cli import output
from specplan.errors import SourceError, UsageError
from specplan.host import Host
from specplan.reports import wording
from specplan.sources import Limits

__all__ = ["init"]

_FILE: Final = "specplan.toml"


@click.command(short_help="Write a configuration for what a folder holds.")
@click.argument("folder", metavar="[DIR]", default=".")
@click.option("--force", is_flag=True, help="Overwrite a file that is there.")
@click.option(
    "-o",
    "--output",
    "target",
    metavar="FILE",
    default=_FILE,
    show_default=True,
    help="Where to write; - is standard output.",
)
def init(folder: str, target: str, *, force: bool) -> int:
    """Look through a folder for stacks and caches, and write a commented specplan.toml.

    A stack is a folder with a spack.yaml or a spack.lock; a cache is a mirror, a tree of
    them or a tree of package pages, whatever it is called. What an environment says of its
    systems is taken over; the rest is left to be filled in. The file is written to the
    working directory, where the other commands find it; its paths lead to DIR.

    \b
    Examples:
      specplan init
      specplan init stacks -o stacks/specplan.toml
      specplan init /srv/spack -o -
    """  # noqa: D301 - \b keeps click from wrapping the examples
    # Asking for help should not wait for what reads YAML.
    from specplan.discovery import look_through  # noqa: PLC0415
    from specplan.proposal import proposed  # noqa: PLC0415

    path = Path(target)
    if target != "-" and not force and os.path.lexists(path):
        raise UsageError(f"`{target}` is there already", hint="`--force` overwrites it")
    found = look_through(Path(folder), Host(), Limits())
    if not found.stacks and not found.caches:
        raise SourceError(
            f"`{folder}` holds neither stacks nor caches",
            path=folder,
            hint="a stack is a folder with a `spack.yaml` or a `spack.lock`",
        )
    for note in found.notes:
        output.warn(note)
    for stack in found.stacks:
        if stack.fault:
            output.warn(stack.fault)
    output.write(proposed(found, Path() if target == "-" else path.parent), target)
    if target != "-":
        stacks = wording.count(len(found.stacks), "stack")
        counted = f"{stacks} and {wording.count(len(found.caches), 'cache')}"
        output.note(f"`{target}` is written: {counted}")
    return 0
