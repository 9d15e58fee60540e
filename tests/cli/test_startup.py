"""What a run does not need, it does not import: starting is as quick as that."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

EXAMPLES = Path(__file__).parents[2] / "examples"

#: The modules that a run for help or the version does not need.
ROOMS = {
    *("specplan._core", "specplan.api", "specplan.sources", "specplan.catalog", "specplan.check"),
    *("specplan.config", "specplan.coverage", "specplan.planning", "specplan.recipes"),
    *("specplan.cli.options", "specplan.cli.settings", "specplan.cli.load"),
}

#: What is for others than those who ask for gaps of package pages.
OF_OTHERS = {
    *("rich.console", "rich.progress", "jsonschema", "urllib3", "fsspec", "specplan.recipes"),
    *("specplan.cli.rebuild", "specplan.cli.plans", "specplan.cli.why", "specplan.cli.find"),
    *("specplan.planning.rebuild", "specplan.planning.budget", "specplan.planning.inputs", "yaml"),
    *("specplan.reports.plan", "specplan.reports.check.outline", "specplan.reports.recipes"),
    *("specplan.reports.render.markdown", "specplan.reports.render.csv_table", "asyncio", "ssl"),
    *("concurrent.futures", "ctypes", "difflib", "fractions", "importlib.resources", "logging"),
    *("specplan.check.findings", "specplan.cli.coverage", "specplan.coverage.environments"),
    *("specplan.coverage.known_gaps", "specplan.coverage.trend", "specplan.planning.changes"),
    *("specplan.sources.environments.environment", "specplan.sources.mirrors.snapshots"),
    *("specplan.sources.registries.store", "specplan.sources.saved.manifest"),
    *("specplan.sources.spec_files", "specplan.sources.wants", "tempfile"),
}


def imported(*words: str) -> set[str]:
    """The modules that a run imports."""
    code = (
        "import sys\nfrom specplan.cli import main\n"
        f"assert main({list(words)!r}) == 0\nprint(*sys.modules, sep='\\n', file=sys.stderr)"
    )
    # A variable that is no setting is compared with the settings, which takes another module.
    own = {name: value for name, value in os.environ.items() if not name.startswith("SPECPLAN_")}
    answer = subprocess.run(
        [sys.executable, "-c", code],
        cwd=EXAMPLES,
        env=own,
        capture_output=True,
        text=True,
        check=True,
    )
    return set(answer.stderr.splitlines())


@pytest.mark.parametrize("word", ["--help", "--version"])
def test_help_and_version_import_no_room_but_that_of_the_command(word: str) -> None:
    modules = imported(word)
    assert "specplan.cli" in modules
    needed: set[str] = {"specplan._core"} if word == "--version" else set()
    assert not (ROOMS - needed) & modules
    assert not OF_OTHERS & modules
    assert "yaml" not in modules


def test_gaps_import_nothing_that_plans_or_is_of_other_commands() -> None:
    modules = imported("gaps", "--stack", "e4s")
    assert "specplan.cli.gaps" in modules
    assert not OF_OTHERS & modules


def test_importing_the_package_imports_nothing_of_it() -> None:
    code = "import sys, specplan; print([m for m in sys.modules if m.startswith('specplan.')])"
    answer = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True
    )
    assert answer.stdout == "['specplan.lazy']\n"
