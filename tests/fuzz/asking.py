"""Asks all that a case asks, in this process, and says what is wrong with an answer."""

from __future__ import annotations

import contextlib
import hashlib
import io
import json
import os
import re
import shutil
import sys
import traceback
import warnings
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Final

import specplan
from specplan import AbstractSpec, SpecplanError
from specplan.cli import main

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from tests.fuzz.cases import Case

__all__ = ["Asking", "ComplaintError", "strictly"]

#: The commands in the log of a CI job.
_OBEYED: Final = re.compile(r"^\s*::[a-z-]+[^\n]*::|##\[", re.MULTILINE)

#: The exit code of a bug in specplan itself.
_FAULT: Final = 70

#: A dependency without a name, as in ``^@12``, one with the virtual packages that it provides, as
#: in ``%c,cxx=gcc``, and a name that stands twice. A spec called like one of these packages, or
#: another dependency on the same package, takes its place in Spack.
_REPLACED: Final = re.compile(
    r"(?:[%^]|\] )(?:[@+~-]|[\w*,.-]+=)|\bvirtuals=|(?:^|[%^]|\] )([\w.-]+)\b.*(?:[%^]|\] )\1\b"
)

#: Spack does not hold these to satisfy themselves: what propagates may be contradicted.
_PROPAGATING: Final = ("++", "~~", "--", "==")


class ComplaintError(Exception):
    """What is wrong with how a question ended.

    Attributes:
        kind: The same for faults that are probably the same.
        words: The command line.
        detail: The details for people.
    """

    def __init__(self, kind: str, words: list[str], detail: str) -> None:
        super().__init__(kind)
        self.kind = kind
        self.words = words
        self.detail = detail


class Asking:
    """Asks cases, one after the other, each in the same folder made anew.

    Args:
        folder: The folder of the files of a case while it runs.
    """

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._checksum = hashlib.sha256()
        self.answers = 0

    @property
    def checksum(self) -> str:
        """A checksum of all answers so far."""
        return self._checksum.hexdigest()

    def ask(self, case: Case) -> Iterator[ComplaintError]:
        """Ask all that a case asks, and yield what is wrong with the answers."""
        shutil.rmtree(self._folder, ignore_errors=True)
        (self._folder / "in").mkdir(parents=True)
        case.write(self._folder)
        os.chdir(self._folder / "in")
        pairs = zip(case.specs, [*case.specs[1:], *case.specs[:1]], strict=True)
        questions: list[Callable[[], str]] = [
            *(
                partial(self._command, words, number == 0)
                for number, words in enumerate(case.asked)
            ),
            *(partial(self._compare, left, right) for left, right in pairs),
            partial(self._from_python, case),
        ]
        for question in questions:
            yield from self._answered(question)

    def _answered(self, question: Callable[[], str]) -> Iterator[ComplaintError]:
        try:
            answer = question()
        except ComplaintError as complaint:
            yield complaint
        else:
            self._checksum.update(answer.encode("utf-8", "surrogatepass"))

    def _command(self, words: list[str], is_asked_twice: bool) -> str:  # noqa: FBT001 - see above
        placed = [word.replace("@/", f"{self._folder}/") for word in words]
        ended = self._run(placed)
        self._hold(placed, *ended)
        if is_asked_twice and _untimed(self._run(placed)) != _untimed(ended):
            raise ComplaintError("another answer to the same question", words, ended[1])
        return repr(_untimed(ended))

    def _run(self, words: list[str]) -> tuple[int, str, str]:
        self.answers += 1
        streams = [io.TextIOWrapper(io.BytesIO(), encoding="utf-8", newline="") for _ in "ab"]
        with contextlib.redirect_stdout(streams[0]), contextlib.redirect_stderr(streams[1]):
            try:
                code = main(words)
            except BaseException as error:
                raise ComplaintError(_place(error), words, traceback.format_exc()) from error
            for each in streams:
                each.flush()
        out, err = (each.buffer.getvalue() for each in streams)
        try:
            return code, out.decode(), err.decode()
        except UnicodeDecodeError as error:
            raise ComplaintError("writes what is not UTF-8", words, repr((out, err))) from error

    def _hold(self, words: list[str], code: int, out: str, err: str) -> None:
        """Hold an answer against what every answer must be."""
        if code == _FAULT or "Traceback" in err:
            again = self._debugged(words)
            raise ComplaintError(_last_place(again), words, again)
        kind = _odd_ending(words, code, out, err) or _odd_text(words, code, out, err)
        if kind is not None:
            detail = f"exit code {code}\n{err[-4000:]}\n{out[:4000]}"
            raise ComplaintError(kind, words, detail)

    def _debugged(self, words: list[str]) -> str:
        """Return the traceback of a bug in specplan itself."""
        streams = [io.TextIOWrapper(io.BytesIO(), encoding="utf-8", newline="") for _ in "ab"]
        with contextlib.redirect_stdout(streams[0]), contextlib.redirect_stderr(streams[1]):
            main([words[0], "--debug", *words[1:]])
            streams[1].flush()
        raw: bytes = streams[1].buffer.getvalue()
        return raw.decode("utf-8", "replace")

    def _compare(self, left: str, right: str) -> str:
        """Parse two abstract specs, and hold them against each other."""
        try:
            return _compared(left, right)
        except SpecplanError as error:
            return str(error)
        except ComplaintError:
            raise
        except BaseException as error:
            raise ComplaintError(_place(error), [left, right], traceback.format_exc()) from error

    def _from_python(self, case: Case) -> str:
        """Ask the same as a program does, and write the answers in every form."""
        answers = list(self._forms(case))
        self.answers += len(answers)
        return "".join(answers)

    def _forms(self, case: Case) -> Iterator[str]:
        words = case.asked[0]
        if "--config" in words or (words[0] != "check" and "--want" not in words):
            return
        place = words[1] if words[0] == "check" else words[words.index("--want") + 1]
        place = place.replace("@/", f"{self._folder}/").removeprefix("e4s=")
        try:
            if words[0] == "check":
                catalog = specplan.load(place)
                yield repr([(spec.hash, spec.version) for spec in catalog.select(package="*")])
                for report in (catalog.check(), catalog.gaps()):
                    yield report.to_text() + report.to_csv() + report.to_markdown()
                    yield report.to_json()
            else:
                catalog = specplan.load(f"e4s={self._folder / 'cache.json'}")
                gaps = catalog.gaps(want=place, system="rhel8/zen2")
                plan = catalog.rebuild(want=place, system="rhel8/zen2", jobs=2, time_limit=1)
                for each in (gaps, plan):
                    yield each.to_text() + each.to_csv() + each.to_markdown() + each.to_json()
        except SpecplanError as error:
            yield str(error)
        except BaseException as error:
            raise ComplaintError(
                _place(error), ["python", place], traceback.format_exc()
            ) from error


