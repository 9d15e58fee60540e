"""Lists of specs in an environment: references, matrices, exclusions.

As in Spack, a definition is stored as a list of texts and of matrices that are not multiplied out
yet, because its meaning depends on the reference: constraints of a list or of a row, or, for a
matrix inside a row of another one, each of its combinations as one text.
"""

from __future__ import annotations

import functools
import heapq
import itertools
import math
from dataclasses import replace
from typing import TYPE_CHECKING, Final, TypeAlias

from specplan._core import AbstractSpec
from specplan.model.left_out import LeftOut
from specplan.records import dataclass
from specplan.sources.environments.sections import is_nothing, near
from specplan.sources.environments.spec_texts import has_variants
from specplan.sources.environments.toolchains import Toolchains
from specplan.sources.environments.yaml_tree import Mapping, Mark, Node, Scalar, Sequence

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

__all__ = ["Expanded", "Expansion", "Item", "Matrix", "Text"]

#: The maximum number of items in all lists of an environment, and of combinations of its matrices.
#: Large public stacks have a few hundred roots.
_MAX_ITEMS: Final = 100_000

#: The maximum number of comparisons of combinations with exclusions. An exclusion with a name is
#: only compared with combinations of that name; large public stacks need a few thousand.
_MAX_COMPARISONS: Final = 1_000_000

#: The maximum number of definitions in a hint.
_NAMED: Final = 10

#: The maximum number of origin lines of a spec; two matrices of four rows have fewer.
_MAX_LINES: Final = 16

#: The maximum nesting of matrices in rows of matrices; real ones stop at two.
_MAX_DEPTH: Final = 16


@dataclass(frozen=True, slots=True)
class Text:
    """One constraint, as written.

    Attributes:
        text: The constraint.
        mark: Its place.
        reference: The reference to its definition, if it is in one.
    """

    text: str
    mark: Mark
    reference: Mark | None = None


@dataclass(frozen=True, slots=True)
class Matrix:
    """Rows whose combinations are constraints.

    Attributes:
        rows: The rows to combine; the last one varies fastest.
        exclude: Specs; a combination that satisfies one is dropped.
        sigil: ``^`` or ``%``, put before the first constraint of each combination.
        mark: The place of the matrix.
        reference: The reference to its definition, if it is in one.
    """

    rows: tuple[tuple[Item, ...], ...]
    exclude: tuple[Text, ...]
    sigil: str
    mark: Mark
    reference: Mark | None = None


Item: TypeAlias = Text | Matrix

#: A line of a file: its path and its number.
Line: TypeAlias = tuple[str, int]


@dataclass(frozen=True, slots=True)
class Expanded:
    """A spec from an item of a list.

    Attributes:
        spec: The spec.
        mark: The place of the item; all specs of a matrix share one.
        lines: The first few lines of its origin: of the item, of its place in each row of a matrix,
            and of the references to them.
    """

    spec: AbstractSpec
    mark: Mark
    lines: tuple[Line, ...]


