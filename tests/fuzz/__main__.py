"""Looks for inputs that specplan does not take as it promises: ``python -m tests.fuzz``.

Every case has files, one of them damaged, and is asked by all commands that read such a
file. Nothing but an answer or a documented error may come out, in little time and memory,
the same each time. A worker that does not come back, or is killed, is a finding as well.
"""

from __future__ import annotations

import argparse
import contextlib
import json
import os
import re
import resource
import signal
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from tests.fuzz.asking import Asking, ComplaintError, strictly
from tests.fuzz.cases import Case, Cases

if TYPE_CHECKING:
    from collections.abc import Iterator

#: The limit on CPU time for a case, with all its questions.
_SECONDS: Final = 40

#: The limits of a case, and the addition for each byte of its files.
_BYTES: Final = 200_000_000
_BYTES_EACH: Final = 100

#: The limit on address space of a worker, whose threads reserve more than they use.
_ADDRESS_SPACE: Final = 4_000_000_000


def main() -> int:
    """Run the workers until the time is over, and report what they found."""
    options = _options()
    if options.worker is not None:
        return _work(options)
    found = Path(options.found)
    found.mkdir(parents=True, exist_ok=True)
    if options.replay is not None:
        return _replay([Path(each) for each in options.replay])
    if options.checksum is not None:
        return _checksum(options)
    deadline = time.monotonic() + options.seconds
    counts = {"cases": 0, "answers": 0}
    kinds: dict[str, Path] = {}
    workers = [_Worker(number, options, found) for number in range(options.workers)]
    try:
        while time.monotonic() < deadline and any(not each.is_done for each in workers):
            time.sleep(0.2)
            for worker in workers:
                worker.look(kinds)
    finally:
        for worker in workers:
            worker.stop(kinds)
            for name, count in worker.counts.items():
                counts[name] += count
    print(f"seed {options.seed}: {counts['cases']} cases, {counts['answers']} answers")
    for kind, path in kinds.items():
        print(f"found: {kind}\n  {path}")
    print(f"{len(kinds)} findings" if kinds else "no findings")
    return 1 if kinds else 0


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m tests.fuzz", description=__doc__)
    parser.add_argument("--seconds", type=float, default=180)
    parser.add_argument("--seed", type=int, default=int(time.time()))
    parser.add_argument("--workers", type=int, default=os.cpu_count() or 1)
    parser.add_argument("--found", default="target/fuzz/answers", help="where findings are kept")
    parser.add_argument("--replay", nargs="*", help="findings to ask once more")
    parser.add_argument("--cases", type=int, help="end after so many cases for each worker")
    parser.add_argument("--checksum", metavar="FOLDER", help="ask so many cases in this folder")
    parser.add_argument("--worker", type=int, help=argparse.SUPPRESS)
    parser.add_argument("--first", type=int, default=0, help=argparse.SUPPRESS)
    parser.add_argument("--notes", help=argparse.SUPPRESS)
    return parser.parse_args()


class _Worker:
    """A process that asks every so-manieth case, and is started again when it dies."""

    def __init__(self, number: int, options: argparse.Namespace, found: Path) -> None:
        self._number = number
        self._options = options
        self._found = found
        self._notes = Path(tempfile.mkstemp(prefix=f"fuzz-{number}-")[1])
        self._read = 0
        self._now = number
        self.is_done = False
        self.counts = {"cases": 0, "answers": 0}
        self._process = self._started(number)

    def _started(self, first: int) -> subprocess.Popen[bytes]:
        words = ["--worker", str(self._number), "--workers", str(self._options.workers)]
        words += ["--seed", str(self._options.seed), "--first", str(first)]
        words += ["--notes", str(self._notes), "--found", str(self._found)]
        if self._options.cases is not None:
            words += ["--cases", str(self._options.cases)]
        # Answers must not depend on how Python orders sets, so each worker orders them its way.
        environment = {
            **os.environ,
            "PYTHONHASHSEED": str(self._number + 1),
            "RAYON_NUM_THREADS": "2",
            "MALLOC_ARENA_MAX": "2",
        }
        command = [sys.executable, "-m", "tests.fuzz", *words]
        return subprocess.Popen(command, env=environment, stdin=subprocess.DEVNULL)

    def look(self, kinds: dict[str, Path]) -> None:
        """Take what the worker noted, and start it again if it died."""
        ended = self._process.poll()
        self._take(kinds)
        if ended is None or self.is_done:
            return
        if ended == 0:
            self.is_done = True
            return
        case = Cases(self._options.seed).case(self._now)
        reason = "runs out of time" if ended == -signal.SIGXCPU else f"dies ({ended})"
        kind = f"{reason}: {case.name.partition(' ')[2]}"
        if kind not in kinds:
            kinds[kind] = _keep(self._found, case, kind, [], "")
        self._now += self._options.workers
        self._process = self._started(self._now)

    def _take(self, kinds: dict[str, Path]) -> None:
        with self._notes.open(encoding="utf-8") as notes:
            notes.seek(self._read)
            for line in notes:
                if not line.endswith("\n"):
                    break
                self._read += len(line.encode())
                note: dict[str, Any] = json.loads(line)
                if "now" in note:
                    self._now = note["now"]
                elif "kind" in note:
                    kinds.setdefault(note["kind"], Path(note["path"]))
                else:
                    self.counts["cases"] += 1
                    self.counts["answers"] += note["answers"]

    def stop(self, kinds: dict[str, Path]) -> None:
        """End the worker."""
        if self._process.poll() is None:
            self._process.kill()
            self._process.wait()
        self._take(kinds)
        self._notes.unlink()


