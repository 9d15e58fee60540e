"""No input takes more time or memory than its size allows.

Of a file of n bytes, unpacked, at most 200 MB + 100 n of memory are taken, and of one of a
megabyte at most ten seconds of one core. Each input here has about a megabyte that is laid
out to make something grow faster than that. What the answer is matters less: an answer, or an
error that people can read.
"""

from __future__ import annotations

import json
import sys
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Final

import pytest

from tests import mirrors
from tests.limited_runs import run_limited

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable
    from pathlib import Path

pytestmark = pytest.mark.skipif(
    sys.platform != "linux", reason="the memory of a process is told in bytes on Linux"
)

MEGABYTE: Final = 1_000_000

#: The limits of any run, and the addition for each byte of its input.
BYTES: Final = 200_000_000
BYTES_EACH: Final = 100

#: The limit on CPU time per megabyte: ten times the aim.
SECONDS: Final = 10

#: The names of an index and an environment if a case has only one.
INDEX, ENVIRONMENT = "index.json", "spack.yaml"

GAPS: Final = ("gaps", "--cache", "none", "--no-config", "--want")


@dataclass(frozen=True)
class Hostile:
    """An input, and what is asked of it.

    Attributes:
        files: The content of each file.
        asked: The command line; ``@`` stands for the folder.
    """

    files: dict[str, str]
    asked: tuple[str, ...]
    size: int = field(init=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "size", sum(len(each.encode()) for each in self.files.values()))


def repeated(one: Callable[[int], str], size: int = MEGABYTE) -> str:
    """As many pieces, each made for its number, as have a size together."""
    pieces: list[str] = []
    length = number = 0
    while length < size:
        pieces.append(one(number))
        length += len(pieces[-1])
        number += 1
    return "".join(pieces)


def environment(text: str, *more: str) -> Hostile:
    words = (*GAPS, f"@/{ENVIRONMENT}", "--system", "rhel8/zen2", *more)
    return Hostile({ENVIRONMENT: text}, words)