class Expansion:
    """Expands the lists of one environment, within common limits.

    Attributes:
        defined: The items of each definition, in the order in which they were built.
        toolchains: The replacements for names of toolchains in texts.
        left_out: Input that could not be taken into account so far.
    """

    def __init__(
        self,
        toolchains: Toolchains | None = None,
        declares: Callable[[str, str], bool | None] | None = None,
    ) -> None:
        """Create an expander.

        Args:
            toolchains: The toolchains of the environment.
            declares: Returns whether a package has a variant, None if unknown.
        """
        self.defined: dict[str, tuple[Item, ...]] = {}
        self.toolchains = toolchains or Toolchains({})
        self.left_out: list[LeftOut] = []
        self._declares = declares
        self._specs: dict[str, AbstractSpec] = {}
        self._noted: set[LeftOut] = set()
        self._items = 0
        self._combinations = 0
        self._comparisons = 0

    def reading_with(self, toolchains: Toolchains) -> Expansion:
        """Return one with other toolchains that shares everything else."""
        other = Expansion(toolchains, self._declares)
        other.defined = self.defined
        other.left_out = self.left_out
        other._noted = self._noted
        other._items = self._items
        other._combinations = self._combinations
        other._comparisons = self._comparisons
        return other

    def read_list(self, node: Node) -> tuple[Item, ...]:
        """Return the items of a list, with references replaced by their definitions.

        Raises:
            DamagedSourceError: If it is not a list of specs, refers to something undefined, or
                expands to too much.
        """
        if not isinstance(node, Sequence):
            raise node.mark.fault(f"expected a list, found {node.kind}")
        return tuple(self.items_of(node.items))

    def check_list(self, node: Node) -> None:
        """Check the form of a list that does not apply, without looking up references.

        Raises:
            DamagedSourceError: If it is not a list of texts and of matrices.
        """
        if not isinstance(node, Sequence):
            raise node.mark.fault(f"expected a list, found {node.kind}")
        for item in node.items:
            if isinstance(item, Mapping):
                _refuse_others(item)
            elif not (isinstance(item, Scalar) and item.is_null):
                _text(item)

    def items_of(self, nodes: tuple[Node, ...]) -> list[Item]:
        """Return the items that a list expands to.

        Raises:
            DamagedSourceError: As in :meth:`read_list`.
        """
        items: list[Item] = []
        for node in nodes:
            found = self._items_of(node)
            self._items += len(found)
            if self._items > _MAX_ITEMS:
                raise node.mark.fault(f"lists expand to more than {_MAX_ITEMS} items")
            items.extend(found)
        return items

    def _items_of(self, node: Node) -> tuple[Item, ...]:
        if isinstance(node, Mapping):
            return (self._matrix(node),)
        if not isinstance(node, Scalar):
            raise node.mark.fault("expected a spec or a matrix, found a list")
        if node.is_null:
            return ()
        text = _text(node)
        self._note_colon(node)
        return self._referred(text) if text.text.startswith("$") else (text,)

    def _referred(self, reference: Text) -> tuple[Item, ...]:
        name = reference.text[1:]
        sigil = name[:1] if name[:1] in {"^", "%"} else ""
        name = name.removeprefix(sigil)
        if name not in self.defined:
            meant = near(name, self.defined)
            known = ", ".join(f"`{each}`" for each in list(self.defined)[:_NAMED]) or "nothing"
            more = ", ..." if len(self.defined) > _NAMED else ""
            hint = f"did you mean `${meant}`?" if meant else f"defined so far: {known}{more}"
            raise reference.mark.fault(f"`${name}` is not defined yet", hint=hint)
        items = self.defined[name]
        return tuple(_referred_to(item, sigil, reference.mark) for item in items)

    def _matrix(self, node: Mapping) -> Matrix:
        _refuse_others(node)
        rows = node.entries.get("matrix")
        if not isinstance(rows, Sequence) or not rows.items:
            found = "nothing" if rows is None else f"{rows.kind} without rows"
            raise node.mark.fault(f"`matrix` must be a list of lists, found {found}")
        exclude = node.entries.get("exclude")
        for row in rows.items:
            for item in row.items if isinstance(row, Sequence) else ():
                if isinstance(item, Mapping):
                    raise item.mark.fault(
                        "a row contains a matrix, but Spack accepts only specs there",
                        hint="define the matrix under `definitions` and refer to it as `$name`",
                    )
                if is_nothing(item):
                    raise item.mark.fault("an item of a row is empty, which Spack refuses")
        return Matrix(
            rows=tuple(self.read_list(row) for row in rows.items),
            exclude=() if exclude is None else _texts(exclude),
            sigil="",
            mark=node.mark,
        )

    def expand(self, item: Item) -> Iterator[Expanded]:
        """Yield the specs of an item, in Spack's order, with their places.

        Raises:
            DamagedSourceError: If a text is not a spec, constraints contradict each other,
                or there are too many combinations.
        """
        if isinstance(item, Text):
            spec = self.spec(item.text, item.mark).copied()
            yield Expanded(spec, item.mark, _lines(item))
            return
        for combination in self._combined(item, 1):
            yield Expanded(combination.whole, item.mark, combination.lines)

    def spec(self, text: str, mark: Mark) -> AbstractSpec:
        """Return the spec of a text; each text is read once.

        Raises:
            DamagedSourceError: If it is not a spec.
        """
        spec = self._specs.get(text)
        if spec is None:
            toolchains = self.toolchains.named_in(text, mark, self.spec)
            try:
                spec = AbstractSpec(text, toolchains)
            except ValueError as error:
                raise mark.fault(f"is not a spec: {error}") from error
            self._specs[text] = spec
        return spec

    def _combined(self, matrix: Matrix, depth: int) -> Iterator[_Combination]:
        """Yield each combination that is not excluded."""
        if depth > _MAX_DEPTH:
            raise matrix.mark.fault(f"matrices are nested more than {_MAX_DEPTH} deep")
        rows = [list(self._row(row, depth)) for row in matrix.rows]
        self._combinations += math.prod(len(row) for row in rows)
        if self._combinations > _MAX_ITEMS:
            raise matrix.mark.fault(f"matrices have more than {_MAX_ITEMS} combinations")
        if not all(rows):
            # Spack ignores the exclusions of a matrix without combinations.
            return
        excluded = _Exclusions(self.spec(each.text, each.mark) for each in matrix.exclude)
        own = _lines(matrix)
        for combination in itertools.product(*rows):
            constraints = [spec for spec, _ in combination]
            # Constraints must agree before a sigil turns the first of them into a dependency.
            whole = _merged(constraints, matrix.mark)
            _refuse_nameless_variants(whole, matrix.mark)
            if excluded:
                # Spack knows from the recipes that a given value is complete.
                declared = self._as_declared(whole)
                compared = excluded.of(declared)
                self._comparisons += len(compared)
                if self._comparisons > _MAX_COMPARISONS:
                    raise matrix.mark.fault(
                        f"`exclude` takes more than {_MAX_COMPARISONS} comparisons",
                        hint="name the package in each exclusion, as in `hdf5+mpi`",
                    )
                # A git reference that would have to be looked up is kept: better too many wants
                # than too few.
                plain = whole if whole.propagated else None
                if any(
                    (plain is not None and plain.satisfies(each))
                    or self._excludes(each, declared, matrix.mark)
                    for each in compared
                ):
                    continue
            if matrix.sigil:
                constraints[0] = self.spec(f"{matrix.sigil}{constraints[0]}", matrix.mark)
                whole = _merged(constraints, matrix.mark)
            every = itertools.chain(own, *(lines for _, lines in combination))
            lines = tuple(itertools.islice(dict.fromkeys(every), _MAX_LINES))
            yield _Combination(constraints, whole, lines)

    def _as_declared(self, whole: AbstractSpec) -> AbstractSpec:
        """Return a combination after applying the known variants of its package, like Spack."""
        return whole.with_exact_values(
            [name for name in whole.propagated if self._is_declared(whole, name)]
        )

    def _is_declared(self, spec: AbstractSpec, variant: str) -> bool | None:
        if self._declares is None or spec.name is None:
            return None
        return self._declares(spec.name, variant)

    def _excludes(self, excluded: AbstractSpec, whole: AbstractSpec, mark: Mark) -> bool:
        """Return whether a combination is excluded, and record if that cannot be decided."""
        answer = whole.satisfies(excluded)
        if excluded.hash is not None and not answer:
            self._note(
                f"`exclude` excludes nothing by `{excluded}`: only Spack knows the spec of this "
                "hash",
                mark,
            )
        elif answer is None:
            self._note(f"whether `exclude` drops `{whole}` by `{excluded}` is unknown", mark)
        elif not answer:
            undeclared = [
                name for name in whole.propagated if self._is_declared(whole, name) is None
            ]
            if undeclared and whole.with_exact_values(undeclared).satisfies(excluded):
                names = ", ".join(f"`{name}`" for name in undeclared)
                self._note(
                    f"`exclude` drops `{whole}` by `{excluded}` only if its package has {names}; "
                    "it is kept",
                    mark,
                )
        return bool(answer)

    def _note(self, note: str, mark: Mark) -> None:
        """Record a rule that leaves too many wants, so that an answer can only be worse."""
        record = LeftOut(
            kind="definition",
            where=mark.where,
            detail=note,
            blocks=False,
            remedy="write an exclusion that the text alone decides",
        )
        if record not in self._noted:
            self._noted.add(record)
            self.left_out.append(record)

    def _note_colon(self, node: Scalar) -> None:
        if node.lost_colon:
            self.left_out.append(
                LeftOut(
                    kind="definition",
                    where=node.mark.where,
                    detail=f"`{node.text}:` is read as `{node.text}`: Spack drops a colon at the "
                    "end of a text without `@`",
                    blocks=False,
                    remedy="write a version, such as `@:` behind the name, or the range without "
                    "an open end",
                )
            )

    def _row(
        self, row: tuple[Item, ...], depth: int
    ) -> Iterator[tuple[AbstractSpec, tuple[Line, ...]]]:
        for item in row:
            if isinstance(item, Text):
                yield self.spec(item.text, item.mark), _lines(item)
            else:
                # In a row each combination is one text, in which a constraint binds to the text
                # before it.
                for each in self._combined(item, depth + 1):
                    text = " ".join(map(str, each.constraints))
                    yield self.spec(text, item.mark), each.lines


