"""The challenge of a server that requires a login: ``WWW-Authenticate`` of RFC 9110."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from specplan.patterns import pattern
from specplan.records import dataclass

if TYPE_CHECKING:
    from collections.abc import Iterable

__all__ = ["Challenge", "challenges_of"]

#: The size limit of a header, so that none takes long to parse.
_LONGEST: Final = 1 << 14

_TOKEN: Final = r"[!#$%&'*+.^_`|~0-9A-Za-z-]+"  # noqa: S105 - a word of the grammar
_PARAMETER: Final = pattern(
    rf'\s*({_TOKEN})\s*=\s*(?:"((?:[^"\\]|\\.)*)"|({_TOKEN}|[^\s",]+))\s*(?:,|$)'
)
_SCHEME: Final = pattern(rf"\s*({_TOKEN})(?:\s+|\s*(?:,|$))")
_QUOTED_PAIR: Final = pattern(r"\\(.)")


@dataclass(frozen=True, slots=True, kw_only=True)
class Challenge:
    """One way to log in.

    Attributes:
        scheme: ``basic``, ``bearer`` or another, in lower case.
        parameters: Its parameters from the server, by name in lower case.
    """

    scheme: str
    parameters: dict[str, str]


def challenges_of(values: Iterable[str]) -> list[Challenge]:
    """Return the login methods that a server offers, without unreadable ones.

    Args:
        values: The values of the header, each of which may name several ways.

    Examples:
        >>> header = 'Bearer realm="https://auth.host/token",service="host", Basic realm="host"'
        >>> [(each.scheme, each.parameters["realm"]) for each in challenges_of([header])]
        [('bearer', 'https://auth.host/token'), ('basic', 'host')]
    """
    found: list[Challenge] = []
    for value in values:
        found += _in(value[:_LONGEST])
    return found


def _in(value: str) -> list[Challenge]:
    found: list[Challenge] = []
    at = 0
    while at < len(value):
        parameter = _PARAMETER.match(value, at)
        if parameter is not None and found:
            name, in_quotes, bare = parameter.groups()
            text = bare if in_quotes is None else _QUOTED_PAIR.sub(r"\1", in_quotes)
            found[-1].parameters.setdefault(name.lower(), text)
            at = parameter.end()
            continue
        scheme = _SCHEME.match(value, at)
        if scheme is None:
            break
        found.append(Challenge(scheme=scheme[1].lower(), parameters={}))
        at = scheme.end()
    return found
