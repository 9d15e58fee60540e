"""A TOML table with typed access: a wrong value is an error that names its key."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Mapping
from decimal import Decimal
from typing import TYPE_CHECKING, Final, NoReturn, TypeVar

from specplan.errors import ConfigurationError
from specplan.exact import is_short
from specplan.patterns import pattern
from specplan.similar_names import nearest

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

__all__ = ["TomlTable", "as_day", "type_name"]

Choice = TypeVar("Choice", bound=str)


#: A user, perhaps with a password, in a URL.
_USER: Final = pattern(r"://[^/\s]*@")


class TomlTable:
    """A table that knows its own name, so that errors contain the full name of a key.

    A missing key is None, false or an empty tuple.

    Args:
        path: The file.
        entries: The content of the table.
        name: The dotted name of the table; empty for the file as a whole.
    """

    __slots__ = ("_entries", "_name", "_path")

    def __init__(self, path: Path, entries: Mapping[str, object], name: str = "") -> None:
        self._path = path
        self._entries = entries
        self._name = name

    def __contains__(self, key: str) -> bool:
        return key in self._entries

    @property
    def keys(self) -> tuple[str, ...]:
        """The keys, in the order of the file."""
        return tuple(self._entries)

    @property
    def names(self) -> tuple[str, ...]:
        """The keys of a table whose keys are names, in the order of the file."""
        for key in self._entries:
            if not key.strip():
                self.fail("", f"the name `{key}` is empty")
        return self.keys

    def fail(self, key: str, fault: str, hint: str | None = None) -> NoReturn:
        """Refuse the value of a key; of the empty key, the table itself.

        Raises:
            ConfigurationError: Always.
        """
        dotted = f"{self._name}.{key}".strip(".") or "the file"
        raise ConfigurationError(path=str(self._path), key=dotted, fault=fault, hint=hint)

    def respelled(self, spellings: Mapping[str, str]) -> TomlTable:
        """Return the table with keys that have another spelling under their own name.

        Args:
            spellings: The name of a key, by each other spelling of it.
        """
        entries: dict[str, object] = {}
        for key, value in self._entries.items():
            name = spellings.get(key, key)
            if name in entries:
                self.fail(key, f"it is another spelling of `{name}`, which is also given")
            entries[name] = value
        return TomlTable(self._path, entries, self._name)

    def only_known(self, known: Iterable[str]) -> None:
        """Refuse an unknown key."""
        for key in self._entries:
            if key not in known:
                self.fail(key, "unknown key", _did_you_mean(key, known))

    def text(self, key: str) -> str | None:
        """Return a string that is not empty."""
        return self._text(key, self._entries[key]) if key in self._entries else None

    def shown_text(self, key: str) -> str | None:
        """Return a string that every report shows, so it may contain no password."""
        text = self.text(key)
        if text is not None and _USER.search(text) is not None:
            self.fail(key, "it contains a URL with a user, which every report would show")
        return text

    def texts(self, key: str) -> tuple[str, ...]:
        """Return one such string or several."""
        value = self._entries.get(key, [])
        if isinstance(value, str):
            return (self._text(key, value),)
        if not isinstance(value, list):
            self._wrong_type(key, "a string or an array of strings", value)
        return tuple(self._text(f"{key}[{at}]", each) for at, each in enumerate(value))

    def choice(self, key: str, choices: tuple[Choice, ...]) -> Choice | None:
        """Return one of several words."""
        text = self.text(key)
        return None if text is None else self._chosen(key, text, choices)

    def choices(self, key: str, choices: tuple[Choice, ...]) -> tuple[Choice, ...]:
        """Return any of several words."""
        return tuple(self._chosen(key, each, choices) for each in self.texts(key))

    def flag(self, key: str) -> bool:
        """Return true or false."""
        value = self._entries.get(key, False)
        if not isinstance(value, bool):
            self._wrong_type(key, "true or false", value)
        return value

    def day(self, key: str) -> str | None:
        """Return a day as ISO 8601 writes it: a date of TOML, or a string that holds one."""
        if key not in self._entries:
            return None
        value = self._entries[key]
        if isinstance(value, dt.date) and not isinstance(value, dt.datetime):
            return value.isoformat()
        if not isinstance(value, str):
            self._wrong_type(key, "a date", value)
        if (found := as_day(value)) is None:
            self.fail(key, f"`{value}` is not a date", "write it as `2026-12-31`")
        return found

    def number(self, key: str) -> Decimal | None:
        """Return a number as it was written."""
        if key not in self._entries:
            return None
        value = self._entries[key]
        if isinstance(value, bool) or not isinstance(value, int | Decimal):
            self._wrong_type(key, "a number", value)
        number = Decimal(value)
        if number.is_finite() and not is_short(number):
            self.fail(key, "the number has too many digits", "write it out with at most 40")
        return number

    def table(self, key: str) -> TomlTable:
        """Return a table within this one, empty where there is none."""
        return self._within(key, self._entries.get(key, {}), "a table")

    def tables(self, key: str, *, each: str = "a table") -> tuple[TomlTable, ...]:
        """Return an array whose entries must be tables."""
        value = self._entries.get(key, [])
        if not isinstance(value, list):
            self._wrong_type(key, f"an array of tables ([[{key}]])", value)
        return tuple(self._within(f"{key}[{at}]", entry, each) for at, entry in enumerate(value))

    def has_tables(self, key: str) -> bool:
        """Return whether the value of a key is an array that holds a table."""
        value = self._entries.get(key)
        return isinstance(value, list) and any(isinstance(each, Mapping) for each in value)

    def refuse_table(self, key: str) -> None:
        """Refuse a table where a value is expected: TOML splits a name at its dots."""
        if isinstance(self._entries[key], Mapping):
            hint = "a name that contains a dot needs quotes in TOML"
            self.fail(key, "expected a value, found a table", hint)

    def strings(self) -> Mapping[str, str]:
        """Return all entries, which have names, and must be strings that may be empty."""
        entries: dict[str, str] = {}
        for key in self.names:
            value = self._entries[key]
            if not isinstance(value, str):
                self._wrong_type(key, "a string", value)
            entries[key] = value
        return entries

    def _within(self, key: str, value: object, expected: str) -> TomlTable:
        if not isinstance(value, Mapping):
            self._wrong_type(key, expected, value)
        return TomlTable(self._path, value, f"{self._name}.{key}".strip("."))

    def _text(self, key: str, value: object) -> str:
        if not isinstance(value, str):
            self._wrong_type(key, "a string", value)
        if not value.strip():
            self.fail(key, "it is empty")
        return value

    def _chosen(self, key: str, text: str, choices: tuple[Choice, ...]) -> Choice:
        chosen = next((choice for choice in choices if choice == text), None)
        if chosen is None:
            shown = ", ".join(f"`{choice}`" for choice in choices)
            self.fail(key, f"`{text}` is not one of {shown}")
        return chosen

    def _wrong_type(self, key: str, expected: str, value: object) -> NoReturn:
        self.fail(key, f"expected {expected}, found {type_name(value)}")


def as_day(text: str) -> str | None:
    """Return a text if it is a day as ISO 8601 writes it, ``2026-12-31``; else None."""
    if re.fullmatch(r"[0-9]{4}-[0-9]{2}-[0-9]{2}", text, re.ASCII) is None:
        return None
    try:
        return dt.date.fromisoformat(text).isoformat()
    except ValueError:
        return None


def _did_you_mean(name: str, known: Iterable[str]) -> str:
    if meant := nearest(name.lower().replace("_", "-"), known, most=1):
        return f"did you mean `{meant[0]}`?"
    return "the keys are " + ", ".join(f"`{each}`" for each in known)


def type_name(value: object) -> str:
    """Return TOML's name for the type of a value."""
    if isinstance(value, bool):
        return "a boolean"
    names: dict[type, str] = {
        str: "a string",
        int: "an integer",
        Decimal: "a number",
        list: "an array",
        dict: "a table",
    }
    return names.get(type(value), "a date or time")