@dataclass(frozen=True, slots=True)
class _Combination:
    """One item of each row of a matrix: the constraints, the combined spec, their lines."""

    constraints: list[AbstractSpec]
    whole: AbstractSpec
    lines: tuple[Line, ...]


class _Exclusions:
    """The exclusions of a matrix, looked up by the name of a combination."""

    def __init__(self, excluded: Iterable[AbstractSpec]) -> None:
        self._all = tuple(dict.fromkeys(excluded))
        self._named: dict[str, list[int]] = {}
        self._always: list[int] = []
        for position, spec in enumerate(self._all):
            # An exclusion by hash excludes nothing, which is always recorded.
            if spec.name is None or spec.hash is not None:
                self._always.append(position)
            else:
                self._named.setdefault(spec.name, []).append(position)

    def __len__(self) -> int:
        return len(self._all)

    def of(self, whole: AbstractSpec) -> list[AbstractSpec]:
        """Return the exclusions that may apply to a combination, in the order of the file."""
        if whole.name is None:
            return list(self._all)
        positions = heapq.merge(self._always, self._named.get(whole.name, ()))
        return [self._all[position] for position in positions]


def _referred_to(item: Item, sigil: str, reference: Mark) -> Item:
    """Return an item of a definition as seen through a reference with or without a sigil."""
    if isinstance(item, Text):
        return Text(sigil + item.text, item.mark, reference)
    return replace(item, sigil=sigil or item.sigil, reference=reference)


