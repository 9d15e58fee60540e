"""Texts that the log of a CI job would take for a command."""

from __future__ import annotations

import re
from typing import Final

from specplan.patterns import pattern

__all__ = ["ANYWHERE", "AT_LINE_START", "WORKFLOW"]

#: Where a runner would read a command in a line of a log, whatever is in front of it:
#: ``##[group]`` (GitHub, Azure), ``##vso[...]`` (Azure), ``##teamcity[...]``.
ANYWHERE: Final = pattern(r"##(?=[A-Za-z]*\[)")

#: What may be a command where a line begins with it: ``::`` (GitHub), and the words that open a
#: group (Buildkite).
AT_LINE_START: Final = pattern(r"^([ \t]*)(?=::|(?:---|\+\+\+|~~~|\^\^\^)(?![^ \n]))", re.MULTILINE)

#: A whole command of a GitHub workflow at the beginning of a line, up to its first colon.
WORKFLOW: Final = pattern(r"^([ \t]*):(?=:[a-z-]+[^\n]*::)", re.MULTILINE)
