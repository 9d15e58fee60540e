"""Abstract specs as values for scripts, in Spack's spec syntax."""

from __future__ import annotations

from typing import final

from specplan import _core as compiled
from specplan.errors import SpecplanError, SpecSyntaxError, UsageError

__all__ = ["AbstractSpec", "written"]


@final
class AbstractSpec:
    """A query in Spack's spec syntax: read, printed and compared as Spack does.

    It is immutable and hashable. Two are equal if they ask for the same. Its methods also accept
    the other spec as a text, and :meth:`Catalog.find` and similar methods accept an abstract spec
    instead of a text.

    Args:
        text: One abstract spec, for example ``hdf5@1.14:+mpi ^zlib-ng``; ``docs/find.md``
            shows all of the syntax.

    Raises:
        SpecSyntaxError: If the text is not a single spec.

    Examples:
        >>> import specplan
        >>> spec = specplan.AbstractSpec("hdf5  +mpi@1.14: %c,cxx=gcc@12")
        >>> str(spec), spec.name
        ('hdf5@1.14:+mpi %c,cxx=gcc@12', 'hdf5')
        >>> catalog = specplan.load("examples/cache")
        >>> len(catalog.find(specplan.AbstractSpec("adios2+mpi"), stack="e4s*"))
        2
    """

    __slots__ = ("_core",)

    _core: compiled.AbstractSpec

    def __init__(self, text: str) -> None:
        self._core = compiled.AbstractSpec(written(text))

    @classmethod
    def _from_core(cls, core: compiled.AbstractSpec) -> AbstractSpec:
        self = object.__new__(cls)
        self._core = core
        return self

    @classmethod
    def parse_many(cls, text: str) -> list[AbstractSpec]:
        """Read all abstract specs in a text: a second name or hash starts another one.

        Args:
            text: Abstract specs, separated by blanks.

        Raises:
            SpecSyntaxError: If some part of the text is not a spec.

        Examples:
            >>> [str(each) for each in AbstractSpec.parse_many("zlib +pic hdf5")]
            ['zlib+pic', 'hdf5']
        """
        return [cls._from_core(each) for each in compiled.AbstractSpec.parse_many(written(text))]

    @property
    def name(self) -> str | None:
        """The package, or None if it is left open."""
        return self._core.name

    @property
    def namespace(self) -> str | None:
        """The repository of the package, or None if it is left open."""
        return self._core.namespace

    @property
    def platform(self) -> str | None:
        """The platform, or None if it is not a single one."""
        return self._core.platform

    @property
    def os(self) -> str | None:
        """The operating system, or None if it is not a single one."""
        return self._core.os

    @property
    def target(self) -> str | None:
        """The target, or None if it is not a single one."""
        return self._core.target

    @property
    def hash(self) -> str | None:
        """The hash or its first letters, or None if it is left open."""
        return self._core.hash

    def satisfies(self, other: AbstractSpec | str) -> bool | None:
        """Return whether everything that meets this spec also meets the other.

        None if that cannot be decided without a recipe or a git repository.

        Args:
            other: The spec that should follow from this one.

        Raises:
            SpecSyntaxError: If ``other`` is not a spec.

        Examples:
            >>> AbstractSpec("hdf5@1.14.3+mpi").satisfies("hdf5@1.12:")
            True
            >>> AbstractSpec("hdf5@1.12:").satisfies("hdf5@1.14:")
            False
        """
        return self._core.satisfies(_compiled(other))

    def intersects(self, other: AbstractSpec | str) -> bool | None:
        """Return whether something could meet both specs; None if that cannot be decided.

        Args:
            other: The other spec.

        Raises:
            SpecSyntaxError: If ``other`` is not a spec.

        Examples:
            >>> AbstractSpec("hdf5@1.12:").intersects("hdf5@:1.14 +mpi")
            True
            >>> AbstractSpec("hdf5+mpi").intersects("hdf5~mpi")
            False
        """
        return self._core.intersects(_compiled(other))

    def constrain(self, other: AbstractSpec | str) -> AbstractSpec:
        """Return the spec with the constraints of both.

        Args:
            other: The other spec.

        Raises:
            SpecSyntaxError: If ``other`` is not a spec.
            UsageError: If nothing can meet both.

        Examples:
            >>> AbstractSpec("hdf5").constrain("target=zen4 +mpi")
            AbstractSpec("hdf5+mpi target=zen4")
        """
        try:
            return self._from_core(self._core.constrain(_compiled(other)))
        except SpecplanError:
            raise
        except ValueError as error:
            raise UsageError(str(error)) from error

    def __eq__(self, other: object) -> bool:
        """Return whether both ask for the same."""
        return self._core == other._core if isinstance(other, AbstractSpec) else NotImplemented

    def __hash__(self) -> int:
        """Return a hash that equal specs share."""
        return hash(self._core)

    def __str__(self) -> str:
        """Return the spec in its canonical form, which reads back as an equal spec."""
        return str(self._core)

    def __repr__(self) -> str:
        return repr(self._core)

    def __reduce__(self) -> tuple[type[AbstractSpec], tuple[str]]:
        return (AbstractSpec, (str(self),))


def _compiled(spec: AbstractSpec | str) -> compiled.AbstractSpec | str:
    return spec._core if isinstance(spec, AbstractSpec) else written(spec)


def written(spec: AbstractSpec | str) -> str:
    """Return an abstract spec as the text that the core reads.

    Raises:
        SpecSyntaxError: If it contains invalid characters, such as a word on the command line that
            is not UTF-8.
        TypeError: If it is neither an abstract spec nor a text.
    """
    if not isinstance(spec, (AbstractSpec, str)):
        raise TypeError(
            f"an abstract spec must be text or an AbstractSpec, not {type(spec).__name__}"
        )
    text = str(spec)
    try:
        text.encode()
    except UnicodeEncodeError as error:
        raise SpecSyntaxError(
            f"`{text}` is not a spec: it is not UTF-8", text, error.start, error.end
        ) from error
    return text