def _lines(item: Item) -> tuple[Line, ...]:
    """Return the line of an item, and that of the reference that leads to it."""
    own = (item.mark.path, item.mark.line)
    if item.reference is None:
        return (own,)
    return (own, (item.reference.path, item.reference.line))


def _texts(node: Node) -> tuple[Text, ...]:
    if not isinstance(node, Sequence):
        raise node.mark.fault(f"expected a list, found {node.kind}")
    return tuple(_text(each) for each in node.items)


def _text(node: Node) -> Text:
    text = node.string if isinstance(node, Scalar) else None
    if text is None:
        raise node.mark.fault(f"expected a spec, found {node.kind}", hint="put it in quotes")
    return Text(text, node.mark)


def _merged(constraints: list[AbstractSpec], mark: Mark) -> AbstractSpec:
    try:
        first, *others = constraints
        return functools.reduce(AbstractSpec.constrain, others, first.copied())
    except ValueError as error:
        raise mark.fault(f"a combination contradicts itself: {error}") from error


def _refuse_nameless_variants(whole: AbstractSpec, mark: Mark) -> None:
    """Refuse a combination with variants but no name, like Spack.

    Spack looks up the variants in the recipe of each combination, and finds no such recipe.

    Raises:
        DamagedSourceError: If there are some.
    """
    if whole.name is None and has_variants(whole):
        raise mark.fault(
            f"the combination `{whole}` has variants and names no package",
            hint="Spack takes a matrix only if a row names packages wherever others hold "
            "variants; list such constraints without a matrix",
        )


def _refuse_others(node: Mapping) -> None:
    for key in node.entries:
        if key not in {"matrix", "exclude"}:
            expected = "expected `matrix` and perhaps `exclude`"
            raise node.mark.fault(
                f"`{key}` is not part of a matrix: {expected}", hint=_quoted(key, node)
            )


def _quoted(key: str, node: Mapping) -> str | None:
    """Return a spec that YAML parsed as a mapping with quotes, or None if it is not one."""
    value = node.entries[key]
    if not isinstance(value, Scalar) or len(node.entries) > 1:
        return None
    spec = f"{key}: {value.text}".rstrip()
    return f'YAML reads a colon before a blank as a mapping: quote the spec, `- "{spec}"`'
