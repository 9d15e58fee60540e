"""What publishes a release: workflows, notes, licence texts, checks of files, the image."""

from __future__ import annotations

import json
import re
import shutil
import subprocess
import sys
import sysconfig
import tarfile
import zipfile
from pathlib import Path
from typing import Any

import pytest
import yaml

from tools import addresses, check_wheels, licences, release_notes

if sys.version_info >= (3, 11):
    import tomllib as toml
else:
    import tomli as toml

ROOT = Path(__file__).parents[2]
WORKFLOWS = sorted((ROOT / ".github/workflows").glob("*.yml"))
RELEASE = ROOT / ".github/workflows/release.yml"

#: Every action that a workflow may use; a new one is a decision.
KNOWN_ACTIONS = {
    "EmbarkStudios/cargo-deny-action",
    "PyO3/maturin-action",
    "actions/checkout",
    "actions/download-artifact",
    "actions/setup-python",
    "actions/upload-artifact",
    "dtolnay/rust-toolchain",
    "pypa/gh-action-pypi-publish",
}

#: The permissions of the jobs of a release besides reading.
PERMISSIONS = {
    "publish": {"id-token": "write"},
    "publish-image": {"packages": "write"},
    "release": {"contents": "write"},
}


def _workflow(path: Path) -> dict[str, Any]:
    loaded: dict[str, Any] = yaml.safe_load(path.read_text(encoding="utf-8"))
    return loaded


def _steps(workflow: dict[str, Any]) -> list[dict[str, Any]]:
    return [step for job in workflow["jobs"].values() for step in job["steps"]]


class TestWorkflows:
    def test_use_known_actions_only_each_pinned_by_one_commit_with_its_name(self) -> None:
        pins: dict[str, set[str]] = {}
        for path in WORKFLOWS:
            used = [step["uses"] for step in _steps(_workflow(path)) if "uses" in step]
            lines = re.findall(r"uses: (.*)", path.read_text(encoding="utf-8"))
            assert len(lines) == len(used)
            for line in lines:
                found = re.fullmatch(
                    r"([\w./-]+)@([0-9a-f]{40}) # (v\d+\.\d+\.\d+|master, .*)", line
                )
                assert found is not None, line
                pins.setdefault(found[1], set()).add(found[2])
        assert set(pins) == KNOWN_ACTIONS
        assert all(len(commits) == 1 for commits in pins.values()), pins

    @pytest.mark.parametrize("path", WORKFLOWS, ids=lambda path: path.stem)
    def test_may_only_read_but_for_jobs_that_publish(self, path: Path) -> None:
        workflow = _workflow(path)
        assert workflow["permissions"] == {"contents": "read"}
        for name, job in workflow["jobs"].items():
            allowed = PERMISSIONS.get(name) if path == RELEASE else None
            assert job.get("permissions") == allowed
            assert "timeout-minutes" in job

    @pytest.mark.parametrize("path", WORKFLOWS, ids=lambda path: path.stem)
    def test_put_no_text_of_others_into_a_shell(self, path: Path) -> None:
        for step in _steps(_workflow(path)):
            assert "${{" not in step.get("run", "")
            if "actions/checkout@" in step.get("uses", ""):
                assert step["with"]["persist-credentials"] is False

    def test_name_jobs_that_exist(self) -> None:
        jobs = _workflow(RELEASE)["jobs"]
        for job in jobs.values():
            needs = job.get("needs", [])
            assert set([needs] if isinstance(needs, str) else needs) <= set(jobs)

    @pytest.mark.parametrize("name", ["wheels", "sdist"])
    def test_lay_the_licence_texts_before_whatever_is_built(self, name: str) -> None:
        job = _workflow(RELEASE)["jobs"][name]
        texts, build = (
            next(at for at, step in enumerate(job["steps"]) if action in step.get("uses", ""))
            for action in ("download-artifact@", "maturin-action@")
        )
        assert job["needs"] == "notes"
        assert job["steps"][texts]["with"] == {"name": "texts"}
        assert texts < build

    def test_publish_from_a_job_that_runs_no_code_of_the_checkout(self) -> None:
        jobs = _workflow(RELEASE)["jobs"]
        assert jobs["publish"]["environment"] == "pypi"
        assert set(PERMISSIONS) == {name for name, job in jobs.items() if "permissions" in job}
        for name in PERMISSIONS:
            used = " ".join(step.get("uses", "") for step in jobs[name]["steps"])
            assert "checkout" not in used
            assert "maturin" not in used

    def test_publish_only_after_all_checks(self) -> None:
        jobs = _workflow(RELEASE)["jobs"]

        def before(name: str) -> set[str]:
            needs = jobs[name].get("needs", [])
            direct = {needs} if isinstance(needs, str) else set(needs)
            return direct.union(*map(before, direct))

        assert before("publish") == {"check", "image", "notes", "sdist", "wheels"}
        assert "publish" in before("release") & before("publish-image")
        ran = " ".join(step.get("run", "") for step in jobs["check"]["steps"])
        assert "twine check --strict" in ran
        assert "abi3audit --strict" in ran
        assert "tools/check_wheels.py" in ran

    def test_start_a_release_for_tags_alone(self) -> None:
        # YAML 1.1 reads the key `on` as true.
        triggers: Any = _workflow(RELEASE)[True]  # type: ignore[index]
        assert triggers == {"push": {"tags": ["v*"]}}

    def test_build_a_wheel_for_each_platform_that_is_checked(self) -> None:
        matrix = _workflow(RELEASE)["jobs"]["wheels"]["strategy"]["matrix"]["include"]
        assert len(matrix) == len(check_wheels.PLATFORMS)
        assert {(each["target"], each["manylinux"]) for each in matrix} == {
            *((target, "2_17") for target in ("x86_64", "aarch64", "ppc64le")),
            *((target, "2_28") for target in ("x86_64", "aarch64")),
            *((target, "musllinux_1_2") for target in ("x86_64", "aarch64")),
            *((target, "off") for target in ("universal2-apple-darwin", "x64")),
        }


