"""Every command and every example of the README and of ``docs/`` does what they say.

A block marked ``console`` holds commands after ``$`` and what they print, both streams
as a terminal shows them; a line ``...`` stands for any lines. They run one after the
other in a copy of ``examples/``, as do the commands of a ``yaml`` block. A block
marked ``sh`` is for the root of a checkout: what it says is checked, it is not run. A
block marked ``python`` is a doctest, run in ``examples/``.

``UPDATE_SNAPSHOTS=1 pytest tests/cli/test_documents.py`` writes what the commands print
into the documents; the lines that are left out stay left out.
"""

from __future__ import annotations

import doctest
import gzip
import json
import os
import re
import shutil
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import pytest
import yaml

from specplan.config import load
from tests.command_lines import run_line

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator

ROOT = Path(__file__).parents[2]
DOCUMENTS = (ROOT / "README.md", *sorted((ROOT / "docs").glob("*.md")))

DEMO = "make demo"
TEST = "make test"

#: What a `sh` block may hold; whoever writes another command sees to it that it works.
AT_THE_ROOT = {
    DEMO,
    TEST,
    ". .venv/bin/activate && cd examples",
    "make bench",
    ".venv/bin/python -m benches.pages --specs 60000 --packages 5000",
    ".venv/bin/python -m benches.plans --specs 1000000",
}

BLOCK = re.compile(r"^```(\w+)\n(.*?)^```$", re.MULTILINE | re.DOTALL)


@dataclass(frozen=True)
class Block:
    """One fenced block of a document."""

    document: Path
    line: int
    language: str
    text: str

    def __str__(self) -> str:
        return f"{self.document.relative_to(ROOT).as_posix()}:{self.line}"


@dataclass(frozen=True)
class Command:
    """One command of a `console` block and the lines that follow it there."""

    line: str
    shown: list[str]


def blocks(*languages: str) -> list[Block]:
    found = []
    for document in DOCUMENTS:
        text = document.read_text(encoding="utf-8")
        for match in BLOCK.finditer(text):
            line = text.count("\n", 0, match.start()) + 1
            if match[1] in languages:
                found.append(Block(document, line, match[1], match[2]))
    return found


def commands(block: Block) -> Iterator[Command]:
    lines: list[str] = []
    for line in block.text.splitlines():
        if line.startswith("$ "):
            if lines:
                yield Command(lines[0], lines[1:])
            lines = [line.removeprefix("$ ")]
        else:
            assert lines, f"{block}: a `console` block begins with a command after `$ `"
            lines.append(line)
    yield Command(lines[0], lines[1:])


def state(folder: Path, *, without: Collection[str] = ()) -> list[tuple[str, int, int]]:
    """What is in a folder, so far as a change of it shows."""
    found = []
    for parent, folders, files in os.walk(folder):
        folders[:] = [name for name in folders if name not in without]
        for path in (parent, *(os.path.join(parent, name) for name in files)):  # noqa: PTH118 - many
            status = os.lstat(path)
            found.append((path, status.st_mtime_ns, status.st_size))
    return found


class Copies:
    """Copies of ``examples/``: another only after a test that wrote into the last.

    The pages of the cache are most of the files, and are looked at once: nothing writes there.
    """

    #: The folder of the pages.
    PAGES: Final = "_cache"

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.count = 0
        self.last: Path | None = None
        self.before: list[tuple[str, int, int]] = []
        self.pages: list[tuple[str, int, int]] = []

    def clean(self) -> Path:
        if self.last is None or self.is_written(self.last):
            self.count += 1
            place = self.folder / str(self.count) / "examples"
            self.last = Path(shutil.copytree(ROOT / "examples", place))
            self.before = state(self.last, without={self.PAGES})
            self.pages = state(self.last / "cache" / self.PAGES)
        return self.last

    def is_written(self, folder: Path) -> bool:
        return state(folder, without={self.PAGES}) != self.before

    def assert_same_pages(self) -> None:
        assert self.last is None or state(self.last / "cache" / self.PAGES) == self.pages


@pytest.fixture(scope="module")
def copies(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Copies]:
    copies = Copies(tmp_path_factory.mktemp("documents"))
    yield copies
    copies.assert_same_pages()


