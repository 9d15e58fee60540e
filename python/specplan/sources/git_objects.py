"""The objects of a checkout, read by one process of git."""

from __future__ import annotations

import subprocess
import weakref
from contextlib import suppress
from typing import TYPE_CHECKING, Final

from specplan.errors import SourceError
from specplan.records import dataclass
from specplan.sources.git import cannot_run, git_bytes, git_command, git_environment

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from typing import IO

__all__ = ["GitObject", "Objects"]

#: The size of a request: a pipe buffers this much without a reader.
_AT_ONCE: Final = 4096

#: The number of bytes skipped at once.
_PASSED: Final = 1 << 20

_KINDS: Final = frozenset({b"blob", b"tree", b"commit", b"tag"})


@dataclass(frozen=True, slots=True)
class GitObject:
    """An object of git.

    Attributes:
        name: Its name, in hexadecimal digits.
        is_file: Whether it is the content of a file.
        content: The content; None if it exceeds the limit.
    """

    name: str
    is_file: bool
    content: bytes | None


class Objects:
    """The objects of a checkout.

    Starting git takes longer than most answers, so the process lives as long as this object.

    Args:
        checkout: A folder of the checkout.
    """

    __slots__ = ("__weakref__", "_checkout", "_process")

    def __init__(self, checkout: str) -> None:
        self._checkout = checkout
        self._process: subprocess.Popen[bytes] | None = None

    def read(self, names: Sequence[str], most: int) -> list[GitObject | None]:
        """Return objects; None for each that does not exist.

        Args:
            names: Their names, such as ``COMMIT:PATH``, without line breaks.
            most: The size limit for an object.

        Raises:
            SourceError: If git cannot be run, or fails.
        """
        found: list[GitObject | None] = []
        for block in _blocks([f"{each}\n".encode("utf-8", "surrogateescape") for each in names]):
            answer = self._answer(block, most)
            if len(answer) < len(block):
                self._process = None
                # Run it again for its error message.
                git_bytes(self._checkout, "cat-file", "--batch", given=b"".join(block))
                raise SourceError(f"`{self._checkout}`: git stopped", path=self._checkout)
            found += answer
        return found

    def _answer(self, block: Sequence[bytes], most: int) -> list[GitObject | None]:
        """Return the objects of some lines; fewer if git stopped."""
        process = self._started()
        questions, answers = process.stdin, process.stdout
        found: list[GitObject | None] = []
        if questions is None or answers is None:
            return found
        with suppress(OSError):
            questions.write(b"".join(block))
            questions.flush()
            for _ in block:
                line = answers.readline()
                if not line.endswith(b"\n"):
                    break
                name, _, rest = line[:-1].partition(b" ")
                kind, _, size = rest.partition(b" ")
                if kind not in _KINDS or not size.isdigit():
                    found.append(None)
                    continue
                content = _content(answers, int(size), most)
                if answers.read(1) != b"\n":
                    break
                found.append(GitObject(name.decode("ascii"), kind == b"blob", content))
        return found

    def _started(self) -> subprocess.Popen[bytes]:
        if self._process is None:
            try:
                self._process = subprocess.Popen(  # noqa: S603 - fixed words
                    git_command(self._checkout, "cat-file", "--batch"),
                    stdin=subprocess.PIPE,
                    stdout=subprocess.PIPE,
                    stderr=subprocess.DEVNULL,
                    env=git_environment(),
                )
            except (OSError, ValueError) as error:
                raise cannot_run(error, self._checkout) from error
            weakref.finalize(self, _end, self._process)
        return self._process


def _blocks(lines: Sequence[bytes]) -> Iterator[list[bytes]]:
    block: list[bytes] = []
    size = 0
    for line in lines:
        if block and size + len(line) > _AT_ONCE:
            yield block
            block, size = [], 0
        block.append(line)
        size += len(line)
    if block:
        yield block


def _content(answers: IO[bytes], size: int, most: int) -> bytes | None:
    """Return the following content; None where it is longer than the limit and skipped."""
    if size <= most:
        return answers.read(size)
    while size > 0 and (passed := len(answers.read(min(size, _PASSED)))):
        size -= passed
    return None


def _end(process: subprocess.Popen[bytes]) -> None:
    for pipe in (process.stdin, process.stdout):
        if pipe is not None:
            with suppress(OSError):
                pipe.close()
    process.wait()
