"""The configuration is found, read, and refused where it is wrong."""

from __future__ import annotations

import re
from dataclasses import fields
from decimal import Decimal
from pathlib import Path

import pytest

from specplan import config
from specplan.config import DIALECTS, FORMATS, CheckSettings, Configuration, StackEntry, reader
from specplan.config.export import CELL_KEYS, SIZE_KEYS
from specplan.errors import ConfigurationError, DamagedSourceError, SourceError
from specplan.model import NotWanted
from specplan.model.host import Host

DOCUMENTATION = Path(__file__).parents[2] / "docs" / "configuration.md"

EVERYTHING = """
cache = ["examples/cache", "tools=../tools.json", "https://example.org/cache", "/absolute"]
stack = "e4s*"
peers = ["e4s", "radiuss"]
system = ["ubuntu24.04/zen4", "all"]
os = "ubuntu*"
target = ["x86_64_v3", "zen4"]
tag = "develop-2025-05-25"
level = "version"
compat = "target"
format = "markdown"
fail-under = 97.50
fail-on-lost = true
fail-on-absent = true
strict = true
skip-damaged = true
offline = true

[families]
ml = ["ml-linux-*", "ml-darwin-*"]
tools = "tools-sdk"

[libc]
"rocky9.4" = "glibc 2.34"
alpine = "musl 1.2.5"

[[not-wanted]]
package = "cuda*"
target = "aarch64"
reason = "no GPU there"

[[not-wanted]]
stack = "ml-*"
os = "sequoia"
reason = "ends in May"
"""


def write(folder: Path, content: str, name: str = "specplan.toml") -> Path:
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / name
    path.write_text(content, encoding="utf-8")
    return path


def test_every_key_is_read(tmp_path: Path) -> None:
    assert config.load(write(tmp_path, EVERYTHING)) == Configuration(
        cache=(
            str(tmp_path / "examples/cache"),
            f"tools={tmp_path / '../tools.json'}",
            "https://example.org/cache",
            "/absolute",
        ),
        stack=("e4s*",),
        peers=("e4s", "radiuss"),
        system=("ubuntu24.04/zen4", "all"),
        os=("ubuntu*",),
        target=("x86_64_v3", "zen4"),
        tag="develop-2025-05-25",
        baseline_directory=str(tmp_path),
        level="version",
        compat="target",
        format="markdown",
        fail_under=Decimal("97.50"),
        fail_on_lost=True,
        fail_on_absent=True,
        strict=True,
        skip_damaged=True,
        offline=True,
        families={"ml": ("ml-linux-*", "ml-darwin-*"), "tools": ("tools-sdk",)},
        libc={"rocky9.4": "glibc 2.34", "alpine": "musl 1.2.5"},
        not_wanted=(
            NotWanted(package="cuda*", target="aarch64", reason="no GPU there"),
            NotWanted(stack="ml-*", os="sequoia", reason="ends in May"),
        ),
    )


def test_stacks_may_be_tables(tmp_path: Path) -> None:
    content = """
[[stack]]
name = "radiuss"
cells = ["ubuntu24.04/zen4", "rhel8/x86_64_v3"]
want = "stacks/radiuss/spack.yaml"

[[stack]]
name = "e4s"
want = "https://example.org/spack.lock"

[[stack]]
name = "tools-sdk"
cells = "ubuntu24.04/zen4"
"""
    read = config.load(write(tmp_path, content))
    assert read.stack == ()
    assert read.stacks == (
        StackEntry(
            name="radiuss",
            cells=("ubuntu24.04/zen4", "rhel8/x86_64_v3"),
            want=str(tmp_path / "stacks/radiuss/spack.yaml"),
        ),
        StackEntry(name="e4s", want="https://example.org/spack.lock"),
        StackEntry(name="tools-sdk", cells=("ubuntu24.04/zen4",)),
    )


def test_the_host_of_environments_may_be_given(tmp_path: Path) -> None:
    content = "[host]\nplatform = 'linux'\ntarget = 'zen4'\nenv = {CI = '', SITE = 'x'}"
    read = config.load(write(tmp_path, content))
    assert read.host == Host(platform="linux", target="zen4", env={"CI": "", "SITE": "x"})


