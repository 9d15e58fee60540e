"""``specplan find``: the specs that satisfy an abstract spec."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from specplan.abstract_spec import AbstractSpec
from specplan.cli import load, mistakes, output, verdict
from specplan.cli.options import argument, command
from specplan.errors import UndecidedError, UsageError
from specplan.reports.coverage import lines
from specplan.sources.label import NO_CACHE
from specplan.sources.named_want import named_want

if TYPE_CHECKING:
    from specplan.cli.settings import Settings
    from specplan.model.find import Found

__all__ = ["find"]


@command(
    "find",
    (
        argument(
            "spec",
            "An abstract spec in Spack's syntax, in quotes; or /HASH, of which the first letters "
            "are enough.",
        ),
    ),
)
def find(settings: Settings, spec: str) -> int:
    """List the known specs that satisfy SPEC, an abstract spec in Spack's own syntax.

    The search covers all specs of the caches in every snapshot, including externals and specs
    without a binary. The answers are those of Spack. Only the caches, locks and formats of the
    configuration apply; its stacks and systems select reports.

    A question that a source cannot decide, such as `^` on package pages, which contain no
    dependencies, is an error that names the missing information; with --unknown list, the
    undecided specs are listed.

    \b
    Examples:
      specplan find --cache _cache 'hdf5@1.14:+mpi target=x86_64_v3:'
      specplan find --cache none --lock spack.lock 'hdf5 ^zlib-ng %c=gcc@12:'
      specplan find /36c47oc --format json
      specplan find hdf5@1.14.6: --available --summary --fail-if-none
      specplan find py-numpy --stack 'e4s*' --line '{package}@{version}/{hash:.7} {os} {target}'
    """  # noqa: D301 - \b keeps click from wrapping the examples
    template = settings.line
    if template is not None:
        if settings.is_typed("format"):
            raise UsageError("`--line` and `--format` cannot be combined")
        lines.check(template)
    found = verdict.settled(_ask(spec, settings), settings)
    if settings.unknown != "list":
        _refuse_undecided(found)
    report = _rendered(found, settings)
    output.write(report, settings.output)
    _note(spec, found, settings)
    return verdict.conclude(found, settings)


def _note(spec: str, found: Found, settings: Settings) -> None:
    """Explain an empty report, and the specs that lines leave out."""
    as_lines = settings.line is not None
    is_table = not as_lines and settings.format == "table"
    if not found.specs and not (is_table and settings.output in {None, "-"}):
        output.note(f"no spec satisfies `{found.query}`")
    if found.undecided and as_lines:
        output.note(f"{len(found.undecided)} undecided specs are not shown")
    if not found.specs and (hint := mistakes.flags_hint(spec)) is not None:
        output.note(hint)
    if found.hint is not None and (found.undecided or not found.specs):
        output.note(found.hint)


def _ask(spec: str, settings: Settings) -> Found:
    locks = settings.lock or tuple(each for each in settings.want if _is_lock(each))
    if locks and not settings.cache:
        # Only locks can be searched.
        settings = replace(settings, cache=(NO_CACHE,))
    tag = settings.tag if settings.is_typed("tag") else None
    package = None if locks else _only_package(spec, settings)
    with output.said_once():
        if package is not None:
            found = _searched(spec, settings, tag, locks, only_packages=(package,))
            # Hints, and what is said of an empty source, come from all specs.
            if found.specs and not found.undecided and not found.left_out:
                return found
        return _searched(spec, settings, tag, locks)


def _searched(
    spec: str,
    settings: Settings,
    tag: str | None,
    locks: tuple[str, ...],
    only_packages: tuple[str, ...] = (),
) -> Found:
    catalog = load.configured(settings, tag, or_nothing=bool(locks), only_packages=only_packages)
    found = catalog.query(
        spec,
        stack=settings.stack if settings.is_typed("stack") else (),
        os=settings.os if settings.is_typed("os") else (),
        target=settings.target if settings.is_typed("target") else (),
        tag=tag,
        available=settings.available,
        lock=locks,
    )
    if tag is None:
        # Unread parts of a source could not be searched.
        load.note_unused(catalog.unused_tags(*catalog.tags))
    return found


def _only_package(spec: str, settings: Settings) -> str | None:
    """Return the package whose specs alone decide a search of a saved catalog.

    None for other sources, which are read whole, and if other specs matter too.
    """
    if not load.is_one_saved_catalog(settings):
        return None
    if any(settings.is_typed(option) for option in ("stack", "os", "target", "tag")):
        # Their patterns are about the names of all specs.
        return None
    asked = AbstractSpec(spec)
    about_others = asked.hash is not None or any(sigil in str(asked) for sigil in "%^")
    return None if about_others else asked.name


def _is_lock(want: str) -> bool:
    """Return whether a want of the project is a file with the specs of a lock."""
    return named_want(want).kind not in {"environment", "spec", "available"}


def _refuse_undecided(found: Found) -> None:
    try:
        found.decided()
    except UndecidedError as error:
        more = "`--unknown list` lists the decided specs"
        first = error.hint or ""
        between = " " if first.endswith("?") else "; "
        error.hint = f"{first}{between}{more}" if first else more
        raise


def _rendered(found: Found, settings: Settings) -> output.Text:
    if settings.line is not None:
        return found.to_lines(settings.line)
    return output.rendered(found, settings)
