"""No folder is looked through for minutes before anything is said."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

import specplan
from specplan.config import discovery
from specplan.errors import SourceError
from specplan.model.host import Host
from specplan.sources import vast_folders
from specplan.sources.cost_files import read_costs
from specplan.sources.limits import Limits
from specplan.testing.pages import Page

if TYPE_CHECKING:
    from pathlib import Path


@pytest.mark.parametrize("place", ["/", "//", "/../", "/tmp/.."])  # noqa: S108 - not used
def test_the_root_of_the_file_system_is_refused_at_once(place: str) -> None:
    with pytest.raises(SourceError, match="is the root of the file system") as caught:
        specplan.load(place)
    assert caught.value.hint is not None
    assert "`v3`" in caught.value.hint


def test_init_and_costs_refuse_the_root_as_well(tmp_path: Path) -> None:
    (tmp_path / "link").symlink_to("/")
    with pytest.raises(SourceError, match="is the root of the file system"):
        discovery.look_through(tmp_path / "link", Host(), Limits())
    with pytest.raises(SourceError, match="is the root of the file system"):
        read_costs([str(tmp_path / "link")], Limits())


def test_a_folder_of_much_else_is_refused_unless_a_page_is_near(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(vast_folders, "MOST_ENTRIES", 80)
    for at in range(60):
        (tmp_path / f"folder{at}" / "below").mkdir(parents=True)
    with pytest.raises(SourceError, match="more than 80 files and folders, and no package page"):
        specplan.load(tmp_path)
    for tag in ("develop", "v1.0", "v2.0"):
        for at in range(30):
            Page(package=f"p{at}", tag=tag, entries=()).write(tmp_path / "folder7")
    assert specplan.load(tmp_path / "folder7").sources == (str(tmp_path / "folder7"),)


def test_init_stops_where_much_else_stands_beside_the_caches(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(discovery, "_MOST_ENTRIES", 50)
    for tag in ("develop", "v1.0", "v2.0"):
        for at in range(30):
            Page(package=f"p{at}", tag=tag, entries=()).write(tmp_path / "_cache")
    assert len(discovery.look_through(tmp_path, Host(), Limits()).caches) == 1
    for at in range(60):
        (tmp_path / f"folder{at}").mkdir()
    with pytest.raises(SourceError, match="more than 50 files and folders") as caught:
        discovery.look_through(tmp_path, Host(), Limits())
    assert caught.value.hint is not None
