"""Gates of the configuration, applied to saved documents.

A document contains the verdicts of its own run. A gate that only this run requests is compared with
the values in the document; if the document lacks the value, the gate does not hold.
"""

from __future__ import annotations

from dataclasses import field
from typing import TYPE_CHECKING

from specplan.cli.coverage_gates import COMPARING, accepts_no_older_state
from specplan.config.settings import SETTINGS, STACK_GATES
from specplan.records import dataclass

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from specplan.cli.settings import Settings

__all__ = ["SavedAnswer", "failed_of_saved"]


@dataclass(frozen=True, slots=True, kw_only=True)
class SavedAnswer:
    """The values of a saved document that gates check.

    Attributes:
        path: The document.
        command: The command that writes such documents.
        gates: The value of each gate of its run, by the name and the stack of the gate; None if it
            is undefined.
        totals: The value of gates that its run did not have, by name, for the whole document.
    """

    path: str
    command: str
    gates: Mapping[tuple[str, str], float | None]
    totals: Mapping[str, float | None] = field(default_factory=dict)

    def measures(self, gate: str, stack: str) -> bool:
        """Return whether it contains the value of a gate."""
        return (gate, stack) in self.gates or (not stack and gate in self.totals)

    def value(self, gate: str, stack: str) -> float | None:
        """Return the value of a gate."""
        found = self.gates.get((gate, stack))
        return found if (gate, stack) in self.gates else self.totals[gate]


def failed_of_saved(settings: Settings, answers: Sequence[SavedAnswer]) -> list[str]:
    """Return the reasons why gates of the configuration or of variables fail, one sentence each.

    Args:
        settings: The settings; typed gates have already been refused.
        answers: The documents.
    """
    return [
        reason
        for name, stack, limit, commands in _asked(settings)
        for reason in _reasons(
            name,
            stack,
            limit,
            [
                each
                for each in answers
                if each.command in commands and not _is_accepted(each, name, stack, settings)
            ],
        )
    ]


def _is_accepted(answer: SavedAnswer, name: str, stack: str, settings: Settings) -> bool:
    """Return whether a gate had nothing to compare with, and the user accepts that."""
    compared_nothing = name in COMPARING and answer.gates.get((name, stack), 0) is None
    return compared_nothing and accepts_no_older_state(settings)


def _asked(settings: Settings) -> Iterator[tuple[str, str, float, tuple[str, ...]]]:
    """Yield each gate: its name, its stack, its limit and the commands that take it."""
    for setting in SETTINGS:
        if setting.name not in STACK_GATES:
            continue
        of_run = [("", getattr(settings, setting.attribute))]
        of_tables = [(each.name, getattr(each, setting.attribute)) for each in settings.stacks]
        for stack, limit in (*of_run, *of_tables):
            # A limit of 0 counts too.
            if limit is not None and limit is not False:
                number = 0.0 if limit is True else float(limit)
                yield setting.name, stack, number, setting.commands


def _reasons(name: str, stack: str, limit: float, answers: Sequence[SavedAnswer]) -> Iterator[str]:
    label = f"`{name}` of the stack `{stack}`" if stack else f"`{name}`"
    for each in answers:
        if not each.measures(name, stack):
            yield (
                f"{label} cannot be evaluated, as `{each.path}` was written without it: write it "
                "again with this configuration, or give `--no-config`"
            )
            continue
        value = each.value(name, stack)
        is_least = name.startswith("fail-under")
        if value is None or (value < limit if is_least else value > limit):
            shown = "not defined" if value is None else f"{value:.10g}"
            side = "least" if is_least else "most"
            yield f"{label} of `{each.path}` is {shown}, and at {side} {limit:.10g} is accepted"
