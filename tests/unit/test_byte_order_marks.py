"""A mark of byte order before the text changes nothing, in files of any format."""

from __future__ import annotations

import codecs
import json
from pathlib import Path

import pytest

import specplan
from specplan.cli import main
from specplan.sources.named_want import named_want
from tests import mirrors, samples
from tests.mirrors import Mirror

SAMPLES = {sample.name: sample for sample in samples.samples() if sample.role == "source"}


def marked(path: Path) -> None:
    """Put the mark before the text of a file."""
    path.write_bytes(codecs.BOM_UTF8 + path.read_bytes())


@pytest.mark.parametrize("name", SAMPLES)
def test_a_source_with_the_mark_is_the_same_source(name: str, tmp_path: Path) -> None:
    sample = SAMPLES[name]
    place = sample.write(tmp_path)
    sound = list(specplan.load(place).select())
    marked(tmp_path / sample.relative)
    assert list(specplan.load(place).select()) == sound


def test_a_mirror_of_marked_files_is_the_same_mirror(tmp_path: Path) -> None:
    built = Mirror(tmp_path)
    built.index(codecs.BOM_UTF8 + mirrors.index("zlib"))
    marked(built.root / "v3/manifests/index/index.manifest.json")
    assert len(specplan.load(built.root)) == 1
    old = Mirror(tmp_path / "old")
    old.old_index(codecs.BOM_UTF8 + mirrors.index("zlib"))
    marked(old.root / "build_cache/index.json.hash")
    assert len(specplan.load(old.root)) == 1


@pytest.mark.parametrize(
    "text", ["spack:\n  specs: [zlib]\n", '{"spack": {"specs": ["zlib"]}}', "# c\nspack: {}\n"]
)
def test_an_environment_with_the_mark_is_an_environment(text: str, tmp_path: Path) -> None:
    place = tmp_path / "spack.yaml"
    place.write_bytes(codecs.BOM_UTF8 + text.encode())
    assert named_want(str(place)).kind == "environment"


def test_locks_configurations_and_lists_may_have_the_mark(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    Path("index.json").write_bytes(codecs.BOM_UTF8 + json.dumps(samples.database(8)).encode())
    Path("spack.lock").write_bytes(codecs.BOM_UTF8 + json.dumps(samples.lock(6)).encode())
    Path("specplan.toml").write_bytes(codecs.BOM_UTF8 + b'cache = ["index.json"]\n')
    assert main(["gaps", "--want", "spack.lock", "--format", "json"]) in {0, 1}
    assert json.loads(capsys.readouterr().out)["schema"] == "specplan.coverage/1"
    for name, text in [
        ("pyproject.toml", b'[tool.specplan]\ncache = ["index.json"]\n'),
        ("broken.txt", b"app@1.0\n"),
        ("costs.json", b'{"app": 5}'),
    ]:
        Path(name).write_bytes(codecs.BOM_UTF8 + text)
    Path("specplan.toml").unlink()
    assert main(["rebuild", "--want", "spack.lock", "--exclude-broken", "broken.txt"]) in {0, 1}
    assert "not UTF-8" not in capsys.readouterr().err
