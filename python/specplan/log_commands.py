"""Texts that the log of a CI job would interpret as a command."""

from __future__ import annotations

import re
from typing import Final

from specplan.patterns import pattern

__all__ = ["ANYWHERE", "AT_LINE_START", "WORKFLOW"]

#: Commands that a runner finds anywhere in a line of a log: ``##[group]`` (GitHub, Azure),
#: ``##vso[...]`` (Azure), ``##teamcity[...]``.
ANYWHERE: Final = pattern(r"##(?=[A-Za-z]*\[)")

#: Texts that may be a command at the beginning of a line: ``::`` (GitHub), and the words that open
#: a group (Buildkite).
AT_LINE_START: Final = pattern(r"^([ \t]*)(?=::|(?:---|\+\+\+|~~~|\^\^\^)(?![^ \n]))", re.MULTILINE)

#: A whole command of a GitHub workflow at the beginning of a line, up to its first colon.
WORKFLOW: Final = pattern(r"^([ \t]*):(?=:[a-z-]+[^\n]*::)", re.MULTILINE)