class TestNotes:
    CARGO = '[workspace.package]\nversion = "0.2.0"\n'

    @pytest.mark.parametrize("heading", ["0.2.0", "v0.2.0", "[0.2.0]", "0.2.0 (2026-12-01)"])
    def test_are_the_section_of_the_version(self, heading: str) -> None:
        section = f"## {heading}\n\n- this\n\n### More\n\n- too\n\n"
        text = f"# Changelog\n\n## Unreleased\n\n- new\n\n{section}## 0.1.0\n\n- old\n"
        notes = release_notes.notes_of("v0.2.0", text, self.CARGO)
        assert notes == "- this\n\n### More\n\n- too\n"

    @pytest.mark.parametrize(
        ("tag", "text", "fault"),
        [
            ("v0.3.0", "## 0.3.0\n\n- x\n", "but Cargo.toml has the version 0.2.0"),
            ("0.2.0", "## 0.2.0\n\n- x\n", "the tag is `0.2.0`"),
            ("v0.2.0", "## Unreleased\n\n- x\n", "has 0 sections"),
            ("v0.2.0", "## 0.2.0\n\n- x\n\n## 0.2.0\n\n- y\n", "has 2 sections"),
            ("v0.2.0", "## 0.2.0\n\n## 0.1.0\n\n- x\n", "is empty"),
            ("v0.2.0", "## 0.2.0.1\n\n- x\n", "has 0 sections"),
        ],
    )
    def test_that_are_none_end_the_release(self, tag: str, text: str, fault: str) -> None:
        with pytest.raises(release_notes.ReleaseError, match=re.escape(fault)):
            release_notes.notes_of(tag, text, self.CARGO)

    def test_of_the_real_files_wait_for_a_section(self, capsys: pytest.CaptureFixture[str]) -> None:
        assert release_notes.main(["v0.0.0"]) == 1
        assert "error: the tag is `v0.0.0`, but Cargo.toml has" in capsys.readouterr().err
        assert release_notes.main([]) == 2


def _cargo(*words: str) -> str:
    if shutil.which("cargo") is None:
        pytest.skip("needs cargo")
    answer = subprocess.run(
        ["cargo", *words, "--locked", "--offline"],  # noqa: S607 - as make takes it
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )
    if answer.returncode != 0 and "offline" in answer.stderr:
        pytest.skip("the crates of other systems are not downloaded: cargo fetch")
    assert answer.returncode == 0, answer.stderr
    return answer.stdout


@pytest.fixture(scope="module")
def crates() -> list[licences.Crate]:
    """The crates that are linked."""
    return licences.linked(json.loads(_cargo("metadata", "--format-version", "1")))