def _work(options: argparse.Namespace) -> int:
    """Ask cases until the end, noting what is being asked before it is."""
    strictly()
    _limit_space()
    cases = Cases(options.seed)
    last = options.first + options.cases * options.workers if options.cases is not None else None
    with (
        Path(options.notes).open("a", encoding="utf-8") as notes,
        tempfile.TemporaryDirectory(prefix=f"fuzz-{options.worker}-") as folder,
    ):
        asking = Asking(Path(folder).resolve() / "case")
        found = Path(options.found).resolve()
        seen: set[str] = set()
        number = options.first
        while last is None or number < last:
            _note(notes, {"now": number})
            case = cases.case(number)
            asking.answers = 0
            for complaint in _asked_within_limits(asking, case):
                if complaint.kind not in seen:
                    seen.add(complaint.kind)
                    path = _keep(found, case, complaint.kind, complaint.words, complaint.detail)
                    _note(notes, {"kind": complaint.kind, "path": str(path)})
            _note(notes, {"answers": asking.answers})
            number += options.workers
        os.chdir("/")
    return 0


def _checksum(options: argparse.Namespace) -> int:
    """Ask the first cases of a seed, and print one checksum of all answers."""
    strictly()
    _limit_space()
    cases = Cases(options.seed)
    asking = Asking(Path(options.checksum).resolve() / "case")
    code = 0
    for number in range(options.cases or 100):
        for complaint in _asked_within_limits(asking, cases.case(number)):
            print(f"case {number}: {complaint.kind}\n{complaint.words}\n{complaint.detail}")
            code = 1
    os.chdir("/")
    print(f"{asking.answers} answers, {asking.checksum}")
    return code


def _note(notes: Any, note: dict[str, Any]) -> None:
    notes.write(json.dumps(note) + "\n")
    notes.flush()


def _asked_within_limits(asking: Asking, case: Case) -> Iterator[ComplaintError]:
    """Ask a case with little time and memory, and yield what is wrong.

    Too much time ends the process, as nothing else stops compiled code.
    """
    used = resource.getrusage(resource.RUSAGE_SELF)
    spent = int(used.ru_utime + used.ru_stime) + 1
    _, hardest = resource.getrlimit(resource.RLIMIT_CPU)
    resource.setrlimit(resource.RLIMIT_CPU, (spent + _SECONDS, hardest))
    before = _forget_peak()
    yield from asking.ask(case)
    peak = _peak()
    most = _BYTES + _BYTES_EACH * case.size
    if peak - before > most:
        yield ComplaintError("takes too much memory", [], f"{peak - before} bytes, at most {most}")


def _limit_space() -> None:
    resource.setrlimit(resource.RLIMIT_AS, (_ADDRESS_SPACE, _ADDRESS_SPACE))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))


def _forget_peak() -> int:
    """Let the peak of memory begin anew where the system can, and return where it stands."""
    with contextlib.suppress(OSError):
        Path("/proc/self/clear_refs").write_text("5", encoding="ascii")
    return _peak()


def _peak() -> int:
    try:
        status = Path("/proc/self/status").read_text(encoding="ascii")
    except OSError:
        return 0
    found = re.search(r"VmHWM:\s+(\d+) kB", status)
    return int(found[1]) * 1024 if found else 0


def _keep(folder: Path, case: Case, kind: str, words: list[str], detail: str) -> Path:
    """Write a finding, from which it can be asked again, and return where."""
    name = re.sub(r"[^A-Za-z0-9]+", "-", kind).strip("-")[:80]
    path = folder / f"{name}.json"
    path.write_text(case.to_json(), encoding="utf-8")
    told = f"{case.name}\n{kind}\n{' '.join(map(repr, words))}\n\n{detail}\n"
    path.with_suffix(".txt").write_text(told, encoding="utf-8", errors="backslashreplace")
    return path


def _replay(paths: list[Path]) -> int:
    """Ask findings once more, and show what is wrong with each."""
    strictly()
    _limit_space()
    code = 0
    home = Path.cwd()
    texts = [(path, path.read_text(encoding="utf-8")) for path in paths]
    with tempfile.TemporaryDirectory(prefix="fuzz-") as folder:
        for path, text in texts:
            asking = Asking(Path(folder).resolve() / "case")
            complaints = list(_asked_within_limits(asking, Case.from_json(text)))
            print(f"{path}: {len(complaints) or 'no'} findings")
            for complaint in complaints:
                print(f"{complaint.kind}\n{complaint.words}\n{complaint.detail}")
                code = 1
        os.chdir(home)
    return code


if __name__ == "__main__":
    sys.exit(main())
