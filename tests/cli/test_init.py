"""``specplan init`` writes a configuration once, and says what it could not read."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from specplan import config
from specplan.cli import main

EXAMPLES = Path(__file__).parents[2] / "examples"


@pytest.fixture
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    for name, content in (("e4s", "spack: {specs: [zlib]}"), ("odd", "spack: {specs: 1}")):
        folder = tmp_path / "stacks" / name
        folder.mkdir(parents=True)
        (folder / "spack.yaml").write_text(content, encoding="utf-8")
    monkeypatch.chdir(tmp_path)
    return tmp_path


def test_it_writes_once(project: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["init", "stacks"]) == 0
    said = capsys.readouterr()
    assert said.out == ""
    assert "note: `specplan.toml` is written: 2 stacks and 0 caches" in said.err
    assert "warning: stacks/odd/spack.yaml:1: spack.specs: expected a list" in said.err
    written = project / "specplan.toml"
    first = written.read_bytes()
    loaded = config.load(written)
    assert [stack.name for stack in loaded.stacks] == ["e4s", "odd"]
    assert main(["init", "stacks"]) == 2
    assert "hint: `--force` overwrites it" in capsys.readouterr().err
    assert main(["init", "stacks", "--force"]) == 0
    assert written.read_bytes() == first


def test_paths_start_from_the_folder_of_the_file(project: Path) -> None:
    (project / "config").mkdir()
    assert main(["init", "stacks", "-o", "config/specplan.toml"]) == 0
    loaded = config.load(project / "config/specplan.toml")
    assert loaded.stacks[0].want is not None
    assert Path(loaded.stacks[0].want).resolve() == project / "stacks/e4s/spack.yaml"


def test_it_can_go_to_standard_output(project: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["init", "-o", "-"]) == 0
    assert 'want = "stacks/e4s/spack.yaml"' in capsys.readouterr().out
    assert not (project / "specplan.toml").exists()


def test_it_says_what_the_file_still_needs(
    project: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["init", "stacks"]) == 0
    assert "note: no cache was found; name one as `cache` in the file" in capsys.readouterr().err
    environment = "spack: {specs: [zlib], mirrors: {site: 'https://user:word@host.example/m'}}"
    (project / "stacks" / "e4s" / "spack.yaml").write_text(environment, encoding="utf-8")
    assert main(["init", "stacks", "--force"]) == 0
    said = capsys.readouterr().err
    assert "remote mirrors are written as comments; uncomment what to use: `site`" in said
    assert "word" not in said.replace("words", "")


def test_the_file_serves_caches_with_the_same_name(tmp_path: Path) -> None:
    for name in "a", "b":
        shutil.copytree(EXAMPLES / "mirror", tmp_path / name / "mirror")
    text = "spack: {specs: [zlib-ng], mirrors: {here: a/mirror}}"
    (tmp_path / "spack.yaml").write_text(text, encoding="utf-8")
    file = tmp_path / "specplan.toml"
    system = ("--system", "ubuntu24.04/x86_64_v3")
    assert main(["init", str(tmp_path), "-o", str(file), *system]) == 0
    caches = config.load(file).cache
    assert [each.partition("=")[0] for each in caches] == ["a-mirror", "b-mirror"]
    assert main(["gaps", "--config", str(file)]) == 0


def test_the_file_for_a_mirror_alone_serves_the_commands_that_want_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    shutil.copytree(EXAMPLES / "mirror", tmp_path / "mirror")
    shutil.copy(EXAMPLES / "locks" / "radiuss" / "spack.lock", tmp_path)
    (tmp_path / "spack.lock").rename(tmp_path / "stack.lock")
    monkeypatch.chdir(tmp_path)
    assert main(["init"]) == 0
    assert "note: no stack was found; `specplan check` and" in capsys.readouterr().err
    assert main(["find", "zlib-ng"]) == 0
    written = tmp_path / "specplan.toml"
    proposed = written.read_text(encoding="utf-8")
    written.write_text(
        proposed.replace('# want = ["stack/spack.lock"]', 'want = ["stack.lock"]'),
        encoding="utf-8",
    )
    assert main(["gaps"]) == 0


@pytest.mark.usefixtures("project")
def test_nothing_found_is_an_error(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "empty").mkdir()
    assert main(["init", "empty"]) == 3
    assert "`empty` contains neither stacks nor caches" in capsys.readouterr().err
    assert main(["init", "absent"]) == 3


def test_stacks_that_name_no_system_are_named_and_get_the_one_that_is_given(
    project: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["init", "stacks"]) == 0
    said = capsys.readouterr().err
    assert "warning: 2 stacks do not name their systems: `e4s`, `odd`" in said
    words = ["init", "stacks", "--force", "--system", "ubuntu24.04/zen4"]
    assert main([*words, "--system", "linux-rhel8-x86_64_v3"]) == 0
    assert "do not say" not in capsys.readouterr().err
    loaded = config.load(project / "specplan.toml")
    assert loaded.stacks[0].cells == ("ubuntu24.04/zen4", "rhel8/x86_64_v3")
    assert main(["init", "stacks", "--force", "--system", "ubuntu24.04/zen44"]) == 2
    assert "did you mean `zen4`" in capsys.readouterr().err


def test_a_folder_that_is_not_there_is_named_with_a_near_one(
    project: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert project.is_dir()
    assert main(["init", "stakcs"]) == 3
    assert "hint: did you mean `stacks`?" in capsys.readouterr().err