@pytest.mark.parametrize(
    ("content", "key", "fault", "hint"),
    [
        ("name = 'a'\ncell = 'b/c'", "stack[0].cell", "unknown key", "did you mean `cells`?"),
        ("cells = 'a/b'", "stack[0].name", "a name is required", None),
        ("name = 'a=b'\ncells = 'a/b'", "stack[0].name", "`a=b` is not a name", None),
        ("name = 3", "stack[0].name", "expected a string", None),
        ("name = 'a'", "stack[0]", "it sets nothing", "give `cells`, `want` or both"),
        ("name = 'a'\ncells = ['zen4']", "stack[0].cells", "`zen4` is not an OS/TARGET", None),
        ("name = 'a'\ncells = ['all']", "stack[0].cells", "`all` is not an OS/TARGET", None),
        ("name = 'a'\nwant = ['x']", "stack[0].want", "expected a string, found an array", None),
        ("name = 'a'\nwant = ''", "stack[0].want", "it is empty", None),
        (
            "name = 'a'\nfail-over-builds = -1",
            "stack[0].fail-over-builds",
            "-1 is not a number",
            None,
        ),
        (
            "name = 'a'\nfail-over-cost = nan",
            "stack[0].fail-over-cost",
            "not a number from 0",
            None,
        ),
        (
            "name = 'a'\nwant = 'x'\n[[stack]]\nname = 'a'\nwant = 'y'",
            "stack[1].name",
            "`a` has a table already",
            None,
        ),
    ],
)
def test_a_table_of_a_stack_is_refused_where_it_is_wrong(
    tmp_path: Path, content: str, key: str, fault: str, hint: str | None
) -> None:
    with pytest.raises(ConfigurationError) as caught:
        config.load(write(tmp_path, f"[[stack]]\n{content}"))
    assert (caught.value.key, caught.value.hint) == (key, hint)
    assert fault in caught.value.fault


@pytest.mark.parametrize(
    ("content", "key", "fault"),
    [
        ("stack = [{name = 'a', want = 'b'}, 'c']", "stack[1]", "expected a table"),
        ("host = 'linux'", "host", "expected a table"),
        ("host = {plattform = 'linux'}", "host.plattform", "unknown key"),
        ("host = {os = 3}", "host.os", "expected a string"),
        ("host = {env = 'CI'}", "host.env", "expected a table"),
        ("host = {env = {CI = 1}}", "host.env.CI", "expected a string"),
    ],
)
def test_mixed_stacks_and_odd_hosts_are_refused(
    tmp_path: Path, content: str, key: str, fault: str
) -> None:
    with pytest.raises(ConfigurationError) as caught:
        config.load(write(tmp_path, content))
    assert caught.value.key == key
    assert fault in caught.value.fault


def test_nothing_written_means_the_defaults(tmp_path: Path) -> None:
    read = config.load(write(tmp_path, ""))
    assert read == Configuration(baseline_directory=str(tmp_path))


def test_locks_say_what_is_wanted(tmp_path: Path) -> None:
    content = """
want = ["e4s=e4s/spack.lock", "/absolute/spack.lock", "-", "none"]
scope = "all"
fail-under-roots = 99.50
"""
    read = config.load(write(tmp_path, content))
    assert read == Configuration(
        want=(
            f"e4s={tmp_path / 'e4s/spack.lock'}",
            "/absolute/spack.lock",
            "-",
            str(tmp_path / "none"),
        ),
        scope="all",
        fail_under_roots=Decimal("99.50"),
        baseline_directory=str(tmp_path),
    )


@pytest.mark.parametrize("other", ["peers", "baseline"])
def test_wants_come_from_one_place(tmp_path: Path, other: str) -> None:
    path = write(tmp_path, f"want = 'spack.lock'\n{other} = 'x'")
    with pytest.raises(ConfigurationError, match=f"want: wants come from locks or from `{other}`"):
        config.load(path)


def test_a_percentage_is_kept_as_it_was_written(tmp_path: Path) -> None:
    read = config.load(write(tmp_path, "fail-under = 66.66666666666666666667"))
    assert read.fail_under == Decimal("66.66666666666666666667")


def test_a_baseline_starts_from_the_folder_of_the_file(tmp_path: Path) -> None:
    read = config.load(write(tmp_path, 'baseline = "old/_cache"'))
    assert (read.baseline, read.baseline_directory) == ("old/_cache", str(tmp_path))


