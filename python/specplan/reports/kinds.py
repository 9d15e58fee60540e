"""The modules of each kind of result, which are imported when it is written."""

from __future__ import annotations

from importlib import import_module
from types import MappingProxyType
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Mapping

__all__ = ["DOCUMENTS", "LINES", "OUTLINES", "RENDERED", "register"]

#: The module with the outline of a kind, by the name of its class.
OUTLINES: Final[Mapping[str, str]] = MappingProxyType(
    {
        "Check": "check.outline",
        "Coverage": "coverage.outline",
        "Diff": "coverage.diff",
        "Found": "coverage.find",
        "LockDiff": "plan.lock_diff",
        "Plan": "plan.outline",
        "RecipeChanges": "recipes.outline",
        "Review": "review.outline",
        "Trend": "coverage.trend",
        "WhyReport": "plan.why",
    }
)

#: The module that writes its JSON document.
DOCUMENTS: Final[Mapping[str, str]] = MappingProxyType(
    {
        "Check": "check.json_document",
        "Coverage": "coverage.json_document",
        "Diff": "coverage.json_document",
        "Found": "coverage.json_document",
        "LockDiff": "plan.json_document",
        "Plan": "plan.json_document",
        "RecipeChanges": "recipes.json_document",
        "Review": "review.json_document",
        "Trend": "coverage.trend",
        "WhyReport": "plan.why",
    }
)

#: The module that writes it as lines, if supported.
LINES: Final[Mapping[str, str]] = MappingProxyType(
    {"Found": "coverage.lines", "Plan": "plan.lines"}
)

#: The module that shows outlines and records of any kind, by format.
RENDERED: Final[Mapping[str, str]] = MappingProxyType(
    {
        "CSV": "render.csv_table",
        "HTML": "render.fragment",
        "Markdown": "render.markdown",
        "headline": "render.text",
        "text": "render.text",
    }
)

_BY_FORM: Final = {"JSON": DOCUMENTS, "lines": LINES, "outline": OUTLINES}


def register(kind: type, form: str) -> None:
    """Import the writer of a kind of result, which registers itself, if there is one.

    Args:
        kind: The class of the result.
        form: The format, or ``outline`` for the common input of all formats for people and tables.
    """
    if form in RENDERED:
        import_module(f"specplan.reports.{RENDERED[form]}")
        return
    for each in kind.__mro__:
        module = _BY_FORM[form].get(each.__name__)
        if module is not None:
            import_module(f"specplan.reports.{module}")
