"""No input takes more time or memory than its size allows.

Of a file of n bytes, unpacked, at most 200 MB + 100 n of memory are taken, and of one of a
megabyte at most ten seconds of one core. Each input here has about a megabyte that is laid
out to make something grow faster than that. What the answer is matters less: an answer, or an
error that people can read.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import pytest

from tests import mirrors, samples
from tests.samples import APP

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

pytestmark = pytest.mark.skipif(
    sys.platform != "linux", reason="the memory of a process is told in bytes on Linux"
)

MEGABYTE: Final = 1_000_000

#: What any run may take, and how much more for each byte of its input.
BYTES: Final = 200_000_000
BYTES_EACH: Final = 100

#: How long the processor may work on a megabyte: ten times what is aimed at.
SECONDS: Final = 10

#: What a page, an index and an environment are called where a case has only one.
PAGE, INDEX, ENVIRONMENT = "specs.md", "index.json", "spack.yaml"

GAPS: Final = ("gaps", "--cache", "none", "--no-config", "--want")


@dataclass(frozen=True)
class Hostile:
    """An input, and what is asked of it.

    Attributes:
        files: What each file holds.
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


def long_key(text: str = "spack:\n  specs: [zlib]\n") -> str:
    half = MEGABYTE // 2
    return f"{text}? {'k' * half}\n: [{'a,' * (half // 2)}]\n"


def deep_keys(text: str = "spack:\n  specs: [zlib]\n", levels: int = 50) -> str:
    keys = "".join(f"{' ' * level}{'k' * 1000}:\n" for level in range(levels))
    return f"{text}{keys}{' ' * levels}[{'a,' * 400_000}]\n"