@pytest.mark.parametrize(
    ("content", "key", "fault", "hint"),
    [
        ("stak = 'e4s'", "stak", "unknown key", "did you mean `stack`?"),
        ("fail_under = 3", "fail_under", "unknown key", "did you mean `fail-under`?"),
        ("FORMAT = 3", "FORMAT", "unknown key", "did you mean `format`?"),
        ("cache = 3", "cache", "expected a string or an array of strings, found an integer", None),
        ("cache = ['a', 3]", "cache[1]", "expected a string, found an integer", None),
        ("stack = ['']", "stack[0]", "it is empty", None),
        (
            "stack = {a = 1}",
            "stack",
            "expected a string or an array of strings, found a table",
            None,
        ),
        ("tag = true", "tag", "expected a string, found a boolean", None),
        ("tag = 2025-05-25", "tag", "expected a string, found a date or time", None),
        ("tag = ' '", "tag", "it is empty", None),
        ("[targets]\n'' = ['zen4']", "targets", "the name `` is empty", None),
        ("[families]\n' ' = ['a']", "families", "the name ` ` is empty", None),
        ("[libc]\n'' = 'glibc 2.34'", "libc", "the name `` is empty", None),
        ("[host.env]\n'' = 'x'", "host.env", "the name `` is empty", None),
        (
            "level = 'packages'",
            "level",
            "`packages` is not one of `package`, `version`, `variant`, `hash`",
            None,
        ),
        ("compat = 'none'", "compat", "`none` is not one of `exact`, `target`, `os`", None),
        (
            "format = 'pdf'",
            "format",
            f"`pdf` is not one of {', '.join(f'`{each}`' for each in (*FORMATS, *DIALECTS))}",
            None,
        ),
        ("system = 'zen4'", "system", "`zen4` is neither OS/TARGET nor `all`", None),
        ("system = 'a/b/c'", "system", "`a/b/c` is neither OS/TARGET nor `all`", None),
        ("fail-under = '95'", "fail-under", "expected a number, found a string", None),
        ("fail-under = true", "fail-under", "expected a number, found a boolean", None),
        ("fail-under = 100.1", "fail-under", "100.1 is not a percentage from 0 to 100", None),
        ("fail-under = -1", "fail-under", "-1 is not a percentage from 0 to 100", None),
        ("fail-under = nan", "fail-under", "NaN is not a percentage from 0 to 100", None),
        ("strict = 'yes'", "strict", "expected true or false, found a string", None),
        ("skip-damaged = 1", "skip-damaged", "expected true or false, found an integer", None),
        ("fail-on-lost = 0.5", "fail-on-lost", "expected true or false, found a number", None),
        (
            "peers = 'e4s'\nbaseline = 'v1'",
            "baseline",
            "wants come from `peers` or from a baseline, not from both",
            None,
        ),
        ("families = 'e4s'", "families", "expected a table, found a string", None),
        ("[families]\nml = []", "families.ml", "a family needs at least one pattern", None),
        (
            "[families]\nml.x = ['a']",
            "families.ml",
            "expected a value, found a table",
            "a name that contains a dot needs quotes in TOML",
        ),
        ("libc = ['a']", "libc", "expected a table, found an array", None),
        (
            "[libc]\nrocky9.4 = 'glibc 2.34'",
            "libc.rocky9",
            "expected a value, found a table",
            "a name that contains a dot needs quotes in TOML",
        ),
        (
            "[libc]\nrocky9 = '2.34'",
            "libc.rocky9",
            "`2.34` is not a C library and version",
            "write it as `glibc 2.35` or `musl 1.2`",
        ),
        (
            "[not-wanted]\npackage = 'x'",
            "not-wanted",
            "expected an array of tables ([[not-wanted]]), found a table",
            None,
        ),
        ("not-wanted = [3]", "not-wanted[0]", "expected a table, found an integer", None),
        ("[[not-wanted]]\npackage = 'x'", "not-wanted[0].reason", "a reason is required", None),
        (
            "[[not-wanted]]\npackage = 'x'\nreason = 'see https://u:word@example.org/x'",
            "not-wanted[0].reason",
            "it contains a URL with a user, which every report would show",
            None,
        ),
        (
            "[[not-wanted]]\nreason = 'x'",
            "not-wanted[0]",
            "it excludes everything",
            "name a package, a stack, an os or a target",
        ),
        (
            "[[not-wanted]]\npackage = 'a'\nreason = 'x'\n[[not-wanted]]\npakage = 'x'",
            "not-wanted[1].pakage",
            "unknown key",
            "did you mean `package`?",
        ),
        (
            "[[not-wanted]]\npackage = ['a']\nreason = 'x'",
            "not-wanted[0].package",
            "expected a string, found an array",
            None,
        ),
    ],
)
def test_what_is_wrong_is_named(
    tmp_path: Path, content: str, key: str, fault: str, hint: str | None
) -> None:
    path = write(tmp_path, content)
    with pytest.raises(ConfigurationError) as caught:
        config.load(path)
    assert str(caught.value) == f"{path}: {key}: {fault}"
    assert caught.value.hint == hint


