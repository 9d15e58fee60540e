"""Specs as lines of a user's template, such as ``{package}@{version}/{hash:.7}``.

A template contains names of fields of :class:`specplan.Spec` in braces; a doubled brace is a
literal brace. A layout may follow after a colon: ``<``, ``>`` or ``^`` for the alignment, a width,
and after a dot the maximum number of characters. Lists are joined by commas; booleans are ``true``
and ``false``.

A template is data. It cannot access attributes, items or methods of a value, and all values from
sources are made harmless for a terminal.
"""

from __future__ import annotations

import string
from dataclasses import fields
from typing import TYPE_CHECKING, Final, TypeAlias

from specplan.errors import UsageError
from specplan.model import Spec
from specplan.model.find import Found
from specplan.model.report import as_lines
from specplan.patterns import pattern
from specplan.reports.render import escape
from specplan.similar_names import nearest

if TYPE_CHECKING:
    from collections.abc import Sequence

__all__ = ["FIELDS", "check", "find"]

#: The fields that a template may contain.
FIELDS: Final = tuple(field.name for field in fields(Spec))

#: The maximum number of digits, so that lines fit a terminal.
_LAYOUT: Final = pattern(r"[<>^]?[0-9]{0,3}(?:\.[0-9]{1,4})?")

#: Literal text, then the field that follows it and its layout; no field at the end.
_Part: TypeAlias = "tuple[str, str | None, str]"


def check(template: str) -> None:
    """Refuse a text that is not a template.

    Raises:
        UsageError: If it contains an unknown field, or more than a layout.
    """
    _parts(template)


@as_lines.register(Found)
def find(result: Found, *, template: str) -> str:
    """Return one line per spec that satisfies the query.

    Args:
        result: The result.
        template: The template of a line.

    Raises:
        UsageError: If it is not a template.
    """
    parts = _parts(template)
    return escape.for_logs("".join(f"{_line(spec, parts)}\n" for spec in result.specs))


def _line(spec: Spec, parts: Sequence[_Part]) -> str:
    return "".join(
        text if field is None else text + format(_shown(spec, field), layout)
        for text, field, layout in parts
    )


def _shown(spec: Spec, field: str) -> str:
    value: str | tuple[str, ...] | bool = getattr(spec, field)
    if isinstance(value, bool):
        return "true" if value else "false"
    return escape.terminal(value if isinstance(value, str) else ",".join(value))


def _parts(template: str) -> list[_Part]:
    try:
        parsed = list(string.Formatter().parse(template))
    except ValueError as error:
        raise UsageError(
            f"`{template}` is not a template of a line: {str(error).lower()}",
            hint="write a literal brace twice",
        ) from error
    parts: list[_Part] = []
    for text, field, layout, conversion in parsed:
        if field is not None and field not in FIELDS:
            near = nearest(field, FIELDS, closeness=0.5)
            if field == "name"[: len(field)]:
                near = ["package"]  # the name in Spack's own formats
            names = "did you mean " if near else "there are "
            names += ", ".join(f"`{{{each}}}`" for each in near or FIELDS)
            raise UsageError(
                f"`{{{field}}}` is not a field of a spec", hint=names + ("?" if near else "")
            )
        if conversion is not None or _LAYOUT.fullmatch(layout or "") is None:
            what = f"!{conversion}" if conversion is not None else f":{layout}"
            raise UsageError(
                f"`{{{field}{what}}}` is not a layout of a field",
                hint="after a colon, write a side, a width, a length, as in `{package:<20.20}`",
            )
        parts.append((text, field, layout or ""))
    return parts
