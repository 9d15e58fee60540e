"""Hostile inputs end in a clear error, within seconds and bounded memory.

Each runs the command in a process of its own, whose address space and processor time
are limited (``limited.py``): what eats more is killed, and the test fails.
"""

from __future__ import annotations

import gzip
import json
import os
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from specplan.testing import Page
from specplan.testing.pages import Entry
from tests.limited_runs import Ended
from tests.limited_runs import run_limited as run

if TYPE_CHECKING:
    from collections.abc import Callable

pytestmark = pytest.mark.skipif(
    sys.platform != "linux", reason="address space is limited, and capabilities dropped, on Linux"
)

HASH = "36c47octke23tog3tjpjamxsrop4btuz"

ENTRY: Entry = {
    "compiler": "none",
    "hash": HASH,
    "os": "ubuntu24.04",
    "platform": "linux",
    "size": "-",
    "stacks": ["e4s", "root"],
    "target": "x86_64_v3",
    "variants": ["+pic"],
    "versions": ["1.3.1"],
}

SOUND = Page(package="zlib", tag="develop", entries=(ENTRY,)).text()

META, DETAILS = SOUND.splitlines()[4:6]

#: The largest file that is read, and the largest page that is read as YAML.
FILE_BYTES, YAML_BYTES = 64 << 20, 4 << 20


def assert_is_refused(ended: Ended, said: str) -> None:
    assert "Traceback" not in ended.err
    assert "panicked" not in ended.err
    assert (ended.code, ended.out) == (3, "")
    assert said in ended.err
    # What a hostile file holds does not fill the screen, nor reach the terminal raw.
    assert len(ended.err) < 20_000
    assert ended.err.replace("\n", "").isprintable()


def page_with(details: str = DETAILS, meta: str = META, more: str = "") -> str:
    return SOUND.replace(META, meta).replace(DETAILS, details).replace("\n---", f"\n{more}---")