@pytest.fixture
def examples(copies: Copies) -> Path:
    """A copy of ``examples/``, so that a command may write files."""
    return copies.clean()


def run(command: str, folder: Path) -> tuple[int, str]:
    return run_line(command, folder, CI_SUMMARY="summary.md")


def matches(shown: list[str], printed: list[str]) -> bool:
    """Whether what a document shows is what was printed; ``...`` stands for any lines."""
    parts = "\n".join(re.escape(line) for line in shown).split(re.escape("..."))
    if len(parts) == 1:
        return shown == printed
    return re.fullmatch(".*".join(parts), "\n".join(printed), re.DOTALL) is not None


def cut(shown: list[str], printed: list[str]) -> list[str]:
    """What was printed, with as many lines before and after ``...`` as the document shows."""
    if "..." not in shown:
        return printed
    first, last = shown.index("..."), len(shown) - shown[::-1].index("...") - 1
    tail = len(shown) - last - 1
    if len(printed) <= first + tail:
        return printed
    return [*printed[:first], "...", *printed[len(printed) - tail :]]


@pytest.mark.parametrize("block", blocks("console"), ids=str)
def test_commands_print_what_is_shown(block: Block, examples: Path) -> None:
    shown = []
    for command in commands(block):
        code, text = run(command.line, examples)
        printed = text.splitlines()
        assert code == 0, f"{command.line}\n{text}"
        # What is true already stays as it is, wherever lines are left out.
        is_shown = matches(command.shown, printed)
        shown += [
            f"$ {command.line}",
            *(command.shown if is_shown else cut(command.shown, printed)),
        ]
        if not os.environ.get("UPDATE_SNAPSHOTS"):
            assert is_shown, f"{block}: $ {command.line}\n{text}"
    if os.environ.get("UPDATE_SNAPSHOTS"):
        text = block.document.read_text(encoding="utf-8")
        new = "".join(f"{line}\n" for line in shown)
        block.document.write_text(text.replace(block.text, new, 1), encoding="utf-8")


