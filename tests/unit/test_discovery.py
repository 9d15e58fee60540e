"""Stacks and caches are found by what they hold, and proposed as a configuration that loads."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from specplan import config
from specplan.config.discovery import FoundCache, look_through
from specplan.config.proposal import proposed
from specplan.errors import SourceError
from specplan.model.host import Host
from specplan.sources.limits import Limits

LOCK = '{"_meta": {"file-type": "spack-lockfile", "lockfile-version": 6}}'


def write(path: Path, content: str) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(content, encoding="utf-8")
    return path


def project(top: Path) -> Path:
    write(
        top / "stacks/e4s/spack.yaml",
        "spack: {specs: [a, b], packages: {all: {require: target=zen4 os=rhel8}}}",
    )
    write(top / "stacks/tools/spack.yaml", "spack: {specs: [a], include: [https://e.org/x]}")
    write(top / "stacks/broken/spack.yaml", "spack: {specs: ['@@']}")
    write(top / "stacks/both/spack.yaml", "spack: {specs: [a]}")
    write(top / "stacks/both/spack.lock", LOCK)
    write(top / "stacks/locked/spack.lock", LOCK)
    write(top / "stacks/no-lock/spack.lock", "{}")
    write(top / "stacks/.hidden/spack.yaml", "spack: {}")
    write(top / "other/e4s/spack.yaml", "spack: {specs: [a]}")
    for package in ("zlib", "hdf5"):
        write(top / f"published/pages/develop-2025-05-25/{package}/specs.md", "---\n---\n")
    write(top / "published/e4s/build_cache/index.json", '{"database": {"installs": {}}}')
    write(top / "published/bare/index.json", '{"database": {"installs": {}}}')
    write(top / "published/site/index.json", "{}")
    for tag in ("develop", "develop-2025-05-25"):
        write(top / f"dated/{tag}/build_cache/index.json", '{"database": {"installs": {}}}')
        write(top / f"dated/{tag}/e4s/build_cache/index.json", '{"database": {}}')
    return top


def test_stacks_and_caches_are_found(tmp_path: Path) -> None:
    found = look_through(project(tmp_path), Host(), Limits())
    assert [stack.name for stack in found.stacks] == [
        *("other-e4s", "both", "broken", "stacks-e4s", "locked", "tools")
    ]
    assert [stack.name for stack in found.stacks if stack.has_lock] == ["both", "locked"]
    assert [stack.name for stack in found.stacks if stack.fault] == ["broken"]
    published = tmp_path / "published"
    assert [cache for cache in found.caches if cache.path.is_relative_to(published)] == [
        FoundCache(path=published / "bare", kind="mirror"),
        FoundCache(path=published / "e4s", kind="mirror"),
        FoundCache(path=published / "pages", kind="pages"),
    ]
    assert FoundCache(path=tmp_path / "dated", kind="snapshots") in found.caches
    assert len(found.caches) == 4
    (note,) = found.notes
    assert note == f"`{tmp_path}/stacks/no-lock/spack.lock` is not marked as a lock"


def test_a_proposal_can_be_loaded(tmp_path: Path) -> None:
    folder = project(tmp_path)
    text = proposed(look_through(folder, Host(), Limits()), folder)
    assert text == proposed(look_through(folder, Host(), Limits()), folder)
    loaded = config.load(write(folder / "specplan.toml", text))
    assert str(folder / "published/pages") in loaded.cache
    entries = {stack.name: stack for stack in loaded.stacks}
    assert entries["stacks-e4s"].cells == ("rhel8/zen4",)
    assert entries["both"].want == str(folder / "stacks/both/spack.lock")
    assert entries["tools"].want == str(folder / "stacks/tools/spack.yaml")
    assert '# cells = ["OS/TARGET"]' in text
    assert "# Its environment could not be read: " in text
    assert "# `https://e.org/x` is remote, and no local copy is given. To settle it: " in text
    assert "`stacks/both/spack.yaml` leaves more open" in text


def test_a_cache_of_a_stacks_name_is_labelled(tmp_path: Path) -> None:
    write(tmp_path / "stacks/e4s/spack.yaml", "spack: {view: false}")
    write(tmp_path / "caches/e4s/index.json", '{"database": {}}')
    text = proposed(look_through(tmp_path, Host(), Limits()), tmp_path)
    assert '"e4s=caches/e4s", # a mirror with an index' in text


def test_conditions_that_need_a_machine_propose_one(tmp_path: Path) -> None:
    content = "spack: {definitions: [{a: [b], when: 'os == \"x\"'}]}"
    write(tmp_path / "a/spack.yaml", content)
    text = proposed(look_through(tmp_path, Host(), Limits()), tmp_path)
    assert "\n[host]\n" in text
    assert '# what `$a` stands for depends on `os == "x"`: `os` is unknown.' in text
    config.load(write(tmp_path / "specplan.toml", text))
    found = look_through(tmp_path, Host(os="x"), Limits())
    assert "[host]" not in proposed(found, tmp_path)


def test_the_mirrors_of_environments_are_proposed(tmp_path: Path) -> None:
    mirrors = "{ours: ../../cache, theirs: 'https://me:secret@e.org/m'}"
    write(tmp_path / "stacks/a/spack.yaml", f"spack: {{specs: [b], mirrors: {mirrors}}}")
    text = proposed(look_through(tmp_path, Host(), Limits()), tmp_path)
    assert '  "cache", # the mirror ours of ' in text
    assert '  # "https://e.org/m", # the mirror theirs of ' in text
    assert "secret" not in text
    loaded = config.load(write(tmp_path / "specplan.toml", text))
    assert loaded.cache == (str(tmp_path / "cache"),)


def test_names_cannot_break_out_of_the_file(tmp_path: Path) -> None:
    name = 'a"b\n[[stack]] é'
    write(tmp_path / name / "spack.yaml", "spack: {specs: [a, 'x\n[host]']}")
    text = proposed(look_through(tmp_path, Host(), Limits()), tmp_path)
    loaded = config.load(write(tmp_path / "specplan.toml", text))
    assert [stack.name for stack in loaded.stacks] == ["a-b-stack-"]
    assert loaded.stacks[0].want == str(tmp_path / name / "spack.yaml")


def test_a_damaged_cache_is_noted(tmp_path: Path) -> None:
    write(tmp_path / "m/v3/manifests/index/index.manifest.json", "{")
    found = look_through(tmp_path, Host(), Limits())
    assert found.caches == []
    (note,) = found.notes
    assert "m` is a damaged cache: " in note
    assert "is a damaged cache" in proposed(found, tmp_path)


def test_a_single_page_tree_and_the_folder_itself_are_caches(tmp_path: Path) -> None:
    write(tmp_path / "specs.md", "---\n---\n")
    found = look_through(tmp_path, Host(), Limits())
    assert found.caches == [FoundCache(path=tmp_path, kind="pages")]


def test_there_are_limits(tmp_path: Path) -> None:
    with pytest.raises(SourceError, match="does not exist"):
        look_through(tmp_path / "absent", Host(), Limits())
    write(tmp_path / "a/b", "")
    with pytest.raises(SourceError, match="holds more than 1 files and folders"):
        look_through(tmp_path, Host(), Limits(tree_entries=1))


def test_a_mirror_without_an_index_is_found(tmp_path: Path) -> None:
    name = "zlib-1.3-" + "a" * 32
    write(tmp_path / f"new/v3/manifests/spec/zlib/{name}.spec.manifest.json", "{}")
    write(tmp_path / f"old/build_cache/linux-{name}.spec.json", "{}")
    write(tmp_path / "empty/build_cache/readme.txt", "")
    found = look_through(tmp_path, Host(), Limits())
    assert found.caches == [
        FoundCache(path=tmp_path / "new", kind="binaries"),
        FoundCache(path=tmp_path / "old", kind="binaries"),
    ]
    assert '"new", # a mirror without an index' in proposed(found, tmp_path)


def test_a_lock_that_is_cut_is_noted(tmp_path: Path) -> None:
    write(tmp_path / "cut/spack.lock", "{")
    found = look_through(tmp_path, Host(), Limits())
    assert found.notes == [f"`{tmp_path}/cut/spack.lock` is not marked as a lock"]


def test_a_closed_folder_is_noted_and_what_is_beside_it_is_found(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    write(tmp_path / "open/spack.yaml", "spack: {specs: [a]}")
    closed = tmp_path / "closed"
    closed.mkdir()
    listed = os.scandir

    def scandir(path: str) -> object:
        # Permissions do not bind the superuser, as whom tests may run.
        if Path(path) == closed:
            raise PermissionError(13, "Permission denied", str(path))
        return listed(path)

    monkeypatch.setattr("os.scandir", scandir)
    found = look_through(tmp_path, Host(), Limits())
    assert [stack.name for stack in found.stacks] == ["open"]
    assert found.notes == [f"`{closed}` cannot be read: Permission denied"]
    with pytest.raises(SourceError, match="cannot be read: Permission denied"):
        look_through(closed, Host(), Limits())


def test_a_root_that_is_not_a_spec_is_reported_in_one_line(tmp_path: Path) -> None:
    write(tmp_path / "e4s/spack.yaml", "spack: {specs: ['a@@']}")
    (stack,) = look_through(tmp_path, Host(), Limits()).stacks
    assert stack.fault.endswith(":1: spack.specs[0]: is not a spec: unexpected character")
