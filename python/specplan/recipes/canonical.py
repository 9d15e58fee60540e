"""The canonical text of a recipe, which Spack hashes."""

from __future__ import annotations

import ast
import base64
import hashlib
import warnings
from typing import TYPE_CHECKING, Final

from specplan.recipes.methods import conditions_in, with_methods_of
from specplan.recipes.stripping import without_directives, without_strings
from specplan.recipes.unread import UnreadError
from specplan.recipes.writing import written_module

if TYPE_CHECKING:
    from collections.abc import Callable

    from specplan.recipes.conditions import Decided
    from specplan.recipes.rules import SpackRules

__all__ = ["MOST_BYTES", "Recipe", "parsed", "text_hash"]

#: The size limit of a recipe; the largest public one is a quarter of it.
MOST_BYTES: Final = 1 << 20


def parsed(source: bytes) -> ast.Module:
    """Return the syntax tree of a recipe.

    Raises:
        UnreadError: If it is too large, nested too deeply, or not valid for this version of Python.
    """
    if len(source) > MOST_BYTES:
        raise UnreadError(f"it has more than {MOST_BYTES} bytes")
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            return ast.parse(source)
    except SyntaxError as error:
        line = "" if error.lineno is None else f"line {error.lineno}: "
        raise UnreadError(f"{line}{error.msg}") from error
    except (RecursionError, MemoryError) as error:
        raise UnreadError("it is nested too deep") from error
    except ValueError as error:
        raise UnreadError(str(error)) from error


class Recipe:
    """The text of one recipe for any spec, read as data: nothing in it runs.

    Args:
        source: The content of ``package.py``.
        rules: The rules for the parts that are removed.

    Raises:
        UnreadError: If it cannot be read.
    """

    __slots__ = ("_of_any", "_rules", "_source", "_texts", "conditions", "module")

    def __init__(self, source: bytes, rules: SpackRules) -> None:
        self._source = source
        self._rules = rules
        self._texts: dict[tuple[Decided, ...], str] = {}
        self._of_any: str | None = None
        #: The original tree of the recipe, which must not be modified.
        self.module = parsed(source)
        #: The conditions of ``@when`` that a spec decides, in the order of the file.
        self.conditions = conditions_in(self.module)

    def text(self, decide: Callable[[str], Decided]) -> str:
        """Return the canonical text for a spec.

        Args:
            decide: Returns whether the spec satisfies a condition; None if Spack only decides at
                run time.

        Raises:
            UnreadError: If there is no such text.
        """
        decisions = tuple(map(decide, self.conditions))
        text = self._texts.get(decisions)
        if text is None:
            by_condition = dict(zip(self.conditions, decisions, strict=True))
            text = self._texts[decisions] = self._written(by_condition)
        return text

    def text_of_any(self) -> str:
        """Return the text with all methods and their ``@when``, the origin of each spec's text.

        Raises:
            UnreadError: If there is no such text.
        """
        if self._of_any is None:
            self._of_any = _text(self._stripped())
        return self._of_any

    def _written(self, decisions: dict[str, Decided]) -> str:
        module = with_methods_of(self._stripped(), decisions.__getitem__, self._rules.methods)
        return _text(module)

    def _stripped(self) -> ast.Module:
        try:
            return without_directives(without_strings(parsed(self._source)), self._rules)
        except RecursionError as error:
            raise UnreadError("it is nested too deep") from error


def _text(module: ast.Module) -> str:
    try:
        text = written_module(module)
        text.encode()
    except RecursionError as error:
        raise UnreadError("it is nested too deep") from error
    except UnicodeEncodeError as error:
        raise UnreadError("it contains an unpaired surrogate") from error
    return text


def text_hash(text: str) -> str:
    r"""Return the hash of a text, as Spack hashes canonical recipes and nodes.

    Examples:
        >>> text_hash("class Zlib(Package):\n    pass\n")
        'y2gcgeykanth2xdgquyd73h4czwcilmt'
    """
    digest = hashlib.sha1(text.encode(), usedforsecurity=False).digest()
    return base64.b32encode(digest).decode().lower()
