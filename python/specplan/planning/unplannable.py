"""The wants that no known spec can meet, as an environment for a concretizer."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from specplan._core import AbstractSpec

if TYPE_CHECKING:
    from collections.abc import Iterable

    from specplan.planning.choice import ChosenWant

__all__ = ["environment_of"]

_ABOUT = "# Wants that no known spec can meet. `spack concretize` decides what to build for them.\n"


def environment_of(wants: Iterable[ChosenWant]) -> str:
    """Return a ``spack.yaml`` that asks for wants, each once.

    A want that leaves its system open is requested for the system of its cell. Roots may differ in
    their dependencies, because nothing requires them to agree.
    """
    import yaml  # noqa: PLC0415 - plans of locks need it not

    specs = list(dict.fromkeys(_placed(each) for each in wants))
    environment = {"spack": {"specs": specs, "concretizer": {"unify": "when_possible"}}}
    text = yaml.safe_dump(environment, sort_keys=False, width=1000)
    if "##" in text:
        # On standard output it may get into the log of a CI job, which executes `##[command]`.
        quoted = yaml.safe_dump(environment, sort_keys=False, width=1000, default_style='"')
        text = re.sub("#(?=#)", r"\\x23", quoted)
    return _ABOUT + text


def _placed(want: ChosenWant) -> str:
    spec = AbstractSpec(want.want)
    try:
        return str(spec.constrain(f"os={want.os} target={want.target}"))
    except ValueError:
        # It names its own system, or the name of this one is not valid in a spec.
        return want.want
