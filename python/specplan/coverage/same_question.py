"""Errors for answers to different questions that are shown together."""

from __future__ import annotations

from dataclasses import fields
from typing import TYPE_CHECKING

from specplan.errors import UsageError
from specplan.model.trend import TrendQuestion

if TYPE_CHECKING:
    from specplan.model import Coverage

__all__ = ["refuse_other_question"]


def refuse_other_question(
    name: str,
    theirs: Coverage | TrendQuestion,
    ours: Coverage | TrendQuestion,
    *,
    hint: str,
    asked_by: str = "",
) -> None:
    """Refuse an answer whose wants, level, compatibility or scope are not those of another.

    Args:
        name: The name of the answer in messages.
        theirs: Its question.
        ours: The question of the other answer.
        hint: The hint of the error.
        asked_by: The name of the other answer in messages; empty if it is this run.

    Raises:
        UsageError: If they differ.
    """
    since = f" as of `{asked_by}`" if asked_by else ""
    for each in fields(TrendQuestion):
        asked, other = getattr(ours, each.name), getattr(theirs, each.name)
        if asked != other:
            raise UsageError(
                f"`{name}` answers another question: its `{each.name}` is `{other}`, "
                f"not `{asked}`{since}",
                hint=hint,
            )