class TestLicences:
    def test_are_of_every_crate_of_the_lock_that_is_linked(
        self, crates: list[licences.Crate]
    ) -> None:
        tree = _cargo(
            *("tree", "--package", "specplan-python", "--edges", "normal,no-proc-macro"),
            *("--target", "all", "--prefix", "none", "--format", "{p}"),
        )
        linked = {tuple(line.split()[:2]) for line in tree.splitlines() if line}
        theirs = {(name, version) for name, version in linked if not name.startswith("specplan")}
        listed = {(each.name, f"v{each.version}") for each in crates}
        assert len(theirs) > 40
        # Cargo resolves features for the whole workspace there, so that it may name a few more.
        assert theirs <= listed
        lock = toml.loads((ROOT / "Cargo.lock").read_text(encoding="utf-8"))
        assert listed <= {(each["name"], f"v{each['version']}") for each in lock["package"]}
        assert len(listed - theirs) < 4

    def test_list_each_crate_with_a_text_and_each_text_once(
        self, crates: list[licences.Crate]
    ) -> None:
        text = licences.document(crates, "notices of the library\n")
        for crate in crates:
            line = f"{crate.name} {crate.version}"
            assert f"\n{line}: {crate.licence}\n" in text
            assert re.search(rf"^{re.escape(line)}(?: \(.+\))?$", text, re.MULTILINE), line
        assert text.endswith("notices of the library\n")
        assert text.count("TERMS AND CONDITIONS FOR USE, REPRODUCTION") < len(crates)

    def test_that_are_missing_are_an_error(self, tmp_path: Path) -> None:
        crate = licences.Crate(name="x", version="1.0", licence="MIT", folder=tmp_path)
        with pytest.raises(licences.LicenceError, match=r"no text of the licence of x 1\.0"):
            licences.document([crate], "")


