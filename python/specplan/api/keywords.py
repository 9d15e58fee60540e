"""Errors for unknown keywords."""

from __future__ import annotations

from typing import TYPE_CHECKING

from specplan.similar_names import suggestions

if TYPE_CHECKING:
    from collections.abc import Mapping

__all__ = ["refuse_keywords_beside", "refuse_unknown_keywords"]


def refuse_unknown_keywords(keywords: Mapping[str, object], known: frozenset[str]) -> None:
    """Refuse unknown keywords, suggesting the most similar one.

    Raises:
        TypeError: For the first of them.
    """
    for name in keywords:
        if name not in known:
            near = suggestions(name, sorted(known))
            hint = f": did you mean `{near[0]}`?" if near else ""
            raise TypeError(f"unexpected keyword argument `{name}`{hint}")


def refuse_keywords_beside(keywords: Mapping[str, object], *, allowed: bool) -> None:
    """Refuse keywords in addition to a query or request.

    Args:
        keywords: The keywords.
        allowed: Whether `baseline` may be combined with it.

    Raises:
        TypeError: For the first of them.
    """
    for name in keywords:
        if name != "baseline" or not allowed:
            raise TypeError(
                f"unexpected keyword argument `{name}`: a question given as a value takes none"
            )
