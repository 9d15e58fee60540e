"""The events of a YAML text, independent of PyYAML's read-ahead.

PyYAML scans up to 1,024 characters beyond the event that it returns, and an error there (some
releases refuse deep nesting) hides every event before it. A walk with its own limits would then
report an error of the library, whose wording differs between releases, instead of its clearer one
for an earlier place. So the events before the place of the library's error come first.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import yaml

if TYPE_CHECKING:
    from collections.abc import Iterator

__all__ = ["events"]


def events(text: str) -> Iterator[yaml.Event]:
    """Yield the events of a text in the order written.

    Args:
        text: The whole text.

    Raises:
        yaml.YAMLError: If the text is not YAML, after all events before the fault.
    """
    count = 0
    try:
        for event in yaml.parse(text, Loader=yaml.CSafeLoader):
            count += 1
            yield event
    except yaml.MarkedYAMLError as error:
        if error.problem_mark is not None:
            yield from _before(text, error.problem_mark.index, count)
        raise


def _before(text: str, fault: int, count: int) -> Iterator[yaml.Event]:
    """Yield all but the first ``count`` events that end before the character ``fault``."""
    try:
        for number, event in enumerate(yaml.parse(text[:fault], Loader=yaml.CSafeLoader)):
            # An event that touches the cut may be half a word, or an artificial end.
            if event.end_mark is not None and event.end_mark.index >= fault:
                return
            if number >= count:
                yield event
    except yaml.MarkedYAMLError:
        return
