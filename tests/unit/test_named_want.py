"""What a want is, is decided once, and a text that looks like a file is never a spec."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from specplan.errors import SourceError
from specplan.sources import Limits
from specplan.sources.named_want import named_want
from specplan.sources.wants import read_wants

PACKAGE = Path(__file__).parents[2] / "python" / "specplan"


@pytest.fixture
def place(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "both").mkdir()
    for folder in (tmp_path, tmp_path / "both"):
        (folder / "spack.lock").write_text('{"_meta": {"file-type": "spack-lockfile"}}')
        (folder / "spack.yaml").write_text("spack:\n  specs: [hdf5]\n")
    (tmp_path / "alone").mkdir()
    (tmp_path / "alone" / "spack.yaml").write_text("spack:\n  specs: [hdf5]\n")
    (tmp_path / "notes.txt").write_text("hdf5")
    (tmp_path / "hdf5").write_text("a file that is called like a package")
    return tmp_path


@pytest.mark.parametrize("label", ["", "e4s="])
@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("spack.lock", "lock"), ("both", "lock"), ("spack.yaml", "environment"),
        ("alone", "environment"), ("-", "input"), ("notes.txt", "other"), ("hdf5", "other"),
        ("zlib", "spec"), ("zlib@1.3:+pic", "spec"), ("spack.lok", "other"), ("a/b", "other"),
        ("./zlib", "other"), ("x.yml", "other"), ("x.json.gz", "other"), ("+pic", "other"),
        ("https://example.org/spack.lock", "other"), ("~/spack.lock", "other"),
    ],
)  # fmt: skip
def test_a_want_is_what_it_names(place: Path, label: str, text: str, kind: str) -> None:
    assert place.is_dir()
    want = named_want(f"{label}{text}")
    assert (want.stack, want.source, want.kind) == (label.rstrip("="), text, kind)
    assert want.is_abstract == (kind in {"environment", "spec"})


def test_only_one_module_looks_into_wants() -> None:
    sniffers = {
        file.relative_to(PACKAGE).as_posix()
        for file in PACKAGE.rglob("*.py")
        if re.search(r"spack-lockfile|\bbegins_environment\(", file.read_text(encoding="utf-8"))
    }
    assert sniffers == {
        "sources/named_want.py",
        # Standard input has no file to look into.
        "sources/wants.py",
        # `init` looks for caches too, in folders of any kind.
        "config/discovery.py",
    }


def test_a_lock_that_cannot_be_read_is_never_passed_over_for_the_environment(
    tmp_path: Path,
) -> None:
    (tmp_path / "spack.yaml").write_text("spack: {specs: [zlib]}\n", encoding="utf-8")
    (tmp_path / "spack.lock").symlink_to(tmp_path / "gone")
    with pytest.raises(SourceError, match="does not exist"):
        read_wants([str(tmp_path)], Limits())
