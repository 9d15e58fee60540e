"""The hint of an error works: who follows it gets on."""

from __future__ import annotations

import os
import re
import shlex
import shutil
import subprocess
import tarfile
import zipfile
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from specplan.sources.absent import looks_like_a_file
from tests.servers import serving
from tests.small_caches import index, lock

if TYPE_CHECKING:
    from tests.cli.conftest import Run, Runs

EXAMPLES = Path(__file__).parents[2] / "examples"

LOCK = EXAMPLES / "locks" / "radiuss" / "spack.lock"


@pytest.fixture
def place(folder: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A working directory with what people name by mistake."""
    monkeypatch.setenv("HOME", str(folder))
    (folder / "stack").mkdir()
    shutil.copy(LOCK, folder / "stack" / "spack.lock")
    shutil.copy(LOCK, folder / "spack.lock")
    shutil.copytree(EXAMPLES / "mirror", folder / "mirror")
    (folder / "empty").mkdir()
    with tarfile.open(folder / "cache.tar.gz", "w:gz") as archive:
        archive.add(folder / "mirror", "mirror")
    with tarfile.open(folder / "cache.tar", "w") as archive:
        archive.add(folder / "mirror", "mirror")
    with zipfile.ZipFile(folder / "cache.zip", "w") as zipped:
        zipped.writestr("mirror/x", "x")
    (folder / "cache.json.xz").write_bytes(b"\xfd7zXZ\x00" + b"0" * 600)
    (folder / "mirrors.yaml").write_text(f"mirrors:\n  site: file://{folder}/mirror\n")
    (folder / "mapped.yaml").write_text("spack:\n  specs:\n  - zfp@1.0: +x\n")
    (folder / "loose.yaml").write_text("spack:\n  specs:\n  - zlib cflags=-O2 -march=native\n")
    return folder


def hint_of(answer: Run) -> str:
    (hint,) = [line for line in answer.err.splitlines() if line.startswith("hint: ")]
    return hint.removeprefix("hint: ")


def quoted(hint: str) -> str:
    """The first words between backticks."""
    found = re.search(r"`([^`]*)`", hint)
    assert found is not None, hint
    return found[1]


NONE = ("--cache=none", "--no-config")

#: What is typed, the code of the error, and the words of the hint in place of which word.
REPLACED: dict[str, tuple[list[str], int, str]] = {
    "a lock": (["rebuild", "--want", "spack.lok", *NONE], 3, "spack.lok"),
    "a lock in a folder": (["rebuild", "--want", "stack/spack.lok", *NONE], 3, "stack/spack.lok"),
    "a folder above": (["rebuild", "--want", "stak/spack.lock", *NONE], 3, "stak/spack.lock"),
    "a wanted lock of gaps": (["gaps", "--want", "spack.lck", *NONE], 3, "spack.lck"),
    "a mirror": (["check", "--cache", "miror", "--no-config"], 3, "miror"),
    "a cache": (["find", "zfp", "--cache", "Mirror", "--no-config"], 3, "Mirror"),
    "a candidate": (
        ["rebuild", "--want", "zfp", "--candidates", "stack/spack.lok", *NONE],
        3,
        "stack/spack.lok",
    ),
    "a baseline": (
        ["gaps", "--baseline", "./miror", "--cache", "e4s=mirror", "--no-config"],
        3,
        "./miror",
    ),
    "a state of a difference": (["diff", "stack/spack.lok", "mirror"], 3, "stack/spack.lok"),
    "costs": (["rebuild", "--want", "spack.lock", "--costs", "spack.lck", *NONE], 3, "spack.lck"),
    "a tilde in quotes": (["rebuild", "--want", "~/spack.lock", *NONE], 3, "~/spack.lock"),
    "a tilde of a cache": (["check", "--cache", "~/mirror", "--no-config"], 3, "~/mirror"),
}


@pytest.mark.parametrize("name", REPLACED)
def test_what_is_named_in_place_of_a_mistake_is_there(place: Path, run: Runs, name: str) -> None:
    words, code, mistake = REPLACED[name]
    answer = run(*words)
    assert (answer.code, answer.out) == (code, "")
    assert "does not exist" in answer.err
    meant = quoted(hint_of(answer))
    assert Path(meant).exists()
    assert Path(meant).is_relative_to(place) or not Path(meant).is_absolute()
    followed = run(*[meant if word == mistake else word for word in words])
    assert "does not exist" not in followed.err


@pytest.mark.parametrize("name", ["cache.tar.gz", "cache.tar", "cache.zip", "cache.json.xz"])
@pytest.mark.parametrize("words", [("check", "--cache"), ("rebuild", *NONE, "--want")])
def test_an_archive_is_named_with_what_unpacks_it(
    place: Path, run: Runs, name: str, words: tuple[str, ...]
) -> None:
    answer = run(*words, name)
    assert (answer.code, answer.out) == (3, "")
    assert "skip-damaged" not in answer.err
    command, *arguments = shlex.split(quoted(hint_of(answer)))
    assert command in {"tar", "unzip", "xz"}
    assert arguments[-1] == name
    assert (place / name).exists()


def test_a_tar_archive_that_is_unpacked_as_the_hint_says_is_read(place: Path, run: Runs) -> None:
    answer = run("check", "--cache", "cache.tar.gz", "--no-config")
    assert quoted(hint_of(answer)) == "tar -xf cache.tar.gz"
    shutil.rmtree(place / "mirror")
    subprocess.run(shlex.split(quoted(hint_of(answer))), check=True)
    assert run("find", "zlib-ng", "--cache", "mirror", "--no-config").code == 0


@pytest.mark.parametrize(
    ("words", "expected"),
    [
        (["gaps", "--cache", "empty", "mirror"], ["--cache", "empty", "--cache", "mirror"]),
        (["rebuild", "--want", "a.lock", "b.lock"], ["--want", "a.lock", "--want", "b.lock"]),
        (["rebuild", "--want=a.lock", "b c.lock"], ["--want", "a.lock", "--want", "b c.lock"]),
        (["coverage", "--stack", "e4s", "e4s-x"], ["--stack", "e4s", "--stack", "e4s-x"]),
    ],
)
def test_values_without_their_option_are_shown_with_it(
    run: Runs, words: list[str], expected: list[str]
) -> None:
    answer = run(*words)
    assert answer.code == 2
    hint = hint_of(answer)
    assert shlex.split(re.findall(r"`([^`]*)`", hint)[1]) == expected


@pytest.mark.parametrize(
    ("words", "takes"),
    [
        (("gaps", "--baseline"), "--baseline TAG|[LABEL=]SOURCE"),
        (("coverage", "--level"), "--level package|version|variant|hash"),
        (("check", "-o"), "--output FILE"),
    ],
)
def test_an_option_without_its_value_is_shown_with_it(
    run: Runs, words: tuple[str, ...], takes: str
) -> None:
    answer = run(*words)
    assert answer.code == 2
    assert quoted(hint_of(answer)) == takes


def test_a_typed_spec_without_a_system_is_shown_how_to_name_one(run: Runs) -> None:
    words = ("rebuild", "--cache", str(EXAMPLES / "cache"), "--want")
    answer = run(*words, "adios2@2")
    assert answer.code == 2
    fault = "error: no operating system and target is given for `adios2@2`\n"
    assert fault in answer.err
    system = re.search(r"`--system (\S+)/(\S+)`", hint_of(answer))
    assert system is not None
    assert "write `os=` and `target=` into the spec" in hint_of(answer)
    mixed = run(*words, "adios2@2", "--want", f"zlib-ng os={system[1]} target={system[2]}")
    assert "left out: adios2@2: no operating system" in mixed.err
    assert run(*words, f"adios2@2 os={system[1]} target={system[2]}").code != 2
    assert run(*words, "adios2@2", "--system", f"{system[1]}/{system[2]}").code != 2


def test_a_folder_that_is_no_checkout_names_the_option_for_one(place: Path, run: Runs) -> None:
    answer = run("review", "--since", "HEAD~1", "--cache", "mirror", "--packages", str(place))
    assert answer.code == 3
    assert quoted(hint_of(answer)) == "--packages FOLDER"


@pytest.mark.usefixtures("place")
@pytest.mark.parametrize("words", [("gaps",), ("coverage",), ("find", "zlib-ng"), ("why", "bison")])
def test_a_cache_without_its_option_is_shown_with_it(run: Runs, words: tuple[str, ...]) -> None:
    answer = run(*words, "mirror")
    assert answer.code == 2
    assert quoted(hint_of(answer)) == "--cache mirror"
    more = ("--want", "spack.lock") if words[0] == "why" else ()
    assert run(*words, "--cache", "mirror", *more).code != 2


@pytest.mark.usefixtures("place")
def test_a_name_like_no_other_is_answered_with_the_names_that_there_are(run: Runs) -> None:
    for option in ("--stack", "--tag"):
        answer = run("gaps", "--cache", "mirror", option, "7zz7")
        assert answer.code == 2
        assert ("hint: there is `mirror`" in answer.err) == (option == "--stack")
    answer = run("gaps", "--cache", str(EXAMPLES / "cache"), "--tag", "7zz7")
    assert quoted(hint_of(answer)) == "develop-2026-01-17"


def test_check_says_which_snapshots_of_a_tree_it_does_not_read(place: Path, run: Runs) -> None:
    for name in ("old", "new"):
        shutil.copytree(EXAMPLES / "mirror", place / "tree" / name)
    answer = run("check", "--cache", "tree", "--summary")
    assert answer.err == "note: the newest snapshot is checked; `--tag` chooses among `old`\n"
    assert run("check", "--cache", "tree", "--tag", "old", "--summary").err == ""


def test_a_spec_that_the_shell_has_split_is_shown_in_quotes(place: Path, run: Runs) -> None:
    assert place.is_dir()
    for words in (["find", "zlib-ng", "+openmp"], ["find", "zlib-ng", "cflags=-O2", "-g"]):
        answer = run(*words, "--cache=mirror", "--no-config")
        assert answer.code == 2
        program, *followed = shlex.split(re.search(r"`([^`]*)`", hint_of(answer))[1])  # type: ignore[index]
        assert program == "specplan"
        assert run(*followed, "--cache=mirror", "--no-config").code == 0


def test_flags_with_blanks_are_shown_in_quotes(place: Path, run: Runs) -> None:
    assert place.is_dir()
    answer = run("find", "zlib-ng cflags=-O2 -march=native", "--cache=mirror", "--no-config")
    assert answer.code == 2
    spec = quoted(hint_of(answer))
    assert spec == 'zlib-ng cflags="-O2 -march=native"'
    assert run("find", spec, "--cache=mirror", "--no-config").code == 0
    answer = run("find", "zlib-ng cflags=-O2 -g", "--cache=mirror", "--no-config")
    assert answer.code == 0
    assert 'note: flags with blanks go in quotes: `zlib-ng cflags="-O2 -g"`' in answer.err
    answer = run("rebuild", "--want", "loose.yaml", "--system=ubuntu24.04/zen4", *NONE)
    assert answer.code == 3
    assert 'hint: flags with blanks go in quotes: `zlib cflags="-O2 -march=native"`' in answer.err


def test_a_spec_that_yaml_takes_for_a_mapping_is_shown_in_quotes(place: Path, run: Runs) -> None:
    words = ("rebuild", "--want", "mapped.yaml", "--system=ubuntu24.04/zen4", *NONE)
    answer = run(*words)
    assert answer.code == 3
    line = quoted(hint_of(answer))
    assert line == '- "zfp@1.0: +x"'
    (place / "mapped.yaml").write_text(f"spack:\n  specs:\n  {line}\n")
    assert "matrix" not in run(*words).err


def test_a_list_of_mirrors_names_one_to_ask(place: Path, run: Runs) -> None:
    answer = run("find", "zlib-ng", "--cache", "mirrors.yaml", "--no-config")
    assert answer.code == 3
    assert "names mirrors and contains no binaries" in answer.err
    followed = quoted(hint_of(answer)).split(" ")
    assert followed == ["--cache", f"file://{place}/mirror"]
    assert run("find", "zlib-ng", *followed, "--no-config").code == 0


def test_an_empty_folder_is_called_empty(place: Path, run: Runs) -> None:
    (place / "empty" / "below").mkdir()
    answer = run("check", "--cache", "empty", "--no-config")
    assert answer.code == 3
    assert "error: `empty` contains no files" in answer.err


@pytest.mark.parametrize("command", ["gaps", "coverage", "rebuild", "why zfp"])
def test_every_command_takes_an_abstract_spec_as_a_want(
    place: Path, run: Runs, command: str
) -> None:
    assert place.is_dir()
    words = (*command.split(), "--want", "zfp", *NONE)
    answer = run(*words)
    assert answer.code == 2
    assert "give `--system OS/TARGET`" in hint_of(answer)
    answer = run(*words, "--system=ubuntu24.04/x86_64_v3")
    assert answer.code in {0, 1}


def test_only_wants_with_hashes_are_checked(place: Path, run: Runs) -> None:
    assert place.is_dir()
    answer = run("check", "--cache", "mirror", "--want", "zfp", "--no-config")
    assert answer.code == 2
    assert "`zfp` is an abstract spec" in answer.err


@pytest.mark.parametrize(
    ("text", "url"),
    [
        ("127.0.0.1:8000/x", "http://127.0.0.1:8000/x"),
        ("localhost:8000", "http://localhost:8000"),
        ("mirror.example.org/e4s", "https://mirror.example.org/e4s"),
    ],
)
def test_a_server_without_a_scheme_is_shown_with_one(run: Runs, text: str, url: str) -> None:
    answer = run("gaps", "--cache", text, "--no-config")
    assert answer.code == 3
    assert f"write `{url}`" in hint_of(answer)


def test_what_a_server_does_not_have_is_said_with_what_was_tried(place: Path, run: Runs) -> None:
    with serving(place) as server:
        url = server.url.rstrip("/")
        answer = run("gaps", "--cache", f"{url}/nowhere", "--no-config")
        assert answer.code == 3
        assert "/nowhere` is not there (404)" in answer.err
        for tried in ("v3/manifests/index/index.manifest.json", "build_cache/index.json"):
            assert f"`{tried}`" in answer.err
        answer = run("find", "zlib-ng", "--cache", f"{url}/mirror".replace("http", "https", 1))
        assert answer.code == 3
        assert run("find", "zlib-ng", "--cache", quoted(hint_of(answer)), "--no-config").code == 0


@pytest.mark.parametrize(
    "text",
    ["spack.lok", "a/b", "./hdf5", "../x", "~/x", "x.yaml", "index.json.gz", "C.TOML", "a/spack"],
)
def test_a_text_with_a_separator_or_a_suffix_is_a_file(text: str) -> None:
    assert looks_like_a_file(text)


@pytest.mark.parametrize(
    "text",
    [
        "hdf5", "hdf5@1.14", "hdf5@1.14.3+mpi", "builtin.hdf5", "hdf5/kr35wwg", "/kr35wwg",
        "zlib cflags=-I/usr/include", "x ldflags=-L/usr/lib.so", "develop-2025-11-15", "v0.23.1",
        "a ^b/kr35wwg", "site.package",
    ],
)  # fmt: skip
def test_a_spec_or_a_snapshot_is_no_file(text: str) -> None:
    assert not looks_like_a_file(text)


def test_a_pattern_without_matches_is_reported(run: Runs) -> None:
    answer = run("gaps", "--cache", "*.json", "--no-config")
    assert answer.code == 3
    assert "no file matches the pattern" in hint_of(answer)


def test_an_unknown_scheme_is_answered_with_the_known_ones(run: Runs) -> None:
    answer = run("coverage", "--no-config", "--cache", "foo://host/cache")
    assert answer.code == 3
    assert "https://, oci://, s3://, gs:// or abfs://" in hint_of(answer)


def test_a_registry_without_a_name_is_shown_as_it_was_typed(run: Runs) -> None:
    assert "`oci://` is not a repository" in run("coverage", "--no-config", "--cache", "oci://").err


def test_a_word_that_is_nearly_one_of_a_few_is_shown(run: Runs) -> None:
    for option, typed, meant in (
        ("--level", "Version", "version"),
        ("--format", "JSON", "json"),
        ("--compat", "targets", "target"),
    ):
        answer = run("gaps", option, typed)
        assert (answer.code, answer.out) == (2, "")
        assert f"did you mean `{meant}`?" in answer.err


def test_a_wanted_spec_that_the_shell_has_split_is_shown_in_quotes(run: Runs) -> None:
    for words in (("zlib", "cflags=-O2", "-g"), ("zlib", "+shared")):
        answer = run("rebuild", "--want", *words, "--cache", "none")
        assert answer.code == 2
        spec = 'zlib cflags="-O2 -g"' if "-g" in words else "zlib +shared"
        assert f"quote a spec that has blanks: `--want '{spec}'`" in answer.err


def test_a_variable_that_the_shell_did_not_expand_is_reported(
    run: Runs, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("MIRRORS", "/somewhere")
    assert "outside of single quotes" in run("gaps", "--cache", "$MIRRORS/x").err
    assert "`${NOWHERE}` is not set, " in run("gaps", "--cache", "${NOWHERE}/x").err


@pytest.mark.parametrize(
    ("typed", "meant"),
    [("docter", "doctor"), ("recipe", "recipes"), ("cover", "coverage"), ("rebuid", "rebuild")],
)
def test_a_misspelt_command_gets_the_one_that_was_meant(run: Runs, typed: str, meant: str) -> None:
    answer = run(typed)
    assert answer.code == 2
    assert hint_of(answer) == f"did you mean `specplan {meant}`?"


def test_a_command_that_is_like_none_gets_the_list(run: Runs) -> None:
    assert hint_of(run("zzzz")) == "`specplan --help` lists the options and commands"


def test_going_on_without_damaged_files_is_no_hint_where_nothing_would_be_left(
    run: Runs, folder: Path
) -> None:
    (folder / "bad.json").write_text(index(["app"])[:-3])
    alone = run("coverage", "--cache", "bad.json", "--no-config")
    assert alone.code == 3
    assert "--skip-damaged" not in alone.err
    assert "`specplan check` shows" in alone.err
    (folder / "good.json").write_text(index(["app"]))
    both = ("coverage", "--cache=bad.json", "--cache=good.json", "--peers=*", "--no-config")
    assert "--skip-damaged" in run(*both).err
    assert run(*both, "--skip-damaged").code in {0, 1}


@pytest.mark.parametrize("typed", ["0.96", "0.015", "0.009", "1e-9", "1e-999999"])
def test_the_percentage_that_is_named_in_place_of_a_share_is_one_that_is_taken(
    run: Runs, folder: Path, typed: str
) -> None:
    (folder / "i.json").write_text(index(["app"]))
    words = ("coverage", "--cache", "i.json", "--no-config", "--fail-under")
    refused = run(*words, typed)
    assert refused.code == 2
    meant = re.findall(r"`([0-9.]+)`", refused.err) or ["0", "1", "100"]
    assert all(run(*words, each).code == 1 for each in meant)


@pytest.mark.parametrize(
    "words",
    [
        ("gaps", "--cache", "i.json", "--known-gaps", "pipe"),
        ("gaps", "--cache", "pipe"),
        ("gaps", "--cache", "i.json", "--want", "x=pipe"),
        ("report", "--from", "pipe", "-o", "page.html"),
        ("trim", "pipe", "--cache", "i.json", "--want", "s.lock"),
        ("gaps", "--cache", "i.json", "--config", "pipe"),
    ],
    ids=" ".join,
)
def test_a_pipe_is_refused_with_what_every_option_takes(
    run: Runs, folder: Path, words: tuple[str, ...]
) -> None:
    os.mkfifo(folder / "pipe")
    (folder / "i.json").write_text(index(["app"]))
    (folder / "s.lock").write_text(lock(["app"]))
    answer = run(*words)
    assert answer.code == 3
    # Few options read standard input.
    assert "`-`" not in answer.err
