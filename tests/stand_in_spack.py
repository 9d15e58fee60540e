"""A `spack` that obeys the rules of builds and builds nothing, for what runs exported plans.

It knows what each spec needs from the mirror, fails when that is not there, takes only the
arguments that a plan holds with, and records when each build began and ended.
"""

from __future__ import annotations

import os
import shutil
import stat
import subprocess
from dataclasses import dataclass
from typing import TYPE_CHECKING

from tests.mirrors import Mirror

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from pathlib import Path

__all__ = ["StandIn", "Work"]

_PROGRAM = r"""#!/bin/sh
# usage: spack [-e ENV] COMMAND...
here=$(dirname "$0")
[ "$1" != -e ] || shift 2
all="$*"
eval "last=\${$#}"
hash=${last#/}
case $all in
  "arch --operating-system") echo "${STAND_IN_OS:-ubuntu24.04}";;
  "location --repo builtin") echo "${STAND_IN_RECIPES:-/nowhere}";;
  "mirror list")
    echo "other [sb] file:///nowhere"; echo "buildcache-destination [sb] file://$here/mirror";;
  "find --format {hash}") ls "$here/fetched";;
  "install --only-concrete --use-buildcache=package:never,dependencies:only --no-check-signature "*)
    left=$(cat "$here/faults-$hash" 2>/dev/null || echo 0)
    if [ "$left" -gt 0 ]; then
      echo $((left - 1)) > "$here/faults-$hash"
      echo "fault $hash" >> "$here/record"; exit 1
    fi
    for need in $(sed -n "s/^$hash //p" "$here/needs"); do
      [ ! -e "$here/mirror/$need" ] || : > "$here/fetched/$need"
    done
    case $all in *" --only=dependencies "*)
      echo "fetch $hash" >> "$here/record"; exit 0;;
    esac
    echo "start $hash" >> "$here/record"
    for need in $(sed -n "s/^$hash //p" "$here/needs"); do
      [ -e "$here/mirror/$need" ] || {
        echo "no binary of $need"; echo "end $hash" >> "$here/record"; exit 1
      }
    done
    sleep "${STAND_IN_SLEEP:-0}"
    if grep -qsx "$hash" "$here/endless"; then sleep 600; fi
    ! grep -qx "$hash" "$here/broken" || { echo "end $hash" >> "$here/record"; exit 1; }
    : > "$here/installed-$hash"
    echo "end $hash" >> "$here/record";;
  "buildcache push --unsigned --only=package buildcache-destination /"*)
    [ -e "$here/installed-$hash" ] || exit 1
    if [ -e "$here/fault" ]; then rm "$here/fault"; exit 1; fi
    name=$(sed -n "s/^$hash //p" "$here/names")
    place=v3/manifests/spec/$name
    mkdir -p "$here/mirror/$place"
    cp "$here/ready/$place/$name-1.0-$hash.spec.manifest.json" "$here/mirror/$place"
    : > "$here/mirror/$hash"
    echo "push $hash" >> "$here/record";;
  "buildcache update-index buildcache-destination")
    echo "index $(ls "$here/mirror" | grep -c '^.\{32\}$')" >> "$here/record";;
  *) echo "stand-in: not known: $all" | tee -a "$here/record"; exit 64;;
esac
"""


_HAS = r"""#!/bin/sh
# usage: specplan has --no-config FOLDER [NAME@VERSION/]HASH...
[ "$1 $2" = "has --no-config" ] || exit 64
folder=$3 code=0
shift 3
for asked do
  if find "$folder" -name "*-${asked##*/}.spec.manifest.json" | grep -q .; then
    echo "$asked is there"
  else
    echo "$asked is not there"; code=1
  fi
done
exit $code
"""