def _untimed(ended: tuple[int, str, str]) -> tuple[int, str, str]:
    """Return how a command ended without the seconds that `--verbose` shows."""
    code, out, err = ended
    return code, out, re.sub(r" in \d+\.\d\d s$", " in a while", err, flags=re.MULTILINE)


def _compared(left: str, right: str) -> str:
    specs = [AbstractSpec(left), AbstractSpec(right)]
    words = [left, right]
    for spec in specs:
        printed = str(spec)
        if AbstractSpec(printed) != spec or str(AbstractSpec(printed)) != printed:
            raise ComplaintError("is printed as another spec", words, printed)
        is_contradicted = any(mark in printed for mark in _PROPAGATING) or (
            _REPLACED.search(printed) is not None
        )
        # No target is in `zen2:zen`, so that nothing satisfies it, in Spack as well.
        is_empty = spec.intersects(spec) is False
        if spec.satisfies(spec) is False and not is_contradicted and not is_empty:
            raise ComplaintError("does not satisfy itself", words, printed)
    one, other = specs
    if one.intersects(other) != other.intersects(one):
        raise ComplaintError("intersects one way only", words, "")
    return f"{one.satisfies(other)} {one.intersects(other)} {one.constrain(other)}"


def _odd_ending(words: list[str], code: int, out: str, err: str) -> str | None:
    """Return what is odd about how a command ended, if anything is."""
    if code not in {0, 1, 2, 3}:
        return f"exit code {code}"
    # `check` lists damaged files, which is its answer.
    is_listed = words[0] == "check" and code == 3 and bool(out)
    if code >= 2 and not is_listed and (out or not err):
        return "an error with a report, or without a word"
    if code == 1 and not out + err:
        return "fails without a word"
    return None


def _odd_text(words: list[str], code: int, out: str, err: str) -> str | None:
    """Return what is odd about what a command wrote, if anything is."""
    shown = re.sub(r"[\r\n\t]", "", out + err)
    if not shown.isprintable() and "--color" not in words:
        odd = sorted({hex(ord(each)) for each in shown if not each.isprintable()})
        return f"writes what a terminal obeys: {odd[:4]}"
    form = words[words.index("--format") + 1] if "--format" in words else ""
    is_json = form == "json" and code < 2
    # Annotations are written for a runner that obeys them.
    is_for_programs = is_json or form == "github" or "--line" in words
    for text in (err, "" if is_for_programs else out):
        if _OBEYED.search(text):
            return "writes what the log of a CI job obeys"
    is_left_out = "--quiet-if-same" in words and not out
    if is_json and not is_left_out:
        try:
            json.loads(out, parse_constant=_refuse)
        except ValueError:
            return "writes what is not JSON"
    return None


def _refuse(constant: str) -> None:
    raise ValueError(constant)


def _place(error: BaseException) -> str:
    """Return where an error came from, so that the same fault is reported once."""
    frames = traceback.extract_tb(error.__traceback__)
    inside = [each for each in frames if "specplan" in each.filename]
    last = (inside or list(frames))[-1]
    return f"{type(error).__name__} at {Path(last.filename).name}:{last.lineno} {last.name}"


def _last_place(told: str) -> str:
    """Return the same for a traceback that was printed."""
    frames = re.findall(r'File "([^"]*specplan[^"]*)", line (\d+), in (\S+)', told)
    kind = told.strip().splitlines()[-1].partition(":")[0] if told.strip() else "nothing said"
    return (
        f"{kind} at {Path(frames[-1][0]).name}:{frames[-1][1]} {frames[-1][2]}" if frames else kind
    )


def strictly() -> None:
    """Let warnings be errors, also where nobody could catch them, and refuse the network."""
    warnings.simplefilter("error")
    sys.addaudithook(_refuse_network)


def _refuse_network(event: str, arguments: tuple[object, ...]) -> None:
    if event == "socket.getaddrinfo":
        raise OSError("no name is looked up here")
    if event == "socket.connect" and isinstance(arguments[1], tuple):
        raise ConnectionRefusedError("nothing is connected to here")
