"""Names that the annotations of the public face use, where :func:`typing.get_type_hints` looks.

Most of them are imported for type checkers alone, as the modules would import each other in a
circle. Once all of them are there, they are put where their annotations are evaluated.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from typing import TYPE_CHECKING

from specplan import (
    _core,
    abstract_spec,
    aliases,
    api,
    errors,
    model,
    sources,
    targets,
)
from specplan.catalog import contents, selection
from specplan.catalog import find as search
from specplan.coverage import ask, query
from specplan.model import check, find, host, report
from specplan.planning import budget_solver, candidates, gaps, plan

if sys.version_info >= (3, 11):
    from typing import Unpack
else:
    from typing_extensions import Unpack

if TYPE_CHECKING:
    from types import ModuleType

__all__ = ["complete"]

#: The modules whose classes and functions are public.
_MODULES = (
    abstract_spec,
    aliases,
    budget_solver,
    api,
    check,
    candidates,
    contents,
    errors,
    find,
    gaps,
    host,
    plan,
    ask,
    query,
    report,
    search,
    selection,
    targets,
)


def complete() -> None:
    """Put every name of an annotation into the modules that leave it to type checkers."""
    known: dict[str, object] = {
        "Callable": Callable,
        "Collection": Collection,
        "Iterable": Iterable,
        "Iterator": Iterator,
        "Mapping": Mapping,
        "Sequence": Sequence,
        "Unpack": Unpack,
        "os": os,
    }
    for module in (aliases, candidates, sources, *_MODULES):
        known.update(_of(module))
    for module in (model,):
        known.update({name: getattr(module, name) for name in module.__all__})
    known["AbstractSpec"] = abstract_spec.AbstractSpec
    known["compiled"] = _core
    for module in _MODULES:
        for name, value in known.items():
            vars(module).setdefault(name, value)


def _of(module: ModuleType) -> dict[str, object]:
    """Return the classes and aliases that a module defines itself."""
    return {
        name: value
        for name, value in vars(module).items()
        if not name.startswith("_") and name[0].isupper()
    }