ENVIRONMENTS: Final[dict[str, Callable[[], Hostile]]] = {
    "one long key above many values": lambda: environment(long_key()),
    "long keys inside of each other": lambda: environment(deep_keys()),
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
    "many roots": lambda: environment("spack:\n  specs:\n" + repeated(lambda n: f"  - p{n}\n")),
    "many roots of one name": lambda: environment(
        "spack:\n  specs:\n" + repeated(lambda n: f"  - app@{n}\n")
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
    "a matrix of many rows": lambda: environment(
        "spack:\n  specs:\n  - matrix:\n" + repeated(lambda n: f"    - [+a{n}, ~a{n}]\n")
    ),
    "a matrix of one long row": lambda: environment(
        "spack:\n  specs:\n  - matrix:\n    - ["
        + repeated(lambda n: f"p{n}, ", MEGABYTE // 2)
        + "]\n    exclude: ["
        + repeated(lambda n: f"q{n}, ", MEGABYTE // 2)
        + "]\n"
    ),
    "definitions that double": lambda: environment(
        "spack:\n  definitions:\n  - d0: [app]\n"
        + repeated(lambda n: f"  - d{n + 1}: [$d{n}, $d{n}]\n")
        + "  specs: [$d20]\n"
    ),
    "definitions of one name": lambda: environment(
        "spack:\n  definitions:\n" + repeated(lambda n: f"  - d: [p{n}]\n") + "  specs: [$d]\n"
    ),
    "definitions that lead on and on": lambda: environment(
        "spack:\n  definitions:\n  - d0: [app]\n"
        + repeated(lambda n: f"  - d{n + 1}: [$d{n}]\n")
        + "  specs: [$d20000]\n"
    ),
    "many conditions": lambda: environment(
        "spack:\n  definitions:\n"
        + repeated(lambda n: f"  - d{n}: [app]\n    when: re.match('^x{n}', os) is not None\n")
        + "  specs: [$d0]\n"
    ),
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
    "many packages": lambda: environment(
        "spack:\n  specs: [app]\n  packages:\n"
        + repeated(lambda n: f"    p{n}: {{require: [+x]}}\n")
    ),
    "many requirements": lambda: environment(
        "spack:\n  specs: [app]\n  packages:\n    all:\n      require:\n"
        + repeated(lambda n: f"      - any_of: [+x{n}, '@{n}']\n        when: '%gcc@{n}'\n")
    ),
    "many toolchains": lambda: environment(
        "spack:\n  specs: [app %t1]\n  toolchains:\n"
        + repeated(lambda n: f"    t{n}: [{{spec: '%gcc@{n}', when: '%c'}}]\n")
    ),
    "one toolchain of many parts": lambda: environment(
        "spack:\n  specs: ['app %t', 'b %t']\n  toolchains:\n    t:\n"
        + repeated(lambda n: f"    - {{spec: '%p{n}', when: '+v{n}'}}\n")
    ),
    "many groups": lambda: environment(
        "spack:\n  specs:\n" + repeated(lambda n: f"  - {{group: g{n}, specs: [app]}}\n")
    ),
    "groups that need each other": lambda: environment(
        "spack:\n  specs:\n  - {group: g0, specs: [app]}\n"
        + repeated(lambda n: f"  - {{group: g{n + 1}, needs: [g{n}], specs: [app]}}\n")
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


def entry(number: int, **changes: Any) -> dict[str, Any]:
    made: dict[str, Any] = dict(samples.page()["spec_details"][0])
    letters = "abcdefghijklmnopqrstuvwxyz234567"
    digits = [letters[number >> shift & 31] for shift in (15, 10, 5, 0)]
    made["hash"] = "".join(digits) + APP[4:]
    made |= changes
    return made


def page(entries: list[dict[str, Any]], more: str = "") -> str:
    made = samples.page()
    lines = "".join(f"{key}: {json.dumps(made[key])}\n" for key in ("title", "layout"))
    details = json.dumps(entries)
    return f"---\n{lines}categories: [package, develop]\nspec_details: {details}\n{more}---\n"


def asked(text: str, *words: str) -> Hostile:
    return Hostile({PAGE: text}, (*words, "--cache", f"@/{PAGE}", "--no-config"))


def stacks(count: int) -> list[str]:
    return [f"stack{number}" for number in range(count)]


#: An entry of a page has about so many bytes.
ENTRY: Final = 300

PAGES: Final[dict[str, Callable[[], Hostile]]] = {
    "one long key above many values": lambda: asked(
        page([entry(0)], long_key("")), "gaps", "--stack", "e4s"
    ),
    "long keys inside of each other": lambda: asked(
        page([entry(0)], deep_keys("", 12)), "gaps", "--stack", "e4s"
    ),
    "many stacks": lambda: asked(page([entry(0, stacks=stacks(60_000))]), "gaps"),
    "many stacks on all systems": lambda: asked(
        page([entry(0, stacks=stacks(60_000))]), "coverage", "--system", "all"
    ),
    "many stacks at level hash": lambda: asked(
        page([entry(0, stacks=stacks(60_000))]), "coverage", "--level", "hash"
    ),
    "many stacks that are all peers": lambda: asked(
        page([entry(0, stacks=stacks(60_000))]), "coverage", "--peers", "*"
    ),
    "many stacks, each of two": lambda: asked(
        page([entry(n, stacks=stacks(60_000)[20 * n : 20 * n + 40]) for n in range(1500)]),
        "gaps",
    ),
    "many stacks, each with a system of its own": lambda: asked(
        page([entry(n, stacks=[f"s{n}"], os=f"os{n}") for n in range(MEGABYTE // ENTRY)]),
        "coverage",
        "--system",
        "all",
    ),
    "many systems of one stack": lambda: asked(
        page([entry(n, os=f"os{n}") for n in range(MEGABYTE // ENTRY)]), "gaps"
    ),
    "many systems that may serve each other": lambda: asked(
        page([entry(n, os=f"ubuntu{n}.04") for n in range(MEGABYTE // ENTRY)]),
        "gaps",
        "--compat",
        "os",
    ),
    "many specs of one package": lambda: asked(
        page([entry(n, versions=[str(n)]) for n in range(MEGABYTE // ENTRY)]),
        "gaps",
        "--level",
        "version",
    ),
    "many variants": lambda: asked(
        page([entry(0, variants=[f"+v{n}" for n in range(100_000)])]), "check"
    ),
    "many versions": lambda: asked(
        page([entry(0, versions=[f"1.{n}" for n in range(100_000)])]), "check"
    ),
    "find among many variants": lambda: asked(
        page([entry(n, variants=[f"+v{n}"]) for n in range(MEGABYTE // ENTRY)]),
        "find",
        "app+v7",
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
    "a plan of a chain": lambda: locked(chain(1500), "rebuild", *WANT, "--jobs", "3"),
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
    "check of a chain": lambda: indexed(index_of(chain(1500)), "check", f"@/{INDEX}"),
    "check of layers": lambda: indexed(index_of(layers(600, 12)), "check", f"@/{INDEX}"),
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


def with_lock(relative: str, text: str, *words: str) -> Hostile:
    files = {"spack.lock": json.dumps(samples.lock(6)), relative: text}
    return Hostile(files, ("rebuild", *WANT, *words, f"@/{relative}", "--no-config"))


def configured(text: str) -> Hostile:
    lock = json.dumps(samples.lock(6))
    return Hostile(
        {"specplan.toml": text, "spack.lock": lock, INDEX: json.dumps(samples.database(8))},
        ("gaps", "--config", "@/specplan.toml"),
    )


def snapshots(tags: str) -> Hostile:
    files = {"map.json": tags, "x": json.dumps(samples.database(8))}
    return Hostile(files, ("check", "@/map.json", "--no-config"))


INDEX_STACK: Final = 'cache = ["e4s=index.json"]\nwant = ["e4s=spack.lock"]\n'

OTHERS: Final[dict[str, Callable[[], Hostile]]] = {
    "a map whose snapshot has a long name": lambda: snapshots(
        '{"a":[{"label":"root","url":"x"}],"'
        + "t" * (MEGABYTE // 2)
        + '":['
        + ",".join(['{"label":"root","url":"x"}'] * (MEGABYTE // 54))
        + "]}"
    ),
    "a map of many snapshots": lambda: snapshots(
        "{" + repeated(lambda n: f'"t{n}":[{{"label":"root","url":"x"}}],') + '"a":[]}'
    ),
    "a map of many stacks": lambda: snapshots(
        '{"a":[' + repeated(lambda n: f'{{"label":"s{n}","url":"x"}},')[:-1] + "]}"
    ),
    "an index of one long key": lambda: indexed(
        '{"'
        + "k" * (MEGABYTE // 2)
        + '":['
        + "1," * (MEGABYTE // 4)
        + '1],"database":{"version":"8","installs":{}}}',
        "check",
        f"@/{INDEX}",
    ),
    "an index of many variants": lambda: indexed(
        index_of(
            [
                {
                    **mirrors.node("a"),
                    "hash": mirrors.dag_hash("a"),
                    "parameters": {f"v{n}": True for n in range(70_000)},
                }
            ]
        ),
        "check",
        f"@/{INDEX}",
    ),
    "an index of many keys that are not read": lambda: indexed(
        '{"database":{"version":"8","installs":{}},'
        + repeated(lambda n: f'"k{n}":{n},')
        + '"z":0}',
        "check",
        f"@/{INDEX}",
    ),
    "a table of many costs": lambda: with_lock(
        "costs.csv", "spec,seconds\n" + repeated(lambda n: f"p{n}@1+x,{n}\n"), "--costs"
    ),
    "costs of many specs": lambda: with_lock(
        "costs.json", "{" + repeated(lambda n: f'"p{n}@1+x":{n},') + '"app":1}', "--costs"
    ),
    "many broken specs": lambda: with_lock(
        "broken.txt", repeated(lambda n: f"p{n}@1+x\n"), "--exclude-broken"
    ),
    "many broken specs of one package": lambda: with_lock(
        "broken.txt", repeated(lambda n: f"app@{n + 5}\n"), "--exclude-broken"
    ),
    "many changed specs": lambda: with_lock(
        "changed.txt", repeated(lambda n: f"app@:{n + 5}\n"), "--changed-from"
    ),
    "one changed spec in a long line": lambda: with_lock(
        "changed.txt", "app" + repeated(lambda n: f"+v{n}"), "--changed-from"
    ),
    "a configuration of many keys": lambda: configured(
        INDEX_STACK + repeated(lambda n: f"k{n} = 1\n")
    ),
    "a configuration of many families": lambda: configured(
        INDEX_STACK + "[families]\n" + repeated(lambda n: f'f{n} = ["s{n}*"]\n')
    ),
    "a configuration of many rules": lambda: configured(
        INDEX_STACK + repeated(lambda n: f'[[not-wanted]]\npackage = "p{n}*"\nreason = "x"\n')
    ),
    "a configuration of many weights": lambda: configured(
        INDEX_STACK + repeated(lambda n: f'[[weight]]\nspec = "p{n}"\nweight = 2\n')
    ),
    "a configuration of a costly pattern": lambda: configured(
        INDEX_STACK + f'stack = ["{"*a" * (MEGABYTE // 2)}b"]\n'
    ),
    "a configuration of tables inside of each other": lambda: configured(
        INDEX_STACK + "[a" + ".a" * (MEGABYTE // 2) + "]\nx = 1\n"
    ),
}


def cases() -> Iterable[Any]:
    kinds = {"environment": ENVIRONMENTS, "page": PAGES, "graph": GRAPHS, "other": OTHERS}
    for kind, made in kinds.items():
        for name, make in made.items():
            yield pytest.param(make, id=f"{kind}: {name}")


@dataclass(frozen=True)
class Ended:
    """How a run ended, and what it took."""

    code: int
    err: str
    seconds: float
    peak: int


def run(folder: Path, words: tuple[str, ...]) -> Ended:
    limited = [sys.executable, str(Path(__file__).with_name("limited.py"))]
    placed = [word.replace("@/", f"{folder}/") for word in words]
    said = folder / "stderr"
    with said.open("wb") as err, (folder / "stdout").open("wb") as out:
        process = subprocess.Popen([*limited, *placed], stdout=out, stderr=err)
        _, status, usage = os.wait4(process.pid, 0)
        process.returncode = os.waitstatus_to_exitcode(status)
    return Ended(
        process.returncode,
        said.read_text(encoding="utf-8", errors="replace"),
        usage.ru_utime + usage.ru_stime,
        usage.ru_maxrss * 1024,
    )


@pytest.mark.parametrize("make", cases())
def test_no_megabyte_takes_long_or_much(tmp_path: Path, make: Callable[[], Hostile]) -> None:
    hostile = make()
    for relative, text in hostile.files.items():
        (tmp_path / relative).write_text(text, encoding="utf-8")
    ended = run(tmp_path, hostile.asked)
    assert ended.code in {0, 1, 2, 3}, ended.err[-2000:]
    assert "Traceback" not in ended.err
    # What is refused fits on a screen or two.
    assert len(ended.err) < 20_000
    assert ended.seconds < SECONDS
    assert ended.peak < BYTES + BYTES_EACH * hostile.size