def test_an_unknown_key_with_nothing_near_lists_what_there_is(tmp_path: Path) -> None:
    with pytest.raises(ConfigurationError) as caught:
        config.load(write(tmp_path, "zzz = 1"))
    assert caught.value.hint is not None
    assert all(f"`{key}`" in caught.value.hint for key in config.KEYS)


def test_a_fault_of_syntax_is_damage_with_its_line(tmp_path: Path) -> None:
    with pytest.raises(DamagedSourceError) as caught:
        config.load(write(tmp_path, "stack = 'e4s'\nlevel = \n"))
    assert caught.value.line == 2
    assert "not valid TOML" in str(caught.value)


def test_a_file_that_is_not_text_is_damaged(tmp_path: Path) -> None:
    path = tmp_path / "specplan.toml"
    path.write_bytes(b"stack = '\xff'")
    with pytest.raises(DamagedSourceError, match="it is not UTF-8"):
        config.load(path)


def test_a_file_that_is_not_there_cannot_be_read(tmp_path: Path) -> None:
    with pytest.raises(SourceError, match="does not exist"):
        config.load(tmp_path / "specplan.toml")


def test_the_table_of_pyproject_is_read_and_its_keys_are_named_in_full(tmp_path: Path) -> None:
    path = write(tmp_path, "[tool.specplan]\nstack = 'e4s'", "pyproject.toml")
    assert config.load(path).stack == ("e4s",)
    write(tmp_path, "[tool.specplan]\nstak = 'e4s'", "pyproject.toml")
    with pytest.raises(ConfigurationError, match=r"tool\.specplan\.stak: unknown key"):
        config.load(path)
    write(tmp_path, "[tool]\nspecplan = 3", "pyproject.toml")
    with pytest.raises(ConfigurationError, match=r"tool\.specplan: expected a table"):
        config.load(path)


def test_a_pyproject_that_is_named_must_have_the_table(tmp_path: Path) -> None:
    path = write(tmp_path, "[project]\nname = 'x'", "pyproject.toml")
    with pytest.raises(ConfigurationError, match=r"tool\.specplan: unknown table"):
        config.load(path)


def test_the_nearest_file_wins(tmp_path: Path) -> None:
    inner = tmp_path / "a" / "b"
    inner.mkdir(parents=True)
    outer = write(tmp_path, "")
    assert config.find(inner) == outer
    nearer = write(tmp_path / "a", "[tool.specplan]", "pyproject.toml")
    assert config.find(inner) == nearer
    own = write(tmp_path / "a", "")
    assert config.find(inner) == own


def test_a_pyproject_without_the_table_is_passed_over(tmp_path: Path) -> None:
    outer = write(tmp_path, "")
    write(tmp_path / "a", "[tool.other]", "pyproject.toml")
    assert config.find(tmp_path / "a") == outer


def test_a_folder_of_that_name_is_no_configuration(tmp_path: Path) -> None:
    outer = write(tmp_path, "")
    (tmp_path / "a" / "specplan.toml").mkdir(parents=True)
    assert config.find(tmp_path / "a") == outer


def test_a_pyproject_on_the_way_must_be_readable(tmp_path: Path) -> None:
    write(tmp_path, "[tool", "pyproject.toml")
    with pytest.raises(DamagedSourceError):
        config.find(tmp_path)


def test_every_key_is_an_attribute() -> None:
    attributes = {each.name.replace("_", "-") for each in fields(Configuration)}
    assert attributes - {"baseline-directory", "stacks"} == set(config.KEYS)


def test_the_documentation_has_every_key_and_no_other() -> None:
    text = DOCUMENTATION.read_text(encoding="utf-8")
    main, _, entries = text.partition("### `[[not-wanted]]`")
    row = re.compile(r"^\| `([a-z-]+)` \|", re.MULTILINE)
    main, _, export = main.partition("### `[export]`")
    assert row.findall(main) == list(config.KEYS)
    assert set(row.findall(export)) == {*reader.EXPORT_KEYS, *CELL_KEYS, *SIZE_KEYS}
    entries, _, stacks = entries.partition("### `[[stack]]`")
    entries, _, weights = entries.partition("### `[[weight]]`")
    assert row.findall(entries) == list(reader.NOT_WANTED_KEYS)
    assert row.findall(weights) == list(reader.WEIGHT_KEYS)
    assert row.findall(stacks) == list(reader.STACK_KEYS)
    main, _, check = main.partition("### `[check]`")
    assert all(f"`{key}`" in check for key in reader.CHECK_KEYS)
    host = main.partition("### `[host]`")[2]
    assert all(f"`{key}`" in host for key in reader.HOST_KEYS)


