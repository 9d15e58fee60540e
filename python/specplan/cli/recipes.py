"""``specplan recipes``: which changes of recipes change hashes."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import click

from specplan.cli import options, output
from specplan.errors import UsageError
from specplan.recipes.rules import NEWEST_RULES, rules_of

if TYPE_CHECKING:
    from typing_extensions import Unpack

    from specplan.recipes.model import RecipeChanges

__all__ = ["recipes"]

_FORMATS = ("table", "json", "markdown", "github")

#: What the suffix of a file says about its format.
_SUFFIXES = {".json": "json", ".md": "markdown"}


class _Typed(options.Typed, total=False):
    """What the command line of ``recipes`` may hold."""

    since: str | None
    checkout: str
    hashes: bool
    spack_rules: str


@click.command(short_help="Which changes of recipes change hashes.")
@click.option(
    "--since",
    metavar="REV[..REV]",
    help="Compare the files of the checkout with this revision; `A..B` compares two revisions, "
    "`A...B` what became of the last commit that both have with B.",
)
@click.option(
    "--packages",
    "checkout",
    metavar="FOLDER",
    default=".",
    help="The git checkout of the package repository, or a folder of one. [default: .]",
)
@click.option(
    "--want",
    multiple=True,
    metavar="[LABEL=]LOCK",
    help="Judge the changes for the specs of this spack.lock; may be repeated. [default: for any "
    "spec]",
)
@click.option(
    "--hashes",
    is_flag=True,
    help="Compute the package hash of each spec of the locks by the newer recipes, and compare it "
    "with the recorded one.",
)
@click.option(
    "--spack-rules",
    metavar="RELEASE",
    default=NEWEST_RULES,
    help=f"Which release of Spack hashes the recipes. [default: {NEWEST_RULES}]",
)
@options.report_as(*_FORMATS)
def recipes(**typed: Unpack[_Typed]) -> int:
    """Judge changes of recipes by their content: nothing of a recipe is run.

    For each recipe that changed, and for each of its specs in the locks: does its package
    hash stay the same, does it change (stale), may it change because the concretizer reads
    what changed, or is the hash blind to the change although the build is not.

    \b
    Examples:
      specplan recipes --since origin/develop...HEAD
      specplan recipes --since HEAD~1 --want spack.lock --format github
      specplan recipes --want spack.lock --hashes
    """  # noqa: D301 - \b keeps click from wrapping the examples
    since = typed.get("since")
    wants_hashes = typed.get("hashes", False)
    if wants_hashes and not typed.get("want"):
        raise UsageError(
            "`--hashes` is about the specs of locks", hint="name a lock with `--want spack.lock`"
        )
    if since is None and not wants_hashes:
        raise UsageError(
            "`recipes` needs a revision to compare with",
            hint="`--since HEAD` compares the last commit with the files of the checkout",
        )
    changes = _changes(since or "HEAD", typed)
    output.write(_rendered(changes, typed), typed.get("output"))
    return 0


def _changes(since: str, typed: _Typed) -> RecipeChanges:
    # Git and Python's parser are needed by this command alone.
    from specplan.recipes.changes import Comparison, compared_changes, package_hashes  # noqa: PLC0415
    from specplan.recipes.history import history  # noqa: PLC0415
    from specplan.recipes.locks import read_locks  # noqa: PLC0415

    rules = rules_of(typed.get("spack_rules", NEWEST_RULES))
    locks = read_locks(typed.get("want", ()))
    compared = Comparison(history(typed.get("checkout", "."), since), rules)
    changes = compared_changes(compared, locks)
    if typed.get("hashes", False):
        changes = replace(changes, hashes=package_hashes(compared.after, locks))
    return changes


def _rendered(changes: RecipeChanges, typed: _Typed) -> str:
    from specplan.reports.recipes import github  # noqa: PLC0415 - what others need none of

    form = _format(typed)
    return github(changes) if form == "github" else output.rendered_as(form, changes, typed)


def _format(typed: _Typed) -> str:
    asked = typed.get("format")
    if asked is not None:
        return asked
    place = typed.get("output") or ""
    return next((each for suffix, each in _SUFFIXES.items() if place.endswith(suffix)), "table")
