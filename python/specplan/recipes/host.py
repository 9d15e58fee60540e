"""The host machine that a recipe sees, as recorded in a spec."""

from __future__ import annotations

from functools import cache
from typing import Final

from specplan import _core
from specplan.records import dataclass

__all__ = ["NO_HOST", "RecipeHost", "host_of"]

_SYSTEMS: Final = {
    "linux": ("linux", "Linux", "posix"),
    "darwin": ("darwin", "Darwin", "posix"),
    "freebsd": ("freebsd", "FreeBSD", "posix"),
    "windows": ("win32", "Windows", "nt"),
}

#: Families of targets, by the names that computers report.
_MACHINES: Final = ("x86_64", "aarch64", "ppc64le", "ppc64", "riscv64", "i686")


@dataclass(frozen=True, slots=True)
class RecipeHost:
    """The properties of the computer that a recipe may query.

    A lock does not say where it was made. It is assumed to be a computer of the kind that the spec
    is for; if the computed package hash equals the recorded one, that is proven.

    Attributes:
        platform: The platform of the spec, such as ``linux``.
        target: Its target, such as ``zen4``.
    """

    platform: str
    target: str

    def facts(self) -> dict[str, object]:
        """Return the values of expressions in recipes, by their text."""
        known = _SYSTEMS.get(self.platform)
        if known is None:
            return {}
        module, system, kind = known
        facts: dict[str, object] = {
            "sys.platform": module,
            "os.name": kind,
            "platform.system()": system,
            "IS_WINDOWS": system == "Windows",
        }
        machine = _machine(self.target)
        if machine is not None:
            is_arm_mac = system == "Darwin" and machine == "aarch64"
            facts["platform.machine()"] = "arm64" if is_arm_mac else machine
        return facts


#: A computer with unknown properties.
NO_HOST: Final = RecipeHost("", "")


@cache
def _machine(target: str) -> str | None:
    return next((each for each in _MACHINES if _core.target_serves(each, target)), None)


def host_of(arch: object) -> RecipeHost:
    """Return the computer of a spec.

    Args:
        arch: Its ``arch`` in the lock.
    """
    if not isinstance(arch, dict):
        return NO_HOST
    target = arch.get("target", "")
    name = target.get("name", "") if isinstance(target, dict) else target
    return RecipeHost(str(arch.get("platform", "")), str(name))