@pytest.mark.parametrize(
    "document", sorted({block.document for block in blocks("python")}), ids=lambda path: path.name
)
def test_python_examples_hold(
    document: Path, examples: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(examples)
    found = [block for block in blocks("python") if block.document == document]
    names: dict[str, Any] = {}  # what one block defines, the next ones know
    said: list[str] = []
    for block in found:
        parser = doctest.DocTestParser()
        example = parser.get_doctest(block.text, names, str(block), str(document), block.line)
        assert example.examples, f"{block} has no example"
        runner = doctest.DocTestRunner(optionflags=doctest.ELLIPSIS | doctest.NORMALIZE_WHITESPACE)
        runner.run(example, out=said.append, clear_globs=False)
        names = example.globs
    assert not said, "".join(said)


@pytest.mark.parametrize("block", blocks("toml"), ids=str)
def test_configurations_are_taken(block: Block, tmp_path: Path) -> None:
    path = tmp_path / "specplan.toml"
    path.write_text(block.text, encoding="utf-8")
    load(path)


def lines_of_workflow(value: object) -> Iterator[str]:
    """The commands of specplan in a workflow of GitHub or GitLab."""
    if isinstance(value, dict):
        for each in value.values():
            yield from lines_of_workflow(each)
    elif isinstance(value, list):
        for each in value:
            yield from lines_of_workflow(each)
    elif isinstance(value, str) and value.startswith("specplan "):
        yield from value.splitlines()


#: What shows the action and the component is held to them by the tests of their scripts.
WORKFLOWS = [block for block in blocks("yaml") if "specplan@" not in block.text]


@pytest.mark.parametrize("block", WORKFLOWS, ids=str)
def test_workflows_run(block: Block, examples: Path) -> None:
    found = list(lines_of_workflow(yaml.safe_load(block.text)))
    assert found
    for line in found:
        code, text = run(line.replace("$GITHUB_STEP_SUMMARY", "$CI_SUMMARY"), examples)
        # A gate may fail on the examples; the command itself must be right.
        assert code in {0, 1}, f"{line}\n{text}"
        assert "error: " not in text
    written = [*examples.glob("*.md")]
    assert written or all("specplan export " in line for line in found)
    assert all(path.read_text(encoding="utf-8").startswith("### ") for path in written)


def test_the_readme_has_the_commands_to_try_and_to_test() -> None:
    lines = [
        line
        for block in blocks("sh")
        if block.document == ROOT / "README.md"
        for line in block.text.splitlines()
    ]
    assert [line for line in lines if line in {DEMO, TEST}] == [DEMO, TEST]


def test_commands_for_a_checkout_are_known() -> None:
    found = {line for block in blocks("sh") for line in block.text.splitlines()}
    # Tests of recipes and reviews make a checkout of a package repository of their own.
    of_recipes = ("specplan recipes ", "specplan review ")
    elsewhere = {line for line in found if line.startswith(of_recipes)}
    assert found - elsewhere <= AT_THE_ROOT


def test_every_block_is_checked() -> None:
    # A drawing is looked at, JSON is a piece of what a command prints; the site lists its pages.
    known = {
        "console",
        "json",
        "mermaid",
        "python",
        "sh",
        "sql",
        "text",
        "toml",
        "yaml",
        "{toctree}",
        "{eval-rst}",
        "{image}",
    }
    for document in DOCUMENTS:
        fences = re.findall(r"^```(.*)$", document.read_text(encoding="utf-8"), re.MULTILINE)
        assert {each.partition(" ")[0] for each in fences[::2]} <= known, document
        assert set(fences[1::2]) <= {""}, document


def test_links_lead_somewhere() -> None:
    for document in (*DOCUMENTS, ROOT / "CONTRIBUTING.md", ROOT / "tests" / "README.md"):
        text = BLOCK.sub("", document.read_text(encoding="utf-8"))
        targets = re.findall(r"\]\(([^)#\s]+)(?:#[^)]*)?\)", text)
        targets += re.findall(r'(?:src|href)="([^"#]+)"', text)
        for target in targets:
            if "://" not in target:
                assert (document.parent / target).exists(), f"{document}: {target}"


def test_files_that_documents_name_exist() -> None:
    name = re.compile(r"`((?:rust|python|tests|docs|examples|benches)/[\w./-]+)`")
    for document in (*DOCUMENTS, ROOT / "CONTRIBUTING.md", ROOT / "tests" / "README.md"):
        for path in name.findall(document.read_text(encoding="utf-8")):
            assert (ROOT / path).exists(), f"{document}: {path}"


def test_the_pictures_are_what_their_script_draws(tmp_path: Path) -> None:
    script = ROOT / "docs" / "pictures.py"
    if os.environ.get("UPDATE_SNAPSHOTS"):
        subprocess.run([sys.executable, str(script)], check=True)
    subprocess.run([sys.executable, str(script), str(tmp_path)], check=True)
    drawn = {path.name: path.read_bytes() for path in tmp_path.iterdir()}
    assert drawn
    assert drawn == {path.name: path.read_bytes() for path in (ROOT / "docs").glob("*.svg")}


def test_the_reference_is_what_the_table_of_settings_says(tmp_path: Path) -> None:
    script = ROOT / "docs" / "reference.py"
    if os.environ.get("UPDATE_SNAPSHOTS"):
        subprocess.run([sys.executable, str(script)], check=True)
    subprocess.run([sys.executable, str(script), str(tmp_path)], check=True)
    written = {path.name: path.read_text(encoding="utf-8") for path in tmp_path.iterdir()}
    assert set(written) == {"commands.md", "configuration.md"}
    for name, text in written.items():
        assert text == (ROOT / "docs" / name).read_text(encoding="utf-8"), name


def test_the_words_of_completion_are_what_the_table_of_settings_says(tmp_path: Path) -> None:
    script = ROOT / "docs" / "words.py"
    kept = ROOT / "python" / "specplan" / "cli" / "words.txt"
    if os.environ.get("UPDATE_SNAPSHOTS"):
        subprocess.run([sys.executable, str(script)], check=True)
    subprocess.run([sys.executable, str(script), str(tmp_path / "words")], check=True)
    assert (tmp_path / "words").read_text(encoding="utf-8") == kept.read_text(encoding="utf-8")


def test_the_manual_pages_are_what_the_table_of_settings_gives(tmp_path: Path) -> None:
    script = ROOT / "docs" / "manual.py"
    kept = ROOT / "docs" / "specplan.data" / "data" / "share" / "man" / "man1"
    if os.environ.get("UPDATE_SNAPSHOTS"):
        subprocess.run([sys.executable, script, kept], check=True)
    subprocess.run([sys.executable, script, tmp_path], check=True)
    written = {each.name: each.read_text(encoding="utf-8") for each in tmp_path.iterdir()}
    assert written == {each.name: each.read_text(encoding="utf-8") for each in kept.iterdir()}
    difference = written["specplan-diff.1"]
    assert "[OPTIONS] OLD [NEW]" in difference
    # Arguments are described as options are, and nothing empty is between two parts.
    assert ".SH ARGUMENTS\n.TP\n\\fBOLD\\fR\nThe older state" in difference
    assert not [name for name, text in written.items() if ".PP\n.SH" in text]


def test_the_speed_in_the_readme_was_measured() -> None:
    tables = [block for block in blocks("text") if "times specplan" in block.text]
    measured = (ROOT / "benches" / "RESULTS.md").read_text(encoding="utf-8")
    assert tables
    for table in tables:
        for line in table.text.splitlines():
            assert line in measured


def properties(schema: Any, place: str = "") -> Iterator[str]:
    """The key paths of a schema, such as `gaps[].nearest.hash`."""
    for name, inner in schema.get("properties", {}).items():
        path = f"{place}.{name}" if place else name
        yield path
        yield from properties(inner, path)
    if "items" in schema:
        yield from properties(schema["items"], f"{place}[]")


ORACLE = ROOT / "tests" / "data" / "oracle"
SCHEMAS = sorted((ROOT / "python" / "specplan" / "schemas").glob("*.json"))


@pytest.mark.parametrize("path", SCHEMAS, ids=lambda path: path.name)
def test_every_field_of_a_document_is_described(path: Path) -> None:
    text = (ROOT / "docs" / "json.md").read_text(encoding="utf-8")
    schema = json.loads(path.read_text(encoding="utf-8"))
    chapters = re.split(r"^## ", text, flags=re.MULTILINE)
    kind = schema["properties"]["schema"]["const"]
    (chapter,) = (each for each in chapters if each.startswith(f"`{kind}`"))
    described = re.findall(r"^\| `([^`]+)` \|", chapter, re.MULTILINE)
    assert described == list(properties(schema))


def test_the_answers_of_spack_are_as_many_as_the_page_on_trust_says() -> None:
    def of(name: str) -> Any:
        return json.loads(gzip.decompress((ORACLE / f"{name}.json.gz").read_bytes()))

    specs, versions = of("abstract-specs"), of("versions")
    queries = [of("satisfies-new"), of("satisfies-old")]
    text = (ROOT / "docs" / "trust.md").read_text(encoding="utf-8")
    chapter = text.partition("compares with answers that Spack itself gave")[2]
    said = [int(number) for number in re.findall(r"^\| .* \| (\d+) \|$", chapter, re.MULTILINE)]
    assert said == [
        len(specs["texts"]),
        sum(len(each["texts"]) for each in specs["toolchains"]),
        len(specs["pairs"]),
        sum(len(each["queries"]) for each in queries),
        sum(len(each["syntax_errors"]) for each in queries),
        len(versions["order"]) + len(versions["satisfies"]),
        len(of("generated-environments")["environments"]),
        len([*ORACLE.glob("spack-ci-*")]),
    ]


def test_troubleshooting_lists_messages_that_specplan_has() -> None:
    page = (ROOT / "docs" / "troubleshooting.md").read_text(encoding="utf-8")
    headings = [line for line in page.splitlines() if line.startswith("## ") and "`" in line]
    messages = [text for line in headings for text in re.findall(r"`([^`]+)`", line)]
    parts = {part.strip() for text in messages for part in text.split("...")} - {""}
    sources = [*(ROOT / "python").rglob("*.py"), *(ROOT / "rust").rglob("*.rs")]
    said = "\n".join(path.read_text(encoding="utf-8") for path in sources)
    # A message that is put together stands in an example of the page, which is run.
    said += "".join(body for kind, body in BLOCK.findall(page) if kind == "console")
    assert len(parts) > 10
    assert {part for part in parts if part not in said} == set()
