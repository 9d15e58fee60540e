"""What requirements and conflicts leave of candidates, by the definitions and nothing else.

Each candidate has a few variants, each True, False or not there. The answer for one candidate
is True, False or None where only recipes know.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TypeAlias

#: The value of each variant that a spec has.
Variants: TypeAlias = Mapping[str, bool]

#: A text of a requirement: the value that it asks of each variant.
Text: TypeAlias = Mapping[str, bool]


@dataclass(frozen=True)
class Demand:
    """One entry of ``require`` or ``conflict``.

    Attributes:
        rule: ``any``, ``one`` or ``never``.
        choices: The texts.
        of_all: Whether it stands under ``all``.
    """

    rule: str
    choices: tuple[tuple[tuple[str, bool], ...], ...]
    of_all: bool


def written(text: Sequence[tuple[str, bool]]) -> str:
    return "".join(f"{'+' if value else '~'}{name}" for name, value in text)


def meets(demand: Demand, candidate: Variants, known: Sequence[Variants]) -> bool | None:
    """Whether a candidate meets a demand, given all known specs of its package."""
    if demand.of_all and demand.rule != "never":
        is_one_of_several = len(demand.choices) > 1
        found = [
            of_all(choice, candidate, known, is_one_of_several=is_one_of_several)
            for choice in demand.choices
        ]
        answers = [answer for applies, answer in found if applies]
        if not answers:
            return True
    else:
        answers = [
            all(candidate.get(name) is value for name, value in choice) for choice in demand.choices
        ]
    if demand.rule == "never":
        return True not in answers
    certain, is_open = answers.count(True), None in answers
    if demand.rule == "one" and certain > 1:
        return False
    if certain and not (demand.rule == "one" and is_open):
        return True
    return None if is_open else False


def of_all(
    choice: Sequence[tuple[str, bool]],
    candidate: Variants,
    known: Sequence[Variants],
    *,
    is_one_of_several: bool,
) -> tuple[bool, bool | None]:
    """Whether a text under ``all`` applies to a candidate, and whether the candidate meets it."""
    parts: list[bool | None] = []
    absent = False
    for name, value in choice:
        if name in candidate:
            parts.append(candidate[name] is value)
        elif any(name in other for other in known):
            parts.append(None if value else True)
        else:
            parts.append(True)
            # Alone, a text that does not apply and one that is met come to the same.
            absent = absent or value or is_one_of_several
    answer = False if False in parts else None if None in parts else True
    # What does not apply is passed over whole, but nobody knows for sure that it does not.
    return (answer is False or not absent), (None if absent and answer is False else answer)


def verdict(
    demands: Sequence[Demand], candidates: Sequence[Variants], known: Sequence[Variants]
) -> str:
    """Whether a want is ``covered``, ``unknown`` or a ``gap``."""
    answers = []
    for candidate in candidates:
        each = [meets(demand, candidate, known) for demand in demands]
        answers.append(False if False in each else None if None in each else True)
    return "covered" if True in answers else "unknown" if None in answers else "gap"
