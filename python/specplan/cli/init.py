"""``specplan init``: a first configuration."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING, Final

from specplan import _core
from specplan.catalog.systems import Systems
from specplan.cli import output
from specplan.cli.options import argument, command
from specplan.errors import SourceError, UsageError
from specplan.model.host import Host
from specplan.reports.render import wording
from specplan.sources import Limits

if TYPE_CHECKING:
    from specplan.cli.settings import Settings
    from specplan.config.discovery import Holdings

__all__ = ["init"]

_FILE: Final = "specplan.toml"

#: The maximum number of stacks in a warning.
_FEW: Final = 3


@command(
    "init",
    (
        argument(
            "folder",
            "The folder to look through. [default: the working directory]",
            metavar="[DIR]",
            is_required=False,
        ),
    ),
    configured=False,
)
def init(settings: Settings, folder: str | None) -> int:
    """Look through a folder for stacks and caches, and write a commented specplan.toml.

    A stack is a folder with a spack.yaml or a spack.lock; a cache is a mirror, a tree of
    mirrors or a tree of package pages, under any name. The systems of an environment are taken
    from it; --system sets them for the others, or they are left for you to fill in. The file is
    written to the working directory, where the other commands find it; its paths lead to DIR.

    \b
    Examples:
      specplan init
      specplan init stacks -o stacks/specplan.toml
      specplan init stacks --system ubuntu24.04/x86_64_v3
      specplan init /srv/spack -o -
    """  # noqa: D301 - \b keeps click from wrapping the examples
    # Imported here because help should not wait for the YAML reader.
    from specplan.config.discovery import look_through  # noqa: PLC0415
    from specplan.config.proposal import lacks_systems, proposed  # noqa: PLC0415

    folder = folder or "."
    target = settings.output or _FILE
    path = Path(target)
    if target != "-" and not settings.force and os.path.lexists(path):
        raise UsageError(f"`{target}` already exists", hint="`--force` overwrites it")
    known = Systems(_core.Catalog.merged([]), {})
    cells = [f"{os_name}/{cpu}" for os_name, cpu, _ in map(known.system, settings.system)]
    found = look_through(Path(folder), Host(), Limits())
    if not found.stacks and not found.caches:
        raise SourceError(
            f"`{folder}` contains neither stacks nor caches",
            path=folder,
            hint="a stack is a folder with a `spack.yaml` or a `spack.lock`",
        )
    for note in found.notes:
        output.warn(note)
    for stack in found.stacks:
        if stack.fault:
            output.warn(stack.fault)
    base = Path() if target == "-" else path.parent
    output.write(proposed(found, base, cells=cells), target)
    open_stacks = [] if cells else [each.name for each in found.stacks if lacks_systems(each)]
    if open_stacks:
        names = wording.folded([f"`{each}`" for each in open_stacks], _FEW)
        which = wording.count(
            len(open_stacks),
            "stack does not name its systems",
            "stacks do not name their systems",
        )
        output.warn(f"{which}: {names}; `--system OS/TARGET` sets it for them")
    if target != "-":
        stacks = wording.count(len(found.stacks), "stack")
        counted = f"{stacks} and {wording.count(len(found.caches), 'cache')}"
        output.note(f"`{target}` is written: {counted}")
        _note_what_is_next(found)
    return 0


def _note_what_is_next(found: Holdings) -> None:
    """Note the parts that the file still needs before every command can answer."""
    from specplan.config.proposal import remote_mirrors  # noqa: PLC0415 - as above

    remote = remote_mirrors(found)
    if remote:
        names = wording.folded([f"`{each}`" for each in remote], _FEW)
        output.note(f"remote mirrors are written as comments; uncomment what to use: {names}")
    elif not found.caches:
        output.note("no cache was found; name one as `cache` in the file, or with `--cache`")
    if not found.stacks:
        output.note(
            "no stack was found; `specplan check` and `specplan find` work now, and `want` in the "
            "file defines the wants"
        )
