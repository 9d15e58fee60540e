"""``specplan find``: the specs that satisfy an abstract spec."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Literal

import click

from specplan.cli import load, mistakes, options, output, verdict
from specplan.errors import UndecidedError, UsageError
from specplan.reports.coverage import lines
from specplan.sources.label import NO_CACHE, split_label
from specplan.sources.wants import is_environment

if TYPE_CHECKING:
    from typing_extensions import Unpack

    from specplan.config import Configuration
    from specplan.model.find import Found

__all__ = ["find"]


class _Typed(options.Typed, total=False):
    """What the command line of ``find`` may hold."""

    available: bool | None
    line: str | None
    unknown: Literal["error", "list"]


@click.command(short_help="Specs that satisfy an abstract spec.")
@click.argument("spec")
@click.option(
    "--want",
    multiple=True,
    metavar="[LABEL=]LOCK",
    help="Search the specs of this spack.lock too (`-` for standard input); may be repeated.",
)
@click.option(
    "--stack", multiple=True, metavar="PATTERN", help="Only specs that these stacks list."
)
@click.option("--os", multiple=True, metavar="PATTERN", help="Only these operating systems.")
@click.option("--target", multiple=True, metavar="PATTERN", help="Only these targets.")
@click.option("--tag", help="Only what this snapshot lists. [default: all snapshots]")
@click.option(
    "--available/--not-available",
    default=None,
    help="Only specs that have a binary, or only those that have none.",
)
@click.option(
    "--unknown",
    type=click.Choice(["error", "list"]),
    default="error",
    help="Where the sources do not tell of some spec: exit with 2 and say what is missing, or "
    "list it beside those that satisfy. [default: error]",
)
@click.option(
    "--line",
    metavar="TEMPLATE",
    help="Write one line a spec, as in '{name}@{version}/{hash:.7}', instead of a report.",
)
@options.left_out
@options.sources
@options.report
def find(spec: str, **typed: Unpack[_Typed]) -> int:
    """List the known specs that satisfy SPEC, an abstract spec in Spack's own syntax.

    All that the caches know is searched, in every snapshot: externals too, and specs
    without a binary. The answers are Spack's. Of the configuration, only what it says of
    caches, locks and formats counts; its stacks and systems are what reports are about.

    What a source cannot decide, such as `^` on package pages, which hold no dependencies,
    is an error that names what is missing, unless --unknown list asks to see what is
    decided.

    \b
    Examples:
      specplan find --cache _cache 'hdf5@1.14:+mpi target=x86_64_v3:'
      specplan find --cache none --want spack.lock 'hdf5 ^zlib-ng %c=gcc@12:'
      specplan find /36c47oc --format json
      specplan find py-numpy --stack 'e4s*' --line '{name}@{version}/{hash:.7} {os} {target}'
    """  # noqa: D301 - \b keeps click from wrapping the examples
    template = typed.get("line")
    if template is not None:
        if typed.get("format") is not None:
            raise UsageError("`--line` and `--format` exclude each other")
        lines.check(template)
    settings = options.settings(typed)
    found = verdict.settled(_ask(spec, settings, typed), settings)
    if typed.get("unknown") != "list":
        _refuse_undecided(found)
    report = _rendered(found, settings, typed)
    output.write(report, typed.get("output"))
    _note(spec, found, settings, typed)
    return verdict.conclude(found, settings, typed)


def _note(spec: str, found: Found, settings: Configuration, typed: _Typed) -> None:
    """Say what an empty report means, and what lines leave out."""
    as_lines = typed.get("line") is not None
    is_table = not as_lines and settings.format == "table"
    if not found.specs and not (is_table and typed.get("output") in {None, "-"}):
        output.note(f"no spec satisfies `{found.query}`")
    if found.undecided and as_lines:
        output.note(f"{len(found.undecided)} undecided, which no line tells of")
    if not found.specs and (hint := mistakes.flags_hint(spec)) is not None:
        output.note(hint)
    if found.hint is not None and (found.undecided or not found.specs):
        output.note(found.hint)


def _ask(spec: str, settings: Configuration, typed: _Typed) -> Found:
    if not typed.get("want"):
        # Of what a project wants, only locks hold specs.
        locks = (each for each in settings.want if not is_environment(split_label(each)[1]))
        settings = replace(settings, want=tuple(locks))
    if settings.want and not settings.cache:
        # Locks alone can be searched.
        settings = replace(settings, cache=(NO_CACHE,))
    tag = typed.get("tag")
    catalog = load.configured(settings, tag, or_nothing=bool(settings.want))
    found = catalog.search(
        spec,
        stack=typed.get("stack", ()),
        os=typed.get("os", ()),
        target=typed.get("target", ()),
        tag=tag,
        available=typed.get("available"),
        want=settings.want,
    )
    if tag is None:
        # What a source did not read could not be searched.
        load.note_unused(catalog.unused_tags(*catalog.tags))
    return found


def _refuse_undecided(found: Found) -> None:
    try:
        found.decided()
    except UndecidedError as error:
        more = "`--unknown list` shows what is decided"
        first = error.hint or ""
        between = " " if first.endswith("?") else "; "
        error.hint = f"{first}{between}{more}" if first else more
        raise


def _rendered(found: Found, settings: Configuration, typed: _Typed) -> str:
    template = typed.get("line")
    if template is not None:
        return found.to_lines(template)
    return output.rendered(found, settings, typed)
