"""The exceptions of specplan, one family below :class:`SpecplanError`.

Each class also derives from the builtin that it resembles, carries a stable ``code`` for scripts,
and keeps what went wrong in typed attributes. ``str()`` of an error is one sentence for people; an
optional ``hint`` is separate from it, so that a caller can show it in its own way.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from specplan.counting import count
from specplan.secrets import without_secrets

__all__ = [
    "ConfigurationError",
    "DamagedSourceError",
    "EmptySelectionError",
    "RemoteError",
    "SourceError",
    "SpecSyntaxError",
    "SpecplanError",
    "UndecidedConditionError",
    "UndecidedError",
    "UnknownNameError",
    "UnknownTargetError",
    "UsageError",
]


class SpecplanError(Exception):
    """The base of every error that specplan raises on purpose.

    Attributes:
        code: A stable slug, the same in every release.
        hint: Advice for the reader, or None.
    """

    code: str = "specplan"

    def __init__(self, message: str, *, hint: str | None = None) -> None:
        # Messages quote what was typed, which may be a URL with a password.
        super().__init__(without_secrets(message))
        self.hint = None if hint is None else without_secrets(hint)

    def __reduce__(self) -> tuple[object, ...]:
        """Return the parts for the same error in another process: its text and its attributes."""
        return _same_error, (type(self), self.args, self.__dict__)


class SourceError(SpecplanError, ValueError):
    """A source could not be read: it is absent, empty, too large or of an unknown kind.

    Attributes:
        path: The source or file at fault, as it was given.
    """

    code = "source"

    def __init__(self, message: str, *, path: str, hint: str | None = None) -> None:
        super().__init__(message, hint=hint)
        self.path = without_secrets(path)


class DamagedSourceError(SourceError):
    """A file was read, but its content breaks the rules of its format.

    Attributes:
        path: The damaged file.
        location: The location in the file: a key path such as ``spec_details[3].hash``, or an empty
            string if the fault concerns the whole file.
        line: The line, counted from 1, or None if unknown.
        fault: The fault there.
        others: The number of other damaged files of the same source.
    """

    code = "damaged-source"

    def __init__(
        self,
        *,
        path: str,
        location: str,
        line: int | None,
        fault: str,
        others: int = 0,
        hint: str | None = None,
    ) -> None:
        where = path if line is None else f"{path}:{line}"
        message = f"{where}: {location}: {fault}" if location else f"{where}: {fault}"
        if others:
            message += f" ({count(others, 'more damaged file')})"
        super().__init__(message, path=path, hint=hint)
        self.location = location
        self.line = line
        self.fault = fault
        self.others = others


class RemoteError(SourceError, OSError):
    """A remote source could not be fetched.

    Attributes:
        status: The HTTP status of the response, or None if there was none.
    """

    code = "remote"

    def __init__(
        self, message: str, *, path: str, status: int | None = None, hint: str | None = None
    ) -> None:
        super().__init__(message, path=path, hint=hint)
        self.status = status


class UsageError(SpecplanError, ValueError):
    """A question that makes no sense in this form."""

    code = "usage"


class UnknownNameError(UsageError, LookupError):
    """A stack, operating system, target, snapshot or pattern that does not exist.

    Attributes:
        kind: The kind of name: ``stack``, ``os``, ``target``, ``system``, ``tag`` or ``peers``.
        name: The name or pattern that was not found.
        suggestions: Similar existing names, best first.
    """

    code = "unknown-name"

    def __init__(
        self, *, kind: str, name: str, suggestions: tuple[str, ...], hint: str | None = None
    ) -> None:
        if suggestions:
            near = "did you mean " + ", ".join(f"`{each}`" for each in suggestions) + "?"
            hint = near if hint is None else f"{near} {hint[:1].upper()}{hint[1:]}"
        super().__init__(f"no {kind} matches `{name}`", hint=hint)
        self.kind = kind
        self.name = name
        self.suggestions = suggestions


class UnknownTargetError(UnknownNameError):
    """A target that neither the sources nor the table of targets know.

    Args:
        name: The target.
        suggestions: Similar existing names, best first.
    """

    def __init__(self, name: str, suggestions: tuple[str, ...]) -> None:
        super().__init__(kind="target", name=name, suggestions=suggestions)
        teach = f'name its parents in specplan.toml: `[targets]`, `"{name}" = ["PARENT"]`'
        self.hint = teach if self.hint is None else f"{self.hint} Or {teach}"


class EmptySelectionError(UsageError, LookupError):
    """Each part of a selection exists, but nothing matches all of them together."""

    code = "empty-selection"


class SpecSyntaxError(UsageError):
    """A text is not an abstract spec; the message shows it with a caret under the fault.

    Attributes:
        text: The whole text.
        start: The start of the fault in the text, in characters counted from 0.
        end: The end of the fault.
    """

    code = "spec-syntax"

    def __init__(self, message: str, text: str, start: int, end: int) -> None:
        super().__init__(message)
        self.text = text
        self.start = start
        self.end = end


class UndecidedError(UsageError):
    """The sources cannot decide whether something satisfies the query.

    Attributes:
        query: The abstract spec, or the question about a version.
        missing: The information that the sources lack, sorted: some of ``edges``, ``virtuals``,
            ``compiler``, ``field``, ``recipe`` and ``git-repository``.
        count: The number of undecided specs; 0 if the question was about a version.
        hashes: The first of their hashes.
    """

    code = "undecided"

    def __init__(
        self,
        message: str,
        query: str,
        missing: Sequence[str],
        count: int = 0,
        hashes: Sequence[str] = (),
        hint: str | None = None,
    ) -> None:
        super().__init__(message, hint=hint)
        self.query = query
        self.missing = tuple(missing)
        self.count = count
        self.hashes = tuple(hashes)


class UndecidedConditionError(UsageError):
    """An environment depends on unknown properties of its machine.

    Attributes:
        path: The file of the condition.
        location: Its key path in the file.
        line: Its line, counted from 1.
        condition: The condition.
        missing: The property that must be given: ``platform``, ``os``, ``target``, ``hostname`` or
            ``env``.
    """

    code = "undecided-condition"

    def __init__(
        self, fault: str, *, path: str, location: str, line: int, condition: str, missing: str
    ) -> None:
        super().__init__(
            f"{path}:{line}: {location}: whether `{condition}` holds cannot be decided: {fault}",
            hint=f"give the {missing} of the machine that the environment is for, as "
            f"`{missing}` under `[host]` in specplan.toml",
        )
        self.path = path
        self.location = location
        self.line = line
        self.condition = condition
        self.missing = missing


class ConfigurationError(UsageError):
    """A ``specplan.toml`` contains an invalid key or value.

    Attributes:
        path: The configuration file.
        key: The key at fault, dotted, such as ``not-wanted[0].reason``.
    """

    code = "configuration"

    def __init__(self, *, path: str, key: str, fault: str, hint: str | None = None) -> None:
        super().__init__(f"{path}: {key}: {fault}", hint=hint)
        self.path = path
        self.key = key
        self.fault = fault


def _same_error(
    kind: type[SpecplanError], arguments: tuple[object, ...], attributes: Mapping[str, object]
) -> SpecplanError:
    """Return an unpickled error; its class makes the text from parts that are not stored."""
    # Of several bases, only the one with its own memory layout may create the object.
    maker = OSError if issubclass(kind, OSError) else kind
    error = maker.__new__(kind, *arguments)
    error.args = arguments
    error.__dict__.update(attributes)
    return error
