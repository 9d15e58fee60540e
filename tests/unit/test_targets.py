"""Targets: those of the newest archspec that is installed, and those that are taught."""

from __future__ import annotations

import archspec.cpu
import pytest

import specplan
from specplan import _core, targets
from specplan.catalog.systems import Systems


def test_targets_and_their_order_are_those_of_the_installed_archspec() -> None:
    theirs = archspec.cpu.TARGETS
    assert set(theirs) <= set(_core.known_targets())
    for host, target in theirs.items():
        served = {binary for binary in theirs if _core.target_serves(binary, host)}
        assert served == {host, *(each.name for each in target.ancestors)}, host


def test_a_target_that_is_taught_takes_the_binaries_of_its_ancestors() -> None:
    assert not _core.is_known_target("taught_by_a_test")
    specplan.teach_targets({"taught_by_a_test": ["zen5"]})
    assert _core.target_serves("x86_64_v3", "taught_by_a_test")
    assert not _core.target_serves("taught_by_a_test", "zen5")
    system = Systems(_core.Catalog.merged([]), {}).system("ubuntu24.04/taught_by_a_test")
    assert system == ("ubuntu24.04", "taught_by_a_test", "linux")


@pytest.mark.parametrize(
    ("taught", "message"),
    [
        ({"lepton": ["quark"]}, "the target `lepton` has an unknown parent `quark`"),
        ({"zen4": ["zen2"]}, "the target `zen4` is already known"),
        ({"up": ["down"], "down": ["up"]}, "descends from itself"),
    ],
)
def test_what_does_not_fit_what_is_known_is_not_taught(
    taught: dict[str, list[str]], message: str
) -> None:
    with pytest.raises(specplan.UsageError, match=message) as caught:
        specplan.teach_targets(taught)
    assert caught.value.hint is not None
    assert not _core.is_known_target("lepton")


def test_an_installed_archspec_that_is_newer_is_asked_for_what_is_not_known(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    newer = {"newer_b": ["newer_a"], "newer_a": ["zen5"], "zen4": ["zen2"], "odd": ["nowhere"]}
    monkeypatch.setattr(targets, "_installed", lambda: newer)
    targets.forget_installed()
    try:
        assert targets.is_known("newer_b")
        assert _core.target_serves("zen3", "newer_b")
        assert not targets.is_known("odd")
        # What is known already stays as it is.
        assert _core.target_serves("zen3", "zen4")
    finally:
        targets.forget_installed()


def test_an_unknown_target_says_how_it_is_taught() -> None:
    with pytest.raises(specplan.UnknownTargetError) as caught:
        Systems(_core.Catalog.merged([]), {}).system("ubuntu24.04/zne4")
    assert caught.value.hint is not None
    assert "zen4" in caught.value.hint
    assert '`[targets]`, `"zne4" = ["PARENT"]`' in caught.value.hint
