"""Checks the files of a release before they are published.

usage: python tools/check_wheels.py FOLDER VERSION

There must be one wheel for each supported platform and one source distribution, all of the version;
no wheel may exceed the size limit; each must contain the compiled module, all licence texts, the
manual pages and the extension for Spack. The source distribution must contain all that a wheel
built from it takes over.
"""

from __future__ import annotations

import re
import sys
import tarfile
import zipfile
from pathlib import Path
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

#: The platform in the name of a wheel, for each supported platform.
PLATFORMS: Final = {
    "Linux, x86_64, glibc 2.17": r"manylinux_2_17_x86_64\.manylinux2014_x86_64",
    "Linux, aarch64, glibc 2.17": r"manylinux_2_17_aarch64\.manylinux2014_aarch64",
    "Linux, ppc64le, glibc 2.17": r"manylinux_2_17_ppc64le\.manylinux2014_ppc64le",
    "Linux, x86_64, glibc 2.28": r"manylinux_2_28_x86_64",
    "Linux, aarch64, glibc 2.28": r"manylinux_2_28_aarch64",
    "Linux, x86_64, musl": r"musllinux_1_2_x86_64",
    "Linux, aarch64, musl": r"musllinux_1_2_aarch64",
    "macOS": r"macosx_\d+_\d+_x86_64\.macosx_\d+_\d+_arm64\.macosx_\d+_\d+_universal2",
    "Windows": r"win_amd64",
}

#: The size limit of a wheel, in bytes.
MOST_BYTES: Final = 8_000_000

_INSIDE: Final = {
    "the compiled module": r"specplan/_core\.(abi3\.so|pyd)",
    "the types of the compiled module": r"specplan/_core\.pyi",
    "the licences": r"specplan-[^/]+\.dist-info/licenses/LICENSE-(MIT|APACHE)",
    "the texts of what is linked": r"specplan-[^/]+\.dist-info/licenses/LICENSE-THIRD-PARTY\.txt",
    "the manual pages": r"specplan-[^/]+\.data/data/share/man/man1/specplan\.1",
    "the extension for Spack": r"specplan/spack-specplan/specplan/cmd/specplan\.py",
}

_INSIDE_SOURCE: Final = {
    "the licences": r"LICENSE-(MIT|APACHE)",
    "the texts of what is linked": r"LICENSE-THIRD-PARTY\.txt",
    "the manual pages": r"docs/specplan\.data/data/share/man/man1/specplan\.1",
    "the extension for Spack": r"python/specplan/spack-specplan/specplan/cmd/specplan\.py",
}


def faults(folder: Path, version: str) -> list[str]:
    """Return the faults of the files of a release, one sentence each."""
    found = []
    wheels = sorted(folder.glob("*.whl"))
    for platform, pattern in PLATFORMS.items():
        name = re.compile(rf"specplan-{re.escape(version)}-cp310-abi3-{pattern}\.whl")
        count = sum(name.fullmatch(wheel.name) is not None for wheel in wheels)
        if count != 1:
            found.append(f"{count} wheels for {platform}, not one")
    source = folder / f"specplan-{version}.tar.gz"
    if source.is_file():
        with tarfile.open(source) as packed:
            names = [name.partition("/")[2] for name in packed.getnames()]
        found += [f"{source.name}: {fault}" for fault in _lacking(names, _INSIDE_SOURCE)]
    else:
        found.append(f"no source distribution {source.name}")
    expected = len(PLATFORMS) + 1
    there = sum(path.is_file() for path in folder.iterdir())
    if there != expected:
        found.append(f"{there} files, not {expected}")
    for wheel in wheels:
        found += [f"{wheel.name}: {fault}" for fault in _faults_of(wheel)]
    return found


def _faults_of(wheel: Path) -> list[str]:
    size = wheel.stat().st_size
    found = [f"{size} bytes, more than {MOST_BYTES}"] if size > MOST_BYTES else []
    with zipfile.ZipFile(wheel) as packed:
        return found + _lacking(packed.namelist(), _INSIDE)


def _lacking(names: Iterable[str], parts: Mapping[str, str]) -> list[str]:
    """Return each part that no name of a file matches, as a fault."""
    return [
        f"is without {part}"
        for part, pattern in parts.items()
        if not any(re.fullmatch(pattern, name) for name in names)
    ]


def main(words: list[str]) -> int:
    """Print the faults; return the exit code."""
    if len(words) != 2:  # noqa: PLR2004 - the folder and the version
        print(__doc__, file=sys.stderr)
        return 2
    found = faults(Path(words[0]), words[1].removeprefix("v"))
    for fault in found:
        print(f"error: {fault}", file=sys.stderr)
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