def filled(before: str, middle: str, after: str, length: int) -> str:
    """Repeat what is in the middle until the text is about so long."""
    return before + middle * ((length - len(before) - len(after)) // len(middle)) + after


PAGES: dict[str, tuple[Callable[[], str | bytes], str]] = {
    "a line of 100 MB": (
        lambda: page_with("spec_details: [" + " " * 100_000_000 + "]"),
        "has more than 67108864 bytes",
    ),
    "a page of one byte too many": (
        lambda: filled("", " ", "", FILE_BYTES + 1),
        "has more than 67108864 bytes",
    ),
    "millions of lists for specs": (
        lambda: page_with(filled("spec_details: [", "[],", "[]]", FILE_BYTES - 2000)),
        "spec_details[0]: must be an object, is a list",
    ),
    "millions of lists for a text": (
        lambda: page_with(filled('spec_details: [{"compiler": [', "[],", "[]]}]", FILE_BYTES // 2)),
        "spec_details[0].compiler: must be text, is a list",
    ),
    "JSON that is nested 100,000 deep": (
        lambda: page_with("spec_details: " + "[" * 100_000 + "]" * 100_000),
        "is nested more than 16 deep",
    ),
    "YAML that is nested 100,000 deep": (
        lambda: page_with(more="x: " + "[" * 100_000 + "]" * 100_000 + "\n"),
        "is nested more than 16 deep",
    ),
    "YAML that is nested 2,000 blocks deep": (
        lambda: page_with(more="x:\n" + "".join(" " * n + "-\n" for n in range(1, 2000))),
        "is nested more than 16 deep",
    ),
    "a bomb of aliases": (
        lambda: page_with(
            more="a: &a [x, x]\n"
            + "".join(
                f"{chr(98 + n)}: &{chr(98 + n)} [{', '.join(['*' + chr(97 + n)] * 9)}]\n"
                for n in range(20)
            )
        ),
        "b[0]: aliases are not supported",
    ),
    "millions of lists as YAML": (
        lambda: filled("---\ntitle: zlib\nx: [", "[],", "]\n---", YAML_BYTES),
        "more than the 250000 keys and values",
    ),
    "millions of numbers as YAML": (
        lambda: filled("---\ntitle: zlib\nx: [", "1,", "]\n---", YAML_BYTES),
        "more than the 250000 keys and values",
    ),
    "a million items as YAML": (
        lambda: filled("---\ntitle: zlib\nx:\n", "- a\n", "---", YAML_BYTES),
        "more than the 250000 keys and values",
    ),
    "millions of empty lines": (
        lambda: filled("---\ntitle: zlib\n", "\n", "---", YAML_BYTES),
        "categories: the key is missing",
    ),
    "YAML of one byte too many": (
        lambda: filled("---\ntitle: zlib\n#", "a", "\n---", YAML_BYTES + 1),
        "has more than the 4194304 bytes that specplan reads as YAML",
    ),
    "sexagesimal integers": (
        lambda: page_with(more="x: [" + ("1" + ":59" * 300 + ", ") * 4000 + "1]\n") + "x",
        "truncated",
    ),
    "a sexagesimal fraction": (
        lambda: page_with(more="x: 1" + ":59" * 300 + ".5\n"),
        "int too large to convert to float",
    ),
    "a number of thousands of digits": (
        lambda: page_with(meta=META.replace('"num_specs": 1', '"num_specs": ' + "9" * 5000)),
        "is a plain scalar of more than 1024 characters: quote it",
    ),
    "a number of hundreds of digits": (
        lambda: page_with(meta=META.replace('"num_specs": 1', '"num_specs": ' + "9" * 500)),
        "meta.num_specs: is a number that is too large",
    ),
    "a NUL byte": (lambda: SOUND.replace("layout", "lay\0out"), ":3: holds a NUL byte"),
    "what is not valid UTF-8": (lambda: SOUND.encode() + b"\xff", ":7: is not UTF-8: byte 0xff"),
    "a title that leads elsewhere": (
        lambda: SOUND.replace('"zlib"', '"../../x"'),
        ":2: title: `../../x` is not a package name",
    ),
    "a snapshot that leads elsewhere": (
        lambda: SOUND.replace("develop", "../../x"),
        ":4: categories[1]: `../../x` is not a snapshot name",
    ),
    "a stack that leads elsewhere": (
        lambda: page_with(DETAILS.replace("e4s", "../../x")),
        "stacks: `../../x` is not a stack label",
    ),
    "an os that leads elsewhere": (
        lambda: page_with(DETAILS.replace("ubuntu24.04", "..")),
        "os: `..` is not an operating system",
    ),
    "an escape sequence": (
        lambda: page_with(DETAILS.replace("ubuntu24.04", "\\u001b]0;x\\u0007")),
        "is not an operating system",
    ),
    "a program": (lambda: b"\x7fELF\x02\x01\x01" + bytes(64), "holds a NUL byte"),
    "nothing": (lambda: "", "is empty"),
}


@pytest.mark.parametrize("name", PAGES)
def test_a_hostile_page_is_refused(tmp_path: Path, name: str) -> None:
    make, said = PAGES[name]
    page = make()
    path = tmp_path / "specs.md"
    path.write_bytes(page if isinstance(page, bytes) else page.encode())
    assert_is_refused(run("gaps", "--cache", tmp_path), said)


def test_a_summary_of_millions_of_stacks_does_not_fill_the_screen(tmp_path: Path) -> None:
    """Once, a contradiction repeated all of `meta`: 50 MB on the terminal."""
    stacks = ", ".join(f'"{n}": 1' for n in range(1_000_000))
    meta = META.replace('"num_specs_by_stack": {', '"num_specs_by_stack": {' + stacks + ", ")
    (tmp_path / "specs.md").write_text(page_with(meta=meta), encoding="utf-8")
    ended = run("gaps", "--cache", tmp_path, "--allow-left-out", "no_peer")
    assert ended.code == 0
    assert "and 999" in ended.err
    assert len(ended.err) < 20_000
    assert_is_refused(run("gaps", "--cache", tmp_path, "--strict"), "num_specs_by_stack")


def test_a_summary_cannot_write_to_the_terminal(tmp_path: Path) -> None:
    page = page_with(meta=META.replace('"none"', '"\\u001b[31mred"'))
    (tmp_path / "specs.md").write_text(page, encoding="utf-8")
    for words in (
        ("gaps", "--cache"),
        ("check", "--cache"),
        ("check", "--format", "json", "--cache"),
    ):
        ended = run(*words, tmp_path)
        assert ended.code in {0, 1}
        assert "\x1b" not in ended.err + ended.out


def test_deep_nesting_in_a_key_that_is_not_read_does_no_harm(tmp_path: Path) -> None:
    deep = "[" * 100_000 + "]" * 100_000
    page = page_with(DETAILS.replace('{"compiler"', '{"a": ' + deep + ', "compiler"'))
    (tmp_path / "specs.md").write_text(page, encoding="utf-8")
    # Nothing else says what the only stack should have, which has nothing to do with the key.
    ended = run("gaps", "--cache", tmp_path, "--allow-left-out", "no_peer")
    assert (ended.code, "warning" in ended.err) == (0, False)


def test_a_sparse_file_of_4_gb_is_refused(tmp_path: Path) -> None:
    with (tmp_path / "specs.md").open("wb") as file:
        file.truncate(4 << 30)
    assert_is_refused(run("gaps", "--cache", tmp_path), "has more than 67108864 bytes")


def test_a_pipe_is_no_page_and_is_not_waited_for(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "specs.md")
    assert_is_refused(run("gaps", "--cache", tmp_path), "is not a regular file")


def test_a_link_to_its_own_folder_is_a_loop(tmp_path: Path) -> None:
    (tmp_path / "develop").mkdir()
    (tmp_path / "develop" / "again").symlink_to(tmp_path)
    (tmp_path / "specs.md").write_text(SOUND, encoding="utf-8")
    assert_is_refused(run("gaps", "--cache", tmp_path), "is a link that leads back to")


def test_a_link_to_itself_is_refused(tmp_path: Path) -> None:
    (tmp_path / "specs.md").symlink_to("specs.md")
    assert_is_refused(run("gaps", "--cache", tmp_path), "cannot be read: Too many levels")
    assert_is_refused(run("gaps", "--cache", tmp_path / "specs.md"), "specs.md")


def test_a_link_to_nothing_is_refused(tmp_path: Path) -> None:
    (tmp_path / "specs.md").symlink_to("nowhere")
    assert_is_refused(run("gaps", "--cache", tmp_path), "cannot be read: No such file")


def test_links_that_multiply_are_not_followed_for_ever(tmp_path: Path) -> None:
    """Fourteen folders of eight links each spell 8^14 paths, without any loop."""
    for level in range(14):
        folder = tmp_path / f"d{level:02}"
        folder.mkdir()
        for link in range(8):
            (folder / f"l{link}").symlink_to(f"../d{level + 1:02}")
    (tmp_path / "d14").mkdir()
    (tmp_path / "d14" / "specs.md").write_text(SOUND, encoding="utf-8")
    assert_is_refused(run("gaps", "--cache", tmp_path), "holds more than 50000 links to folders")


def test_a_page_too_deep_is_not_passed_over(tmp_path: Path) -> None:
    folder = tmp_path.joinpath(*["x"] * 70)
    folder.mkdir(parents=True)
    (folder / "specs.md").write_text(SOUND, encoding="utf-8")
    assert_is_refused(run("gaps", "--cache", tmp_path), "more than 64 folders deep")


def test_what_may_not_be_read_is_named(tmp_path: Path) -> None:
    folder = tmp_path / "cache" / "secret"
    folder.mkdir(parents=True)
    page = folder / "specs.md"
    page.write_text(SOUND, encoding="utf-8")
    page.chmod(0)
    assert_is_refused(
        run("gaps", "--cache", folder, unprivileged=True), "cannot be read: Permission denied"
    )
    folder.chmod(0)
    try:
        for place in (tmp_path / "cache", page):
            ended = run("gaps", "--cache", place, unprivileged=True)
            assert_is_refused(ended, "cannot be read: Permission denied")
    finally:
        folder.chmod(0o700)


@pytest.mark.parametrize("name", ["x" * 300, "x/" * 3000, "no-such-folder"])
def test_a_source_that_cannot_be_is_refused(tmp_path: Path, name: str) -> None:
    ended = run("gaps", "--cache", tmp_path / name)
    assert ended.code == 3
    assert "Traceback" not in ended.err


def test_a_folder_whose_name_is_no_utf_8_is_read(tmp_path: Path) -> None:
    folder = os.fsencode(tmp_path) + b"/caf\xe9"
    os.mkdir(folder)  # noqa: PTH102 - the name has no text
    for name, page in ((b"a.md", SOUND), (b"b\xff.md", SOUND.replace('"zlib"', "zlib"))):
        with open(folder + b"/" + name, "wb") as file:  # noqa: PTH123 - likewise
            file.write(page.encode())
    ended = run("check", "--cache", os.fsdecode(folder), "--format", "json")
    assert ended.code == 0
    assert json.loads(ended.out)["files"] == 2


def test_an_empty_folder_is_no_source(tmp_path: Path) -> None:
    assert_is_refused(run("gaps", "--cache", tmp_path), str(tmp_path))


@pytest.fixture
def damaged(tmp_path: Path) -> Path:
    """A tree of 40 pages of which three are damaged."""
    for number in range(40):
        letters = f"{chr(97 + number // 26)}{chr(97 + number % 26)}"
        entry: Entry = {**ENTRY, "hash": letters + HASH[2:]}
        path = Page(package=f"p{number:02}", tag="develop", entries=(entry,)).write(tmp_path)
        if number in {7, 20, 33}:
            path.write_text(path.read_text(encoding="utf-8")[:300], encoding="utf-8")
    return tmp_path


def test_one_damaged_page_is_named_and_the_others_are_counted(damaged: Path) -> None:
    ended = run("gaps", "--cache", damaged)
    assert_is_refused(ended, "/_cache/develop/p07/specs.md: ends before the line `---`")
    assert "(2 more damaged files)" in ended.err
    assert "hint: `--skip-damaged` continues without damaged files" in ended.err


def test_damaged_pages_are_skipped_counted_and_listed(damaged: Path) -> None:
    ended = run("gaps", "--cache", damaged, "--skip-damaged", "--format", "json")
    assert ended.code == 1
    report = json.loads(ended.out)
    assert {each["kind"] for each in report["left_out"]} == {"damaged_file", "no_peer"}
    assert [Path(file["path"]).parent.name for file in report["damaged"]] == ["p07", "p20", "p33"]
    assert "3 damaged files were skipped" in ended.err
    listed = run("check", "--cache", damaged, "--format", "json")
    assert listed.code == 3
    kinds = [finding["kind"] for finding in json.loads(listed.out)["findings"]]
    assert kinds == ["damaged"] * 3


def test_contradictions_are_warnings_and_errors_where_strict(tmp_path: Path) -> None:
    for package in ("a", "b", "c", "d", "e"):
        meta = {"num_specs": 7, **json.loads(META.removeprefix("meta: "))}
        Page(package=package, tag="develop", entries=(ENTRY,), meta={**meta, "num_specs": 7}).write(
            tmp_path / package
        )
    ended = run("coverage", "--cache", tmp_path / "a", "--allow-left-out", "no_peer")
    assert ended.code == 0
    assert "warning: " in ended.err
    assert "meta.num_specs: `meta` says 7, `spec_details` have 1" in ended.err
    strict = run("coverage", "--cache", tmp_path / "a", "--strict")
    assert_is_refused(strict, "meta.num_specs: `meta` says 7, `spec_details` have 1")
    assert run("check", "--cache", tmp_path / "a").code == 1


def bomb(before: bytes, filling: bytes, after: bytes) -> bytes:
    """Pack 1.6 GB into less than 2 MB: gzip files may be put behind each other."""
    block = gzip.compress(filling * ((16 << 20) // len(filling)), mtime=0)
    return gzip.compress(before, mtime=0) + block * 100 + gzip.compress(after, mtime=0)


_INDEX_START = b'{"database":{"version":"8",'

BOMBS: dict[str, tuple[Callable[[], bytes], str]] = {
    "of blanks in an index": (
        lambda: bomb(_INDEX_START + b'"installs":{', b" ", b"}}}"),
        "database.installs: a value has more than 67108864 bytes",
    ),
    "of a value that an index does not need": (
        lambda: bomb(_INDEX_START + b'"x":[', b"[],", b'[]],"installs":{}}}'),
        "database: a value has more than 67108864 bytes",
    ),
    "of a text without an end": (
        lambda: bomb(_INDEX_START + b'"installs":{"', b"a", b'":{}}}}'),
        "database.installs: a value has more than 67108864 bytes",
    ),
    "of blanks in a lock": (
        lambda: bomb(b'{"_meta":{"lockfile-version":6},', b" ", b'"roots":[]}'),
        "has more than 268435456 bytes",
    ),
    "of lists of specs": (
        lambda: bomb(b"[", b"[],", b"[]]"),
        "has more than 268435456 bytes",
    ),
}


@pytest.mark.parametrize("name", BOMBS)
def test_a_bomb_costs_no_memory(tmp_path: Path, name: str) -> None:
    make, said = BOMBS[name]
    path = tmp_path / "index.json.gz"
    path.write_bytes(make())
    assert path.stat().st_size < 2 << 20
    assert_is_refused(run("gaps", "--cache", path), said)


def asking(kind: str, path: Path, lock: Path) -> tuple[str | Path, ...]:
    """The words that read a file in one of its roles."""
    none = ("--cache", "none", "--no-config")
    return {
        "cache": ("check", "--cache", path, "--no-config"),
        "want": ("gaps", "--want", path, *none),
        "costs": ("rebuild", "--want", lock, "--costs", path, *none),
        "changed": ("rebuild", "--want", lock, "--changed-from", path, *none),
        "configuration": ("gaps", "--config", path),
    }[kind]


KINDS = ("cache", "want", "costs", "changed", "configuration")

EXAMPLE_LOCK = Path(__file__).parents[2] / "examples" / "locks" / "radiuss" / "spack.lock"


@pytest.mark.parametrize("kind", KINDS)
def test_a_pipe_is_not_waited_for_wherever_it_is_named(tmp_path: Path, kind: str) -> None:
    path = tmp_path / "pipe"
    os.mkfifo(path)
    assert_is_refused(run(*asking(kind, path, EXAMPLE_LOCK)), f"{path}")


@pytest.mark.parametrize("kind", KINDS)
def test_what_never_ends_is_not_read(tmp_path: Path, kind: str) -> None:
    path = tmp_path / "zeros"
    path.symlink_to("/dev/zero")
    assert_is_refused(run(*asking(kind, path, EXAMPLE_LOCK)), f"{path}")


@pytest.mark.parametrize(
    "words", [("check", "--cache", "-"), ("gaps", "--cache", "none", "--want", "-")]
)
def test_standard_input_that_never_ends_is_read_up_to_its_limit(words: tuple[str, ...]) -> None:
    code = (
        "import sys; from specplan.cli import main; from specplan.sources.limits import Limits; "
        "Limits.__init__.__kwdefaults__.update(index_bytes=1 << 20, file_bytes=1 << 20); "
        "sys.exit(main(sys.argv[1:]))"
    )
    with Path("/dev/zero").open("rb") as zeros:
        ended = subprocess.run(
            [sys.executable, "-c", code, *words, "--no-config"],
            stdin=zeros,
            capture_output=True,
            timeout=60,
            check=False,
        )
    assert ended.returncode == 3
    assert (
        ended.stderr
        == b"error: standard input has more than the 1048576 bytes that specplan reads\n"
    )


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"cache = " + b"[" * 100_000, "is nested too deep"),
        (b"fail-under = " + b"9" * 5000, "digits"),
        (b"#" * (5 << 20), "more than the 4194304 bytes (4 MiB)"),
        (b"\xff", "is not UTF-8"),
        (b"cache = '\0'", "not valid TOML"),
        (b"", "no cache is given"),
    ],
)
def test_a_hostile_configuration_is_refused(tmp_path: Path, content: bytes, said: str) -> None:
    path = tmp_path / "specplan.toml"
    path.write_bytes(content)
    ended = run("gaps", "--config", path)
    if not content:
        assert ended.code == 2
        assert said in ended.err
    else:
        assert_is_refused(ended, said)
        assert str(path) in ended.err


def test_a_duplicate_key_among_a_million_is_found_at_once(tmp_path: Path) -> None:
    """A manifest may have 16 MiB: what is done for each pair of its keys would never end."""
    path = tmp_path / "v3" / "manifests" / "index" / "index.manifest.json"
    path.parent.mkdir(parents=True)
    keys = ", ".join(f'"{number}": 0' for number in range(1_000_000))
    path.write_text(f'{{"version": 3, {keys}, "999999": 0}}', encoding="utf-8")
    assert_is_refused(
        run("find", "x", "--cache", tmp_path, "--no-config"), "gives the key `999999` twice"
    )


def test_an_included_folder_that_may_not_be_looked_into_is_named(tmp_path: Path) -> None:
    folder = tmp_path / "closed"
    folder.mkdir()
    path = tmp_path / "spack.yaml"
    path.write_text("spack: {specs: [zlib], include: [closed]}", encoding="utf-8")
    folder.chmod(0)
    words = ("gaps", "--cache", "none", "--want", path, "--no-config")
    ended = run(*words, unprivileged=True)
    folder.chmod(0o700)
    assert_is_refused(ended, f"cannot read `{folder}`: Permission denied")