class TestFiles:
    def _name(self, pattern: str) -> str:
        tag = re.sub(r"\\d\+_\\d\+", "11_0", pattern).replace("\\", "")
        return f"specplan-0.2.0-cp310-abi3-{tag}.whl"

    @pytest.fixture
    def folder(self, tmp_path: Path) -> Path:
        """The files of a release."""
        inside = [
            *("specplan/_core.abi3.so", "specplan/_core.pyi"),
            "specplan/spack-specplan/specplan/cmd/specplan.py",
            "specplan-0.2.0.dist-info/licenses/LICENSE-MIT",
            "specplan-0.2.0.dist-info/licenses/LICENSE-THIRD-PARTY.txt",
            "specplan-0.2.0.data/data/share/man/man1/specplan.1",
        ]
        for pattern in check_wheels.PLATFORMS.values():
            with zipfile.ZipFile(tmp_path / self._name(pattern), "w") as wheel:
                for name in inside:
                    wheel.writestr(name, "x")
        self._source(
            tmp_path,
            *("LICENSE-MIT", "LICENSE-THIRD-PARTY.txt"),
            "docs/specplan.data/data/share/man/man1/specplan.1",
            "python/specplan/spack-specplan/specplan/cmd/specplan.py",
        )
        return tmp_path

    def _source(self, folder: Path, *names: str) -> None:
        with tarfile.open(folder / "specplan-0.2.0.tar.gz", "w:gz") as packed:
            for name in names:
                packed.addfile(tarfile.TarInfo(f"specplan-0.2.0/{name}"))

    def test_that_are_complete_have_no_fault(self, folder: Path) -> None:
        assert check_wheels.faults(folder, "0.2.0") == []
        assert check_wheels.main([str(folder), "v0.2.0"]) == 0

    def test_of_another_version_or_too_few_or_too_many_are_faults(self, folder: Path) -> None:
        assert len(check_wheels.faults(folder, "0.3.0")) == len(check_wheels.PLATFORMS) + 1
        (folder / self._name("win_amd64")).unlink()
        assert check_wheels.faults(folder, "0.2.0")[0] == "0 wheels for Windows, not one"
        assert check_wheels.main([str(folder), "0.2.0"]) == 1
        for more in ("one", "two"):
            (folder / more).touch()
        assert check_wheels.faults(folder, "0.2.0")[1] == "11 files, not 10"

    def test_that_lack_something_or_are_too_large_are_faults(
        self, folder: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        wheel = folder / self._name("win_amd64")
        with zipfile.ZipFile(wheel, "w") as packed:
            packed.writestr("specplan/_core.pyd", "x")
        said = "\n".join(check_wheels.faults(folder, "0.2.0"))
        assert "win_amd64.whl: is without the texts of what is linked" in said
        assert "win_amd64.whl: is without the compiled module" not in said
        self._source(folder, "LICENSE-MIT")
        said = "\n".join(check_wheels.faults(folder, "0.2.0"))
        assert "0.2.0.tar.gz: is without the texts of what is linked" in said
        assert "0.2.0.tar.gz: is without the licences" not in said
        monkeypatch.setattr(check_wheels, "MOST_BYTES", 10)
        assert "bytes, more than 10" in "\n".join(check_wheels.faults(folder, "0.2.0"))


class TestTheImage:
    LINES = (ROOT / "Containerfile").read_text(encoding="utf-8").splitlines()

    def test_is_slim_and_runs_without_root(self) -> None:
        words = [line.split() for line in self.LINES if line and line[0].isupper()]
        assert [each[1] for each in words if each[0] == "FROM"] == [
            "docker.io/library/python:${PYTHON}-slim"
        ]
        assert [each[1] for each in words if each[0] == "USER"] == ["specplan"]
        assert words[-2:] == [["ENTRYPOINT", '["specplan"]'], ["CMD", '["--help"]']]

    def test_has_its_modules_compiled_as_its_user_cannot_write_them(self) -> None:
        (install,) = [line for line in self.LINES if "pip install" in line]
        assert "--no-compile" not in install

    def test_gets_nothing_of_the_checkout_but_the_wheel(self) -> None:
        assert not any(line.startswith(("COPY", "ADD")) for line in self.LINES)
        assert (ROOT / ".dockerignore").read_text(encoding="utf-8") == "*\n!dist\n"


def test_the_source_distribution_has_all_that_a_build_reads(tmp_path: Path) -> None:
    maturin = shutil.which("maturin", path=sysconfig.get_path("scripts")) or shutil.which("maturin")
    if maturin is None or shutil.which("cargo") is None:
        pytest.skip("it needs maturin and cargo: `make test` installs the first")
    command = [maturin, "sdist", "--out", str(tmp_path)]
    subprocess.run(command, cwd=ROOT, check=True, capture_output=True)
    (archive,) = tmp_path.glob("*.tar.gz")
    with tarfile.open(archive) as opened:
        names = {name.partition("/")[2] for name in opened.getnames()}
    settings = toml.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    data = ROOT / settings["tool"]["maturin"]["data"]
    files = [path for path in data.rglob("*") if path.is_file()]
    read = {"Cargo.lock", settings["project"]["readme"], "python/specplan/cli/words.txt"}
    assert files
    assert read | {path.relative_to(ROOT).as_posix() for path in files} <= names


class TestAddresses:
    @pytest.fixture
    def root(self, tmp_path: Path) -> Path:
        for name, text in {
            "README.md": "uses: OWNER/specplan@COMMIT\nhttps://github.com/OWNER/specplan/x\n",
            "docs/shell.md": "repo: https://github.com/OWNER/specplan\n",
            "docs/releasing.md": "`OWNER/specplan` stands for it\n",
            "docs/picture.png": "OWNER/specplan",
        }.items():
            path = tmp_path / name
            path.parent.mkdir(exist_ok=True)
            path.write_text(text, encoding="utf-8")
        return tmp_path

    def test_each_placeholder_is_named_with_its_place(self, root: Path) -> None:
        assert [line.split(": ")[0] for line in addresses.left(root)] == [
            "README.md:1",
            "README.md:2",
            "docs/shell.md:1",
        ]

    def test_the_address_takes_the_place_of_all(self, root: Path) -> None:
        assert addresses.put(root, "acme/plans") == ["README.md", "docs/shell.md"]
        assert addresses.left(root) == []
        assert "uses: acme/plans@COMMIT" in (root / "README.md").read_text(encoding="utf-8")
        assert "OWNER" in (root / "docs" / "releasing.md").read_text(encoding="utf-8")

    @pytest.mark.parametrize("words", [["a b/c"], ["acme"], ["a/b", "c"], ["-x/y"]])
    def test_what_is_no_address_is_refused(self, words: list[str]) -> None:
        assert addresses.main(words) == 2

    def test_a_release_stops_while_one_is_left(self) -> None:
        steps = _workflow(RELEASE)["jobs"]["check"]["steps"]
        assert {"run": "python tools/addresses.py"} in steps
        assert addresses.main([]) == (1 if addresses.left(ROOT) else 0)
