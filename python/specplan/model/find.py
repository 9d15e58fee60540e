"""The specs that satisfy an abstract spec, and the undecided ones."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Final, Literal, TypeAlias

from specplan.arguments import checked
from specplan.counting import count
from specplan.errors import UndecidedError
from specplan.model.damage import DamagedFile
from specplan.model.left_out import LeftOut
from specplan.model.report import Report, as_lines
from specplan.model.rows import Rows
from specplan.model.source import SourceUsed
from specplan.model.spec import SHORT_HASH, Spec
from specplan.records import dataclass

__all__ = ["Found", "Missing", "Undecided"]

#: The information that a source lacks to decide whether a spec satisfies an abstract one: the
#: dependencies of the spec; the virtual packages on its edges; its compiler; one of its fields; the
#: recipe, which defines the versions of a virtual package; the git repository, which shows the
#: position of a reference among the versions.
Missing: TypeAlias = Literal["edges", "virtuals", "compiler", "field", "recipe", "git-repository"]

#: The maximum number of hashes in an error.
_FEW: Final = 3

#: Hints for finding information that a source lacks.
_HINTS: Final[dict[Missing, str]] = {
    "edges": "package pages list no dependencies; locks and the indexes of build caches do",
    "virtuals": "package pages list no dependencies; locks and the indexes of build caches do",
    "git-repository": "ask for the reference itself, or for `git.REF=VERSION`",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Undecided:
    """A spec for which the sources do not show whether it satisfies the query.

    Attributes:
        spec: The spec.
        missing: The information that the sources lack.
        reason: The same as a sentence.
    """

    spec: Spec
    missing: Missing
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True, repr=False)
class Found(Report):
    """The specs that satisfy an abstract spec.

    Attributes:
        query: The abstract spec, as it was given.
        specs: Those that satisfy it, by name, version (as Spack orders versions), os, target and
            hash; created on access.
        undecided: Those that the sources cannot decide, in the same order; specs that certainly do
            not satisfy it are in neither list.
        unknown_name: The requested name, if no known package has it; it may be a virtual package.
        suggestions: Similar package names.
        misspelt: If nothing satisfies it, the names in it that no known spec has, one sentence
            each: variants, packages, parts of systems.
        damaged: Files that were skipped because they are damaged; they were not searched.
        left_out: Input of the question that could not be taken into account.
        sources: The sources, with their age and indexes.
    """

    query: str
    specs: Sequence[Spec]
    undecided: tuple[Undecided, ...]
    unknown_name: str | None
    suggestions: tuple[str, ...]
    misspelt: tuple[str, ...] = ()
    damaged: tuple[DamagedFile, ...] = ()
    left_out: tuple[LeftOut, ...] = ()
    sources: tuple[SourceUsed, ...] = ()

    @property
    def hint(self) -> str | None:
        """A hint if nothing was found or something is undecided, otherwise None."""
        if self.unknown_name is not None:
            meant = f" ({self._near})" if self._near else ""
            return "; ".join((f"no package is called `{self.unknown_name}`{meant}", *self.misspelt))
        if self.misspelt:
            return "; ".join(self.misspelt)
        missing = sorted({each.missing for each in self.undecided})
        return next((_HINTS[each] for each in missing if each in _HINTS), None)

    @property
    def _near(self) -> str:
        near = ", ".join(f"`{each}`" for each in self.suggestions)
        return f"did you mean {near}?" if near else ""

    def decided(self) -> Rows[Spec]:
        """Return the specs, if all could be decided.

        Raises:
            UndecidedError: If the sources cannot decide it for every spec.
        """
        if not self.undecided:
            return Rows(Spec, "spec", self.specs)
        missing: dict[Missing, list[Undecided]] = {}
        for each in self.undecided:
            missing.setdefault(each.missing, []).append(each)
        reasons = [f"{found[0].reason} ({_few(found)})" for _, found in sorted(missing.items())]
        number = len(self.undecided)
        specs = count(number, "spec satisfies", "specs satisfy")
        fault = f"whether {specs} `{self.query}` cannot be decided: {'; '.join(reasons)}"
        hint = self.hint
        is_unheard = self.unknown_name is not None and not self.specs
        if is_unheard and set(missing) == {"virtuals"}:
            # For a mistyped name, virtual packages are not the first explanation.
            fault = (
                f"no package is called `{self.unknown_name}`, and whether it is a virtual package "
                f"cannot be decided: {missing['virtuals'][0].reason}"
            )
            hint = self._near or _HINTS["virtuals"]
        raise UndecidedError(
            fault,
            self.query,
            sorted(missing),
            number,
            [each.spec.hash for each in self.undecided[:_FEW]],
            hint,
        )

    @checked
    def to_lines(self, template: str) -> str:
        """Return one line per spec, made of its fields, as in ``{package}@{version}/{hash:.7}``.

        Args:
            template: A text with names of fields of :class:`Spec` in braces; a doubled brace is a
                literal brace. See :mod:`specplan.reports.coverage.lines`.

        Raises:
            UsageError: If the template contains an unknown field.
        """
        return as_lines(self, template=template)

    def __iter__(self) -> Iterator[Spec]:
        """Iterate over the specs, by hash."""
        return iter(self.specs)

    def __len__(self) -> int:
        """Return their number."""
        return len(self.specs)


def _few(undecided: list[Undecided]) -> str:
    shown = ", ".join(_called(each.spec) for each in undecided[:_FEW])
    more = len(undecided) - _FEW
    return f"{shown} and {more} more" if more > 0 else shown


def _called(spec: Spec) -> str:
    return f"{spec.package}@{spec.version}/{spec.hash[:SHORT_HASH]}"
