"""The gates of ``[[stack]]`` tables, and the tables that concern a run.

A gate on a stack that a run does not report has nothing to compare with: it does not hold.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from specplan.catalog.names import any_matches
from specplan.similar_names import suggestions

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator

    from specplan.cli.settings import Settings
    from specplan.config.configuration import StackEntry
    from specplan.model.gate import Gate

__all__ = ["asked_tables", "held_on_nothing", "suffix_of"]


def suffix_of(stack: str) -> str:
    """Return the words that name a stack in a sentence; empty for the whole run."""
    return f" for `{stack}`" if stack else ""


def asked_tables(
    settings: Settings, stacks: Collection[str], *chosen_by: str
) -> Iterator[StackEntry]:
    """Yield the tables that apply to a run: all, unless others were named on the command line.

    Args:
        settings: The settings.
        stacks: The stacks in the report of the run.
        chosen_by: The options besides ``--stack`` that select other stacks if they are typed.
    """
    for table in settings.stacks:
        if table.name in stacks:
            yield table
        elif settings.is_typed(*chosen_by):
            continue
        elif not settings.is_typed("stack") or any_matches(settings.stack, table.name):
            yield table


def held_on_nothing(gate: Gate, stacks: Collection[str]) -> Gate:
    """Return a gate on a stack, failed if the report does not contain the stack.

    Args:
        gate: The gate.
        stacks: The stacks in the report of the run.
    """
    if gate.held is not True or not gate.stack or gate.stack in stacks:
        return gate
    near = suggestions(gate.stack, stacks)
    meant = f"; did you mean `{near[0]}`?" if near else ""
    reason = f"the report does not contain the stack `{gate.stack}`{meant} (--{gate.name})"
    return replace(gate, value=None, held=False, reason=reason)
