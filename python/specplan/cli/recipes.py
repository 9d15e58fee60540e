"""``specplan recipes``: the effect of changed recipes on hashes."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from specplan.cli import output, verdict
from specplan.cli.options import command
from specplan.errors import UsageError
from specplan.recipes.rules import NEWEST_RULES, rules_of

if TYPE_CHECKING:
    from specplan.cli.settings import Settings
    from specplan.recipes.model import RecipeChanges

__all__ = ["recipes"]


@command("recipes", configured=False)
def recipes(settings: Settings) -> int:
    """Judge changes of recipes by their content: nothing of a recipe is run.

    For each recipe that changed, and for each of its specs in the locks: does its package hash
    stay the same, does it change (stale), may it change because the concretizer reads the
    changed part, or does the build change although the hash does not.

    \b
    Examples:
      specplan recipes --since origin/develop...HEAD
      specplan recipes --since HEAD~1 --lock spack.lock --format github
      specplan recipes --lock spack.lock --hashes
    """  # noqa: D301 - \b keeps click from wrapping the examples
    if settings.hashes and not settings.lock:
        raise UsageError(
            "`--hashes` needs the specs of locks", hint="name a lock with `--lock spack.lock`"
        )
    if settings.since is None and not settings.hashes:
        raise UsageError(
            "`recipes` needs a revision to compare with",
            hint="`--since HEAD` compares the last commit with the files of the checkout",
        )
    changes = verdict.settled(_changes(settings), settings)
    output.write(_rendered(changes, settings), settings.output)
    return verdict.conclude(changes, settings)


def _changes(settings: Settings) -> RecipeChanges:
    # Only this command needs git and Python's parser.
    from specplan.recipes.changes import Comparison, compared_changes, package_hashes  # noqa: PLC0415
    from specplan.recipes.history import history  # noqa: PLC0415
    from specplan.recipes.locks import read_locks  # noqa: PLC0415

    rules = rules_of(settings.spack_rules or NEWEST_RULES)
    locks = read_locks(settings.lock)
    for lock in locks:
        if not lock.file.nodes:
            output.warn(f"the lock of `{lock.stack}` contains no specs, so nothing in it is stale")
    states = history(settings.packages or ".", "HEAD" if settings.since is None else settings.since)
    compared = Comparison(states, rules)
    changes = compared_changes(compared, locks)
    if settings.hashes:
        changes = replace(changes, hashes=package_hashes(compared.after, locks))
    return changes


def _rendered(changes: RecipeChanges, settings: Settings) -> output.Text:
    from specplan.reports.recipes import github  # noqa: PLC0415 - what others need none of

    if settings.own_format == "github":
        return github(changes)
    return output.rendered(changes, settings)