def test_the_examples_of_the_documentation_are_valid(tmp_path: Path) -> None:
    text = DOCUMENTATION.read_text(encoding="utf-8")
    examples = re.findall(r"```toml\n(.*?)```", text, re.DOTALL)
    assert len(examples) >= 3
    for example in examples:
        config.load(write(tmp_path, example))
    main = text.partition("### `[export]`")[0]
    rows = re.findall(r"^\| `([a-z-]+)` \|.*\| `([^`]+)` \|$", main, re.MULTILINE)
    # The tables have examples of their own.
    tables = {"families", "libc", "targets", "host", "check", "export", "not-wanted", "weight"}
    assert [key for key, _ in rows] == [key for key in config.KEYS if key not in tables]
    for key, value in rows:
        config.load(write(tmp_path, f"{key} = {value}"))


def test_how_to_check_is_read(tmp_path: Path) -> None:
    assert config.load(write(tmp_path, "")).check == CheckSettings()
    content = '[check]\nverify = "blobs"\nignore = ["not-in-cache", "missing"]'
    assert config.load(write(tmp_path, content)).check == CheckSettings(
        verify="blobs", ignore=("not-in-cache", "missing")
    )


@pytest.mark.parametrize(
    ("entry", "key"),
    [
        ('verify = "all"', "check.verify"),
        ('ignore = ["missing", "lost"]', "check.ignore"),
        ("ignore = true", "check.ignore"),
        ('level = "hash"', "check.level"),
    ],
)
def test_a_faulty_way_to_check_is_refused(tmp_path: Path, entry: str, key: str) -> None:
    with pytest.raises(ConfigurationError) as caught:
        config.load(write(tmp_path, f"[check]\n{entry}\n"))
    assert caught.value.key == key


def test_weights_are_read_in_their_order(tmp_path: Path) -> None:
    content = """
        [[weight]]
        spec = "hdf5 +mpi"
        stack = "e4s*"
        weight = 2.5

        [[weight]]
        stack = "radiuss"
        weight = 10
    """
    first, second = config.load(write(tmp_path, content)).weight
    assert (first.spec, first.stack, first.weight) == ("hdf5 +mpi", "e4s*", Decimal("2.5"))
    assert (second.spec, second.stack, second.weight) == (None, "radiuss", Decimal(10))


@pytest.mark.parametrize(
    ("entry", "key"),
    [
        ('spec = "hdf5"', "weight[0].weight"),
        ("weight = 2", "weight[0]"),
        ('spec = "hdf5"\nweight = 0', "weight[0].weight"),
        ('spec = "hdf5"\nweight = -1', "weight[0].weight"),
        ('spec = "hdf5"\nweight = nan', "weight[0].weight"),
        ('spec = "hdf5"\nweight = 1000001', "weight[0].weight"),
        ('spec = "hdf5"\nweight = 0.0005', "weight[0].weight"),
        ('spec = "hdf5"\nweight = true', "weight[0].weight"),
        ("spec = 3\nweight = 1", "weight[0].spec"),
        ('name = "hdf5"\nweight = 1', "weight[0].name"),
    ],
)
def test_a_faulty_weight_is_refused(tmp_path: Path, entry: str, key: str) -> None:
    with pytest.raises(ConfigurationError) as caught:
        config.load(write(tmp_path, f"[[weight]]\n{entry}\n"))
    assert caught.value.key == key


def test_keys_of_exports_may_be_spelled_as_their_options_and_as_github_does(tmp_path: Path) -> None:
    own, other = (
        config.load(write(tmp_path, text)).export
        for text in (
            "[export]\njobs = 8\nmirror-url = 's3://b/m'\n[[export.cell]]\nruns-on = 'arm'\n",
            "[export]\nbuild-jobs = 8\nmirror_url = 's3://b/m'\n[[export.cell]]\nruns_on = 'arm'\n",
        )
    )
    assert own == other
    assert (own.build_jobs, own.cells[0].gives.runs_on) == (8, ("arm",))
    with pytest.raises(ConfigurationError, match="another spelling of `jobs`"):
        config.load(write(tmp_path, "[export]\njobs = 8\nbuild-jobs = 9\n"))
