"""What takes no longer than its input grows, and what is refused before it takes too much."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest

from specplan.testing.pages import Entry, Page
from tests.limited_runs import Ended, run_limited
from tests.mirrors import dag_hash, node

if TYPE_CHECKING:
    from pathlib import Path


def limited(*arguments: str) -> Ended:
    """Run specplan with little memory and little time of the processor."""
    return run_limited(*arguments, "--no-config")


def entry(name: str, os: str, stack: str) -> Entry:
    return {
        "hash": dag_hash(name),
        "versions": ["1.0"],
        "platform": "linux",
        "os": os,
        "target": "x86_64_v3",
        "compiler": "gcc@=13.2.0",
        "variants": [],
        "size": "1",
        "stacks": [stack],
    }


def page(folder: Path, *, stacks: int, systems: int, names: str) -> str:
    """A page with one spec for each stack, and systems in turns."""
    entries = tuple(entry(str(at), f"os{at % systems}", names.format(at)) for at in range(stacks))
    Page(package="zlib", tag="develop", entries=entries).write(folder)
    return str(folder)


@pytest.mark.parametrize("names", ["s{}", "s-{}"])
def test_stacks_are_compared_with_their_families_and_not_with_each_other(
    tmp_path: Path, names: str
) -> None:
    cache = page(tmp_path, stacks=20_000, systems=1, names=names)
    answer = limited("coverage", "--cache", cache, "--format", "csv", "-o", str(tmp_path / "o"))
    assert answer.code in {0, 1}, answer.err
    assert len((tmp_path / "o").read_text().splitlines()) >= 1


def test_more_than_a_million_cells_are_wrong_usage(tmp_path: Path) -> None:
    cache = page(tmp_path, stacks=1_200, systems=1_200, names="s-{}")
    answer = limited("gaps", "--cache", cache, "--system", "all")
    assert answer.code == 2, answer.err
    assert "limited to 1000000 cells" in answer.err
    assert "--stack" in answer.err
    assert "--system" in answer.err
    assert answer.out == ""
    fewer = limited("gaps", "--cache", cache, "--system", "all", "--stack", "s-7")
    assert fewer.code in {0, 1}, fewer.err


#: A chain of this many specs, each of which links to the next one.
LINKS = 30_000


def lock_of_chain(folder: Path, *, links: int, roots: int) -> str:
    """A lock of specs of which each links to the next one; the first ones are roots."""
    nodes = {}
    for at in range(links):
        below = [f"p{at + 1}"] if at + 1 < links else []
        spec = {**node(f"p{at}", "1.0", *below), "hash": dag_hash(f"p{at}")}
        nodes[spec["hash"]] = spec
    meta = {"file-type": "spack-lockfile", "lockfile-version": 6, "specfile-version": 5}
    of_roots = [{"hash": dag_hash(f"p{at}"), "spec": f"p{at}"} for at in range(roots)]
    lock = folder / "spack.lock"
    lock.write_text(json.dumps({"_meta": meta, "roots": of_roots, "concrete_specs": nodes}))
    return str(lock)


@pytest.fixture(scope="module")
def chain(tmp_path_factory: pytest.TempPathFactory) -> str:
    """The lock of a chain; its first spec is the only root."""
    return lock_of_chain(tmp_path_factory.mktemp("chain"), links=LINKS, roots=1)


@pytest.mark.parametrize(
    "words",
    [
        "gaps --cache none --want LOCK",
        "gaps --cache none --want LOCK --format json",
        "gaps --cache none --want LOCK --format csv",
        "coverage --cache none --want LOCK",
        "rebuild --cache none --want LOCK",
        "rebuild --cache none --want LOCK --format json",
        f"why p{LINKS - 1} --cache none --want LOCK",
        "find @1.0 --cache none --lock LOCK",
        "diff LOCK LOCK",
        "check --cache LOCK",
    ],
)
def test_a_chain_of_links_takes_no_longer_than_its_length(
    tmp_path: Path, chain: str, words: str
) -> None:
    asked = words.replace("LOCK", chain).split()
    answer = limited(*asked, "-o", str(tmp_path / "answer"))
    assert answer.code in {0, 1}, answer.err
    # Steps by the square of the links would be a billion.
    assert (tmp_path / "answer").stat().st_size < 1_000 * LINKS


def test_what_many_roots_lack_takes_no_more_than_there_is(tmp_path: Path) -> None:
    links = 3_000
    lock = lock_of_chain(tmp_path, links=links, roots=links)
    written = tmp_path / "answer.json"
    answer = limited("gaps", "--cache", "none", "--want", lock, "-o", str(written))
    assert answer.code in {0, 1}, answer.err
    # Each root lacks half of the chain: listed one by one, that would be millions of hashes.
    assert written.stat().st_size < 2_000 * links
    roots = json.loads(written.read_text())["roots"]
    by_hash = {root["hash"]: root for root in roots["broken"]}
    first, last = by_hash[dag_hash("p0")], by_hash[dag_hash(f"p{links - 1}")]
    assert (first["lacks_total"], last["lacks_total"]) == (links, 1)
    assert first["lacks"] == sorted(dag_hash(f"p{at}") for at in range(links))[:20]
    assert last["lacks"] == [dag_hash(f"p{links - 1}")]
    assert [root["roots"] for root in roots["lacking"]] == list(range(links, 0, -1))


@pytest.mark.parametrize("tables", ["not-wanted", "known-gap"])
def test_many_names_of_what_is_not_wanted_or_known_take_no_search_each(
    tmp_path: Path, tables: str
) -> None:
    cache = page(tmp_path / "cache", stacks=300, systems=3, names="s-{}")
    key = "package" if tables == "not-wanted" else "want"
    entries = "".join(f'[[{tables}]]\n{key} = "q{at}"\nreason = "r"\n' for at in range(6_000))
    file = tmp_path / "specplan.toml"
    file.write_text(entries)
    option = "--config" if tables == "not-wanted" else "--known-gaps"
    written = str(tmp_path / "answer")
    answer = run_limited("gaps", "--cache", cache, option, str(file), "-o", written)
    assert answer.code in {0, 1}, answer.err[-300:]


#: Entries of which most name what is nowhere: patterns that each begin otherwise, tables of stacks
#: that want one lock each, families, weights, sizes of jobs.
LISTS = {
    "patterns": ("gaps --cache CACHE", '[[not-wanted]]\npackage = "q{0}*"\nreason = "r"\n', 20_000),
    "stacks": (
        "gaps --cache none",
        '[[stack]]\nname = "s{0}"\nwant = "spack.lock"\nfail-under = 1\n',
        1_500,
    ),
    "families": ("gaps --cache CACHE", "[families]\nf{0} = ['s-{0}', 'z{0}*']\n", 20_000),
    "weights": (
        "rebuild --cache none --want LOCK --max-builds 1",
        '[[weight]]\nspec = "q{0}"\nweight = 2\n',
        20_000,
    ),
    "sizes": (
        "export make --cache none --want LOCK",
        '[[export.size]]\npackage = "q{0}"\ncpus = 2\n',
        20_000,
    ),
}


@pytest.mark.parametrize("of", LISTS)
def test_long_lists_of_a_configuration_take_no_longer_than_they_grow(
    tmp_path: Path, of: str
) -> None:
    words, entry_form, number = LISTS[of]
    first, *rest = entry_form.split("\n", 1) if of == "families" else ("", entry_form)
    content = first + "\n" + "".join(rest[0].replace("{0}", str(at)) for at in range(number))
    (tmp_path / "specplan.toml").write_text(content)
    lock = lock_of_chain(tmp_path, links=3, roots=1)
    cache = (
        page(tmp_path / "cache", stacks=300, systems=3, names="s-{}") if "CACHE" in words else ""
    )
    asked = words.replace("LOCK", lock).replace("CACHE", cache).split()
    written = str(tmp_path / "answer")
    answer = run_limited(*asked, "--config", str(tmp_path / "specplan.toml"), "-o", written)
    assert answer.code in {0, 1}, answer.err[-300:]
    # Each entry compared with each other one would take minutes.
    assert answer.seconds < 10


def test_a_configuration_that_is_too_large_names_the_limit_and_what_to_do(tmp_path: Path) -> None:
    file = tmp_path / "specplan.toml"
    file.write_text(
        "".join(f'[[stack]]\nname = "s{at}"\nfail-under = 5\n' for at in range(120_000))
    )
    answer = run_limited("gaps", "--cache", "none", "--config", str(file))
    assert answer.code == 3
    assert "more than the 4194304 bytes (4 MiB)" in answer.err
    assert "one entry with a shell pattern" in answer.err