@dataclass(frozen=True)
class StandIn:
    """Such a `spack` in a folder of its own.

    Attributes:
        folder: The folder, which also holds the mirror.
    """

    folder: Path

    @classmethod
    def made(
        cls, folder: Path, needs: Mapping[str, Iterable[str]], names: Mapping[str, str]
    ) -> StandIn:
        """Make one.

        Args:
            folder: The folder.
            needs: The needs of each spec from the mirror, by hash.
            names: The name of each.
        """
        folder.mkdir(parents=True)
        program = folder / "spack"
        program.write_text(_PROGRAM, encoding="utf-8")
        program.chmod(program.stat().st_mode | stat.S_IXUSR)
        lines = "".join(f"{each} {' '.join(own)}\n" for each, own in needs.items())
        (folder / "needs").write_text(lines, encoding="utf-8")
        lines = "".join(f"{each} {name}\n" for each, name in names.items())
        (folder / "names").write_text(lines, encoding="utf-8")
        (folder / "mirror").mkdir()
        (folder / "fetched").mkdir()
        (folder / "bin").mkdir()
        asked = folder / "bin" / "specplan"
        asked.write_text(_HAS, encoding="utf-8")
        asked.chmod(program.stat().st_mode)
        ready = Mirror(folder / "ready")
        for each in names.values():
            ready.binary(each)
        made = cls(folder)
        made.breaks()
        return made

    def breaks(self, *hashes: str) -> None:
        """Let the builds of some specs fail, and no others."""
        text = "".join(f"{each}\n" for each in hashes)
        (self.folder / "broken").write_text(text, encoding="utf-8")

    def fails_to_fetch(self, dag_hash: str, times: int) -> None:
        """Make fetching the dependencies of a spec fail a number of times."""
        (self.folder / f"faults-{dag_hash}").write_text(f"{times}\n", encoding="utf-8")

    def hangs(self, dag_hash: str) -> None:
        """Let the build of a spec not end by itself."""
        (self.folder / "endless").write_text(f"{dag_hash}\n", encoding="utf-8")

    def fails_to_push_once(self) -> None:
        """Let the next push fail."""
        (self.folder / "fault").touch()

    def pushed(self) -> set[str]:
        """What is in the mirror."""
        return {each.name for each in (self.folder / "mirror").iterdir() if each.is_file()}

    def wipe(self) -> None:
        """Empty the mirror."""
        shutil.rmtree(self.folder / "mirror")
        (self.folder / "mirror").mkdir()

    def has_begun(self, dag_hash: str) -> bool:
        """Return whether the build of a spec is recorded."""
        record = self.folder / "record"
        return record.exists() and dag_hash in record.read_text(encoding="utf-8")

    def work(self) -> Work:
        """What was done, which is forgotten."""
        record = self.folder / "record"
        lines = record.read_text(encoding="utf-8").splitlines() if record.exists() else []
        record.unlink(missing_ok=True)
        return Work([line.split(" ", 1) for line in lines])

    def environment(self, *, asks: bool = False, **more: str) -> dict[str, str]:
        """The environment in which exports find it.

        Args:
            asks: Whether there is a `specplan` too; it knows no more than whether a mirror has
                something, and that at once.
            more: More variables.
        """
        own = [str(self.folder / "bin")] if asks else []
        path = os.pathsep.join((*own, "/usr/bin", "/bin", "/usr/sbin"))
        return {
            "PATH": path,
            "SPACK": str(self.folder / "spack"),
            "SPECPLAN_RETRY_DELAY": "0",
            **more,
        }

    def run(self, *words: str, **more: str) -> subprocess.CompletedProcess[str]:
        """Run a program with it, in the folder beside."""
        return subprocess.run(
            words,
            cwd=self.folder.parent,
            env={**self.environment(), **more},
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            check=False,
        )


@dataclass(frozen=True)
class Work:
    """What the stand-in did, line by line."""

    lines: list[list[str]]

    def of(self, what: str) -> list[str]:
        """The specs of which this was recorded, in order."""
        return [rest for kind, rest in self.lines if kind == what]

    @property
    def built(self) -> list[str]:
        """What was begun, in order."""
        return self.of("start")

    @property
    def strange(self) -> list[str]:
        """Commands that no plan holds with."""
        return [" ".join(line) for line in self.lines if line[0] == "stand-in:"]

    @property
    def overlap(self) -> int:
        """How many builds ran at once at most."""
        now = most = 0
        for kind, _ in self.lines:
            now += {"start": 1, "end": -1}.get(kind, 0)
            most = max(most, now)
        return most

    def is_ordered(self, needs: Mapping[str, Iterable[str]]) -> bool:
        """Whether no build began before what it needs was pushed."""
        pushed: set[str] = set()
        for kind, rest in self.lines:
            if kind == "push":
                pushed.add(rest)
            if kind == "start" and not set(needs[rest]) <= pushed:
                return False
        return True