ENVIRONMENTS: Final[dict[str, Callable[[], Hostile]]] = {
    "many merged mappings of nothing": lambda: environment(
        "spack: {specs: [zlib]}\ne: &e {}\nbig: {"
        + repeated(lambda n: f"k{n}: 1, ", MEGABYTE // 2)
        + "<<: ["
        + "*e, " * (MEGABYTE // 8)
        + "*e]}\n"
    ),
    "mappings that each merge the one before": lambda: environment(
        "spack: {specs: [zlib]}\nk0: &e0 {a: 1}\n"
        + repeated(lambda n: f"k{n + 1}: &e{n + 1} {{<<: *e{n}, a{n}: 1}}\n")
    ),
    "a list that is named again and again": lambda: environment(
        f"spack: {{specs: [zlib]}}\na: &a [{'x,' * 1000}]\nb: [{'*a, ' * 400}]\n"
        + repeated(lambda n: f"c{n}: *a\n", 5000)
    ),
    "many roots that are refused": lambda: environment(
        "spack:\n  specs:\n" + repeated(lambda n: f"  - app@@{n}\n")
    ),
    "one root of many variants": lambda: environment(
        "spack:\n  specs:\n  - app" + repeated(lambda n: f"+v{n}") + "\n"
    ),
    "one root of many dependencies": lambda: environment(
        "spack:\n  specs:\n  - app" + repeated(lambda n: f" ^d{n}") + "\n"
    ),
    "one root of many compilers": lambda: environment(
        "spack:\n  specs:\n  - app" + repeated(lambda n: f" %d{n}") + "\n"
    ),
    "one root of many versions": lambda: environment(
        "spack:\n  specs:\n  - app@" + repeated(lambda n: f"{n * 2}:{n * 2 + 1},") + "\n"
    ),
    "one root of many targets": lambda: environment(
        "spack:\n  specs:\n  - app target=" + repeated(lambda n: f"t{n},") + "zen2\n"
    ),
    "one long root": lambda: environment(f"spack:\n  specs: [{'a' * MEGABYTE}]\n"),
    "one long condition": lambda: environment(
        "spack:\n  specs: [app]\n  definitions:\n  - d: [app]\n    when: "
        + "os == 'x' or " * (MEGABYTE // 14)
        + "True\n"
    ),
    "one deep condition": lambda: environment(
        'spack:\n  specs: [app]\n  definitions:\n  - d: [app]\n    when: "'
        + "(" * (MEGABYTE // 2)
        + ")" * (MEGABYTE // 2)
        + '"\n'
    ),
    "many includes": lambda: environment(
        "spack:\n  specs: [app]\n  include:\n"
        + repeated(lambda n: f"  - {{path: absent{n}.yaml, optional: true}}\n")
    ),
    "many comments": lambda: environment("spack: {specs: [app]}\n" + "# x\n" * (MEGABYTE // 4)),
    "one text of many lines": lambda: environment(
        "spack:\n  specs: [app]\nx: |\n" + "  x\n" * (MEGABYTE // 4)
    ),
}


def linked(count: int, needs: Callable[[int], Iterable[int]]) -> list[dict[str, Any]]:
    """Specs of which each links to others, by number."""
    nodes: list[dict[str, Any]] = []
    for number in range(count):
        node = mirrors.node(f"p{number}", "1.0", *(f"p{other}" for other in needs(number)))
        node["hash"] = mirrors.dag_hash(f"p{number}")
        nodes.append(node)
    return nodes


def index_of(nodes: list[dict[str, Any]], *, binary: bool = True) -> str:
    installs = {
        node["hash"]: {"spec": node, "ref_count": 0, "in_buildcache": binary} for node in nodes
    }
    return json.dumps({"database": {"version": "8", "installs": installs}})


def lock_of(nodes: list[dict[str, Any]]) -> str:
    return json.dumps(
        {
            "_meta": {"file-type": "spack-lockfile", "lockfile-version": 6, "specfile-version": 5},
            "roots": [{"hash": nodes[0]["hash"], "spec": nodes[0]["name"]}],
            "concrete_specs": {node["hash"]: node for node in nodes},
        }
    )


def chain(count: int) -> list[dict[str, Any]]:
    return linked(count, lambda n: [n + 1] if n + 1 < count else [])


def fan(count: int) -> list[dict[str, Any]]:
    return linked(count, lambda n: range(1, count) if n == 0 else [])


def layers(count: int, width: int) -> list[dict[str, Any]]:
    def needs(number: int) -> Iterable[int]:
        start = (number // width + 1) * width
        return range(start, min(start + width, count))

    return linked(count, needs)


def indexed(text: str, *words: str) -> Hostile:
    return Hostile({INDEX: text}, (*words, "--no-config"))


def locked(nodes: list[dict[str, Any]], *words: str) -> Hostile:
    return Hostile({"spack.lock": lock_of(nodes)}, (*words, "--no-config"))


WANT: Final = ("--cache", "none", "--want", "@/spack.lock")

GRAPHS: Final[dict[str, Callable[[], Hostile]]] = {
    "gaps of a chain": lambda: locked(chain(1500), "gaps", *WANT),
    "gaps of all of a chain": lambda: locked(chain(1500), "gaps", *WANT, "--scope", "all"),
    "reasons in a chain": lambda: locked(
        chain(1500), "rebuild", *WANT, "--show", "chains", "--format", "json"
    ),
    "why at the end of a chain": lambda: locked(chain(1500), "why", "p1400", *WANT),
    "gaps of a fan": lambda: locked(fan(1500), "gaps", *WANT),
    "a plan of a fan": lambda: locked(fan(1500), "rebuild", *WANT, "--jobs", "3"),
    "gaps of layers": lambda: locked(layers(600, 12), "gaps", *WANT),
    "reasons in layers": lambda: locked(
        layers(600, 12), "rebuild", *WANT, "--show", "chains", "--format", "json"
    ),
    "why at the end of layers": lambda: locked(layers(600, 12), "why", "p590", *WANT),
    "check of a chain": lambda: indexed(index_of(chain(1500)), "check", "--cache", f"@/{INDEX}"),
    "check of layers": lambda: indexed(index_of(layers(600, 12)), "check", "--cache", f"@/{INDEX}"),
    "find below a chain": lambda: indexed(
        index_of(chain(1500)), "find", "p0 ^p1400", "--cache", f"@/{INDEX}"
    ),
    "find by many dependencies": lambda: indexed(
        index_of(layers(600, 12)),
        "find",
        "p0" + "".join(f" ^p{n}" for n in range(1, 300)),
        "--cache",
        f"@/{INDEX}",
    ),
}


ANY: Final = frozenset({0, 1, 2, 3})

#: The inputs by what they are, and how what is asked of them may end.
KINDS: Final = {
    "environment": (ENVIRONMENTS, ANY),
    "graph": (GRAPHS, frozenset({0, 1})),
}


def cases() -> Iterable[Any]:
    for kind, (made, codes) in KINDS.items():
        for name, make in made.items():
            yield pytest.param(make, codes, id=f"{kind}: {name}")


@pytest.mark.parametrize(("make", "codes"), list(cases()))
def test_no_megabyte_takes_long_or_much(
    tmp_path: Path, make: Callable[[], Hostile], codes: frozenset[int]
) -> None:
    hostile = make()
    for relative, text in hostile.files.items():
        (tmp_path / relative).write_text(text, encoding="utf-8")
    ended = run_limited(*(word.replace("@/", f"{tmp_path}/") for word in hostile.asked))
    assert ended.code in codes, ended.err[-2000:]
    assert "Traceback" not in ended.err
    # What is refused fits on a screen or two.
    assert len(ended.err) < 20_000
    assert ended.seconds < SECONDS
    assert ended.peak < BYTES + BYTES_EACH * hostile.size
