"""Environments are read in all their forms, and refused with the file, the place and the line."""

from __future__ import annotations

import hashlib
import os
from dataclasses import replace
from pathlib import Path

import pytest

from specplan.errors import DamagedSourceError, SourceError, UsageError
from specplan.model import LeftOut
from specplan.model.host import Host
from specplan.sources.environments.environment import (
    Environment,
    EnvironmentRoot,
    read_environment,
)
from specplan.sources.environments.options import EnvironmentOptions
from specplan.sources.environments.requirements import Clause
from specplan.sources.limits import Limits


def write(path: Path, content: str) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(content, encoding="utf-8")
    return path


def read(folder: Path, content: str, host: Host | None = None) -> Environment:
    return read_environment(write(folder / "spack.yaml", content), host=host)


def read_with(folder: Path, content: str, options: EnvironmentOptions) -> Environment:
    return read_environment(write(folder / "spack.yaml", content), options=options)


ROWS = """spack:
  definitions:
  - libraries:
    - hdf5
    - zlib
  - compilers: ["%gcc", "%clang"]
  specs:
  - $libraries
  - matrix:
    - - mfem
      - conduit
    - [$compilers]
    exclude: ["mfem%clang"]
"""


def test_a_root_knows_all_lines_that_it_comes_from(tmp_path: Path) -> None:
    environment = read(tmp_path / "e4s", ROWS)
    assert {each.path for each in environment.roots} == {environment.path}
    assert [(root.spec, [line for _, line in root.lines]) for root in environment.roots] == [
        ("hdf5", [4, 8]),
        ("zlib", [5, 8]),
        ("mfem %gcc", [9, 10, 6, 12]),
        ("conduit %gcc", [9, 11, 6, 12]),
        ("conduit %clang", [9, 11, 6, 12]),
    ]


def lines(environment: Environment) -> list[tuple[str, int, str]]:
    """Kind, line and remedy of left-out input that blocks."""
    return [
        (each.kind, int(each.where.rpartition(":")[2]), each.remedy)
        for each in sorted(environment.left_out, key=lambda each: (each.where, each.detail))
        if each.blocks
    ]


ALLOWED = EnvironmentOptions(allowed=frozenset({"include"}))


def specs(environment: Environment) -> list[str]:
    return [root.spec for root in environment.roots]


def test_a_root_knows_where_it_is_written(tmp_path: Path) -> None:
    environment = read(tmp_path / "e4s", "spack:\n  specs:\n  - zlib\n  - matrix: [[a, b]]\n")
    assert environment.stack == "e4s"
    assert [(root.spec, root.location, root.line) for root in environment.roots] == [
        ("zlib", "spack.specs[0]", 3),
        ("a", "spack.specs[1]", 4),
        ("b", "spack.specs[1]", 4),
    ]
    assert environment.roots[0].path == environment.path == str(tmp_path / "e4s/spack.yaml")
    assert environment.roots[0].group == "default"


def test_a_stack_is_given_or_comes_from_the_folder_or_the_file(tmp_path: Path) -> None:
    content = "spack: {specs: [zlib]}"
    folder = write(tmp_path / "tools/spack.yaml", content).parent
    assert read_environment(folder).stack == "tools"
    assert read_environment(folder, stack="mine").stack == "mine"
    assert read_environment(write(tmp_path / "nightly.yaml", content)).stack == "nightly"


@pytest.mark.parametrize("specs_of", ["", "  specs: []\n", "  specs: [null]\n"])
def test_an_environment_may_have_no_roots(tmp_path: Path, specs_of: str) -> None:
    environment = read(tmp_path, f"spack:\n  view: false\n{specs_of}")
    assert environment.roots == ()
    assert environment.left_out == ()


@pytest.mark.parametrize(
    ("content", "expected"),
    [
        ("", "true"),
        ("  concretizer: {unify: true}", "true"),
        ("  concretizer: {unify: when_possible}", "when_possible"),
        ("  concretizer: {unify: false}", "false"),
        ("  concretizer:: {unify:: false}", "false"),
        ("  concretization: together", "true"),
        ("  concretization: separately", "false"),
    ],
)
def test_how_roots_are_unified_is_read(tmp_path: Path, content: str, expected: str) -> None:
    assert read(tmp_path, f"spack:\n  view: false\n{content}\n").unify == expected


def test_a_sigil_is_put_before_texts_and_matrices(tmp_path: Path) -> None:
    environment = read(
        tmp_path,
        """
spack:
  definitions:
  - mpis: [openmpi, mpich]
  - many: [{matrix: [[hdf5], [+mpi, ~mpi]]}]
  specs:
  - matrix: [[a], [$^mpis]]
  - matrix: [[b], [$%mpis]]
  - matrix: [[c], [$^many]]
  - $mpis
""",
    )
    assert specs(environment) == [
        *("a ^openmpi", "a ^mpich", "b %openmpi", "b %mpich"),
        *("c ^hdf5+mpi", "c ^hdf5~mpi", "openmpi", "mpich"),
    ]


def test_an_exclusion_knows_that_a_value_given_is_the_whole_value(tmp_path: Path) -> None:
    environment = read(
        tmp_path,
        "spack: {specs: [{matrix: [[a], [x=1, 'x=1,2']], exclude: ['a x:=1', 'b']}]}",
    )
    assert specs(environment) == ["a x=1,2"]


def test_conditions_are_decided_by_the_host(tmp_path: Path) -> None:
    content = """
spack:
  definitions:
  - mine: [a]
    when: platform == "linux"
  specs: [$mine]
"""
    assert specs(read(tmp_path, content, Host(platform="linux"))) == ["a"]
    assert specs(read(tmp_path, content, Host(platform="darwin"))) == []
    undecided = read(tmp_path, content)
    assert specs(undecided) == []
    assert undecided.left_out == (
        LeftOut(
            kind="condition",
            where=f"{tmp_path / 'spack.yaml'}:5",
            detail="what `$mine` stands for depends on `platform == "
            '"linux"`: `platform` is unknown',
            blocks=True,
            remedy='`platform = "PLATFORM"` under `[host]` in specplan.toml',
        ),
    )


def test_each_system_has_the_roots_that_conditions_leave_it(tmp_path: Path) -> None:
    content = """
spack:
  definitions:
  - mine: [a]
    when: platform == "linux"
  - mine: [b]
    when: os == "rhel8" and target == "zen4"
  specs: [$mine]
"""
    environment = read(tmp_path, content, Host(target="zen4"))
    assert environment.varies
    assert specs(environment.on("linux", "rhel8")) == ["a", "b"]
    assert specs(environment.on("linux", "rhel9")) == ["a"]
    assert specs(environment.on("darwin", "tahoe")) == []
    assert environment.on("linux", "rhel8").left_out == ()
    open_target = read(tmp_path, content)
    assert [each.remedy for each in open_target.on("linux", "rhel8").left_out] == [
        '`target = "TARGET"` under `[host]` in specplan.toml'
    ]
    # What the host says goes before what a cell is.
    said = read(tmp_path, content, Host(platform="darwin", target="zen4"))
    assert specs(said.on("linux", "rhel8")) == ["b"]
    decided = read(tmp_path, content, Host(platform="linux", os="rhel9", target="zen4"))
    assert not decided.varies
    assert decided.on("darwin", "tahoe") is decided


def test_requirements_are_asked_of_roots_where_no_recipe_is_needed(tmp_path: Path) -> None:
    environment = read(
        tmp_path,
        """
spack:
  packages:
    all:
      require: [target=zen4 os=rhel8, ~cuda, {one_of: [platform=linux]}, {any_of: [a, b]}]
    b:
      require: [{spec: '@2 +x'}]
    c:
      require: '@1'
    d:
      require: [{spec: +x, when: '@2'}, '@3:']
  specs: [a, b, c@2, d, e target=zen2]
""",
    )
    assert [root.asked for root in environment.roots] == [
        "a platform=linux os=rhel8 target=zen4",
        "b@2+x",
        "c@2",
        "d@3:",
        "e platform=linux target=zen2",
    ]
    assert (environment.platforms, environment.oss) == (("linux",), ("rhel8",))
    assert environment.targets == ("zen4",)
    assert environment.left_out == ()
    of_all = Clause(rule="any", choices=("~cuda",), of_all=True)
    of_two = Clause(rule="any", choices=("a", "b"), of_all=True)
    assert [of_candidates(root) for root in environment.roots] == [
        (of_all, of_two),
        (),
        (Clause(rule="any", choices=("@1",)),),
        (Clause(rule="any", choices=("+x",), when="@2"),),
        (Clause(rule="any", choices=("os=rhel8 target=zen4",)), of_all, of_two),
    ]


def of_candidates(root: EnvironmentRoot) -> tuple[Clause, ...]:
    """The clauses about a candidate itself."""
    return tuple(each for each in root.clauses if each.of is None)


def test_conflicts_of_a_package_take_the_place_of_those_of_all(tmp_path: Path) -> None:
    environment = read(
        tmp_path,
        """
spack:
  packages:
    all: {conflict: [+debug, {spec: '%gcc@:8', when: '@2:', message: too old}]}
    b: {conflict: [+x]}
    c: {require: [{one_of: [+y, +z]}]}
  specs: [a, b, c]
""",
    )
    of_all = (
        Clause(rule="never", choices=("+debug",)),
        Clause(rule="never", choices=("%gcc@:8",), when="@2:"),
    )
    one = Clause(rule="one", choices=("+y", "+z"))
    own = Clause(rule="never", choices=("+x",))
    found = [of_candidates(root) for root in environment.roots]
    assert found == [of_all, (own,), (one, *of_all)]
    # A binary is reused with its dependencies, which have requirements of their own.
    of_c, of_b = replace(one, of="c"), replace(own, of="b")
    below = [{each for each in root.clauses if each.of is not None} for root in environment.roots]
    assert below == [{of_b, of_c}, {of_c}, {of_b}]


def test_a_preferred_target_names_the_cell_where_none_is_required(tmp_path: Path) -> None:
    content = "spack: {packages: {all: {target: [zen4, x86_64_v3], require: '%gcc'}}}"
    assert read(tmp_path, content).targets == ("zen4", "x86_64_v3")


def test_scopes_are_merged_as_spack_merges_them(tmp_path: Path) -> None:
    write(
        tmp_path / "more.yaml",
        """
definitions:
- tools: [gdb]
- other: [strace]
packages:
  all:
    require: [target=zen2, os=rhel8]
    target: [zen2]
  zlib: {require: '@1'}
""",
    )
    assert specs(
        read(
            tmp_path,
            "spack: {include: [more.yaml], definitions: [tools: [cmake]], specs: [$tools, $other]}",
        )
    ) == ["cmake", "gdb", "strace"]
    assert specs(
        read(
            tmp_path,
            "spack: {include: [more.yaml], 'definitions:': [tools: [cmake]], specs: [$tools]}",
        )
    ) == ["cmake"]
    environment = read(
        tmp_path,
        "spack: {include: [more.yaml], specs: [zlib],"
        " packages: {all: {'require:': target=zen4, target: [zen4]}}}",
    )
    assert environment.roots[0].asked == "zlib@1"
    assert environment.targets == ("zen4",)


OPEN = """
spack:
  include:
  - wrapped.yaml
  - https://example.org/x.yaml
  - {git: git@example.org:x.git, branch: main, paths: [x]}
  - {path: $spack/etc, optional: true}
  - ~/site
  - {path: other.yaml, when: os == "rhel8"}
  - {path: never.yaml, when: 'False'}
  - {path: absent.yaml, optional: true}
  specs: [$mine]
  include_concrete: [$other, 'https://example.org/env']
"""


def test_what_cannot_be_included_is_a_record_with_the_line_that_settles_it(tmp_path: Path) -> None:
    write(tmp_path / "wrapped.yaml", "spack: {definitions: [mine: [a]]}")
    write(tmp_path / "other.yaml", "packages: {a: {require: [+x]}}")
    environment = read(tmp_path, OPEN)
    assert specs(environment) == ["a"]
    assert lines(environment) == [
        ("include", 13, '`other = "PATH"` under `[host.env]` in specplan.toml'),
        (
            "include",
            13,
            "--include https://example.org/env=FILE, or --allow-left-out include",
        ),
        ("include", 5, "--include https://example.org/x.yaml=FILE, or --allow-left-out include"),
        ("include", 6, "--include git@example.org:x.git=FILE, or --allow-left-out include"),
        ("include", 7, '`spack = "PATH"` under `[host.env]` in specplan.toml'),
        ("include", 8, '`HOME = "PATH"` under `[host.env]` in specplan.toml'),
        ("condition", 9, '`os = "OS"` under `[host]` in specplan.toml'),
    ]


def test_each_remedy_settles_its_record(tmp_path: Path) -> None:
    write(tmp_path / "wrapped.yaml", "spack: {definitions: [mine: [a]]}")
    write(tmp_path / "other.yaml", "packages: {a: {require: [+x]}}")
    for folder in ("home/site", "checkout/x", "spack/etc"):
        write(tmp_path / folder / "packages.yaml", "packages: {a: {require: ['@2']}}")
    write(tmp_path / "env/spack.lock", "{}")
    write(tmp_path / "x.yaml", "definitions: [mine: [b]]")
    includes = {
        "https://example.org/x.yaml": "x.yaml",
        "https://example.org/env": "env",
        "git@example.org:x.git": "checkout",
    }
    variables = {"HOME": "home", "other": "env", "spack": "spack"}
    options = EnvironmentOptions(
        host=Host(os="rhel8", env={name: str(tmp_path / at) for name, at in variables.items()}),
        includes={url: str(tmp_path / at) for url, at in includes.items()},
    )
    environment = read_with(tmp_path, OPEN, options)
    assert environment.left_out == ()
    assert [root.asked for root in environment.roots] == ["a@2+x", "b"]
    assert len(environment.locks) == 1


@pytest.mark.parametrize(
    "include",
    [
        "absent.yaml",
        "absent",
        "$env/absent",
        "{path: absent.yaml, when: 'True'}",
        "{path: absent.yaml, optional: false}",
        "absent/spack.lock",
        "link.yaml",
    ],
)
def test_an_include_that_is_missing_is_refused_unless_that_is_allowed(
    tmp_path: Path, include: str
) -> None:
    (tmp_path / "link.yaml").symlink_to(tmp_path / "nowhere.yaml")
    content = f"spack:\n  include:\n  - {include}\n  specs: [a]\n"
    with pytest.raises(DamagedSourceError) as caught:
        read(tmp_path, content)
    assert caught.value.line == 3
    assert caught.value.hint == "`--allow-left-out include` goes on without it"
    environment = read_with(tmp_path, content, ALLOWED)
    assert lines(environment) == [("include", 3, "--allow-left-out include")]
    assert specs(environment) == ["a"]


def test_what_cannot_change_an_answer_is_no_record(tmp_path: Path) -> None:
    for section in ("ci: {target: gitlab}", "cdash: {}", "view: true", "config: {build_jobs: 2}"):
        name = section.partition(":")[0]
        write(tmp_path / "folder" / f"{name}.yaml", section)
        write(tmp_path / f"{name}.yaml", section)
    write(tmp_path / "soft.yaml", "packages: {all: {prefer: [+x], variants: +y, version: [1]}}")
    write(tmp_path / "reuse.yaml", "concretizer: {reuse: false}")
    files = ["folder", "ci.yaml", "cdash.yaml", "view.yaml", "config.yaml", "soft.yaml"]
    files.append("reuse.yaml")
    includes = "".join(f"  - {{path: {file}, when: target == 'zen4'}}\n" for file in files)
    environment = read(tmp_path, f"spack:\n  include:\n  - folder\n{includes}  specs: [a]\n")
    assert environment.left_out == ()


@pytest.mark.parametrize(
    "section",
    [
        "packages: {a: {require: +x}}",
        "packages: {all: {conflict: +x}}",
        "packages: {a: {buildable: false}}",
        "definitions: [x: [a]]",
        "concretizer: {unify: false}",
        "toolchains: {x: '%gcc'}",
        "develop: {a: {spec: a@1}}",
        "include: [more.yaml]",
    ],
)
def test_what_could_change_an_answer_is_one_where_its_condition_is_open(
    tmp_path: Path, section: str
) -> None:
    write(tmp_path / "open.yaml", section)
    environment = read(
        tmp_path, "spack: {include: [{path: open.yaml, when: target == 'zen4'}], specs: [a]}"
    )
    remedy = '`target = "TARGET"` under `[host]` in specplan.toml'
    assert lines(environment) == [("condition", 1, remedy)]


def test_a_local_copy_of_a_remote_include_has_the_checksum_that_is_named(tmp_path: Path) -> None:
    copy = write(tmp_path / "copy.yaml", "packages: {a: {require: +x}}")
    checksum = hashlib.sha256(copy.read_bytes()).hexdigest()
    url = "https://example.org/packages.yaml?raw=1"
    options = EnvironmentOptions(includes={url: str(copy)})
    content = "spack: {{specs: [a], include: [{{path: '{}', sha256: {}}}]}}"
    environment = read_with(tmp_path, content.format(url, checksum), options)
    assert [root.asked for root in environment.roots] == ["a+x"]
    assert environment.left_out == ()
    with pytest.raises(DamagedSourceError, match=f"has the sha256 {checksum}, but"):
        read_with(tmp_path, content.format(url, "0" * 64), options)
    gone = EnvironmentOptions(includes={url: str(tmp_path / "gone")})
    with pytest.raises(SourceError, match="does not exist"):
        read_with(tmp_path, content.format(url, checksum), gone)


def test_what_an_included_folder_holds_and_nobody_can_read_is_no_secret(tmp_path: Path) -> None:
    folder = tmp_path / "folder"
    folder.mkdir()
    os.mkfifo(folder / "packages.yaml")
    with pytest.raises(SourceError, match=r"packages\.yaml` is not a file"):
        read(tmp_path, "spack: {include: [folder], specs: [a]}")
    (folder / "packages.yaml").unlink()
    (folder / "packages.yaml").symlink_to(folder / "nowhere")
    with pytest.raises(SourceError, match=r"packages\.yaml` does not exist"):
        read(tmp_path, "spack: {include: [folder], specs: [a]}")


@pytest.mark.parametrize(
    ("content", "fault", "hint"),
    [
        ("spack: {spec: [hdf5]}", "`spec` is not a section", "did you mean `specs`?"),
        ("spack: {Specs: [hdf5]}", "`Specs` is not a section", "did you mean `specs`?"),
        ("spack: {specs: [a], pakages: {}}", "`pakages` is not a", "did you mean `packages`?"),
        ("spack: {version: 1.0, install: yes}", "`version` is not a section", None),
        ("spack:", "must hold an environment, found nothing", None),
        ("spack: {}", "is empty", None),
        ("spack: [a]", "must hold an environment, found a list", None),
        ("spack: v1.0", "must hold an environment, found text", None),
        ("name: ci\nenv: {CI: 1}\njobs: {}", "has no `spack:` at its top", None),
        ("env: {}", "has no `spack:` at its top", None),
        ("env: [a]", "has no `spack:` at its top", None),
        (
            "spack: {specs: [a], packages: {all: {requires: +x}}}",
            "`requires` is not a part of a package's configuration",
            "did you mean `require`?",
        ),
        (
            "spack: {specs: [a], include: [{path: x, optinal: true}]}",
            "`optinal` is not a part of an include",
            "did you mean `optional`?",
        ),
        ("spack: {include: [misspelt.yaml]}", "`pacakges` is not a", "did you mean `packages`?"),
    ],
)
def test_what_is_misspelt_or_no_environment_is_refused(
    tmp_path: Path, content: str, fault: str, hint: str | None
) -> None:
    write(tmp_path / "misspelt.yaml", "pacakges: {all: {require: +x}}")
    with pytest.raises(DamagedSourceError) as caught:
        read(tmp_path, content)
    assert fault in caught.value.fault
    assert hint is None or caught.value.hint == hint


@pytest.mark.parametrize(
    ("content", "fault"),
    [
        ("packages: '@9'", "packages: expected a mapping, found text"),
        ("packages: [zlib]", "packages: expected a mapping, found a list"),
        ("packages: {a: '@9'}", "packages.a: expected a mapping, found text"),
        ("concretizer: x", "concretizer: expected a mapping, found text"),
        ("definitions: {x: [b]}", "definitions: expected a list, found a mapping"),
        ("specs: [b]", "specs: `specs` stands in an included file, where Spack takes none"),
        ("spack: {specs: [b]}", "`specs` stands in an included file"),
        ("include_concrete: [b]", "`include_concrete` stands in an included file"),
        ("concretization: separately", "`concretization` stands in an included file"),
    ],
)
def test_what_an_included_file_may_not_hold_is_never_hidden_by_the_environment(
    tmp_path: Path, content: str, fault: str
) -> None:
    # What the environment itself says takes precedence, so nothing of the file is looked at.
    write(tmp_path / "more.yaml", content)
    own = "concretizer: {unify: true}, definitions: [x: [c]], packages: {a: {require: '@1:'}}"
    with pytest.raises(DamagedSourceError) as caught:
        read(tmp_path, f"spack: {{specs: [a, $x], include: [more.yaml], {own}}}")
    assert caught.value.path == str(tmp_path / "more.yaml")
    assert fault in str(caught.value)


def test_an_old_environment_stands_under_env(tmp_path: Path) -> None:
    assert specs(read(tmp_path, "env: {specs: [a], view: false}")) == ["a"]


def test_includes_end(tmp_path: Path) -> None:
    write(tmp_path / "a.yaml", "include: [b.yaml]")
    write(tmp_path / "b.yaml", "include: [a.yaml]")
    with pytest.raises(DamagedSourceError, match=r"b\.yaml:1: .*a\.yaml` includes itself"):
        read(tmp_path, "spack: {include: [a.yaml]}")
    with pytest.raises(DamagedSourceError, match=r"spack\.yaml` includes itself"):
        read(tmp_path, "spack: {include: [spack.yaml]}")
    for level in range(20):
        write(tmp_path / f"{level}.yaml", f"include: [{level + 1}.yaml]")
    with pytest.raises(DamagedSourceError, match="nested more than"):
        read(tmp_path, "spack: {include: [0.yaml]}")
    write(tmp_path / "leaf.yaml", "{}")
    with pytest.raises(DamagedSourceError, match="more than 500 files"):
        read(tmp_path, f"spack: {{include: [{', '.join(['leaf.yaml'] * 501)}]}}")


def test_groups_come_after_those_that_they_need(tmp_path: Path) -> None:
    environment = read(
        tmp_path,
        """
spack:
  specs:
  - group: late
    needs: early
    specs: [c]
    explicit: false
  - a
  - group: early
    specs: [b]
""",
    )
    assert [(root.group, root.spec) for root in environment.roots] == [
        ("default", "a"),
        ("early", "b"),
        ("late", "c"),
    ]
    assert environment.left_out == ()


def test_what_a_group_overrides_is_asked_of_its_roots_alone(tmp_path: Path) -> None:
    environment = read(
        tmp_path,
        """
spack:
  packages:
    all: {require: [target=x86_64_v3, os=ubuntu24.04]}
    b: {require: +shared}
  toolchains: {gnu: '%gcc@12'}
  specs:
  - a
  - b
  - group: added
    override: {packages: {a: {require: +mpi}}}
    specs: [a, b, 'd %gnu']
  - group: replaced
    override:
      packages::
        all: {require: [target=zen4]}
      toolchains: {gnu: '%gcc@13'}
    specs: [a, b, 'd %gnu']
  - group: preferred
    override: {packages: {all: {'require:': [os=rhel9], target: [zen5]}}}
    specs: [a]
""",
    )
    assert [(root.group, root.asked) for root in environment.roots] == [
        ("default", "a os=ubuntu24.04 target=x86_64_v3"),
        # What is required of a package takes the place of what is required of all.
        ("default", "b+shared"),
        ("added", "a+mpi"),
        ("added", "b+shared"),
        ("added", "d os=ubuntu24.04 target=x86_64_v3 %gcc@12"),
        ("replaced", "a target=zen4"),
        ("replaced", "b target=zen4"),
        ("replaced", "d target=zen4 %gcc@13"),
        ("preferred", "a os=rhel9"),
    ]
    assert environment.left_out == ()
    assert (environment.oss, environment.targets) == (("ubuntu24.04",), ("x86_64_v3",))
    where = {root.group: (root.oss, root.targets) for root in environment.roots}
    assert where == {
        "default": (("ubuntu24.04",), ("x86_64_v3",)),
        "added": (("ubuntu24.04",), ("x86_64_v3",)),
        "replaced": ((), ("zen4",)),
        "preferred": (("rhel9",), ("zen5",)),
    }


def test_what_asks_for_nothing_by_its_place_or_name_is_said(tmp_path: Path) -> None:
    environment = read(
        tmp_path,
        """
spack:
  packages: {A: {require: '@2'}, B: {buildable: false}, c: {require: '@2'}, 'a:b': {require: '@2'}}
  specs:
  - a
  - {group: g, override: {packages: {a: {require: '@2'}}}}
  - {group: h, specs: [], override: {packages: {E: {conflict: ['@2']}}}}
  - {group: i}
  - {group: i, matrix: [[a], ['@1']]}
""",
    )
    said = sorted((each.kind, each.detail, each.blocks) for each in environment.left_out)
    letters = "letters, digits, `-` and `_`"
    assert said == [
        ("no_root", "the group `g` has no `specs`", True),
        ("requirement", "no package is called `A`, as names are lower-case", True),
        ("requirement", "no package is called `E`, as names are lower-case", True),
        ("requirement", f"no package is called `a:b`, as names are {letters}", True),
    ]


def test_a_misspelt_file_of_an_included_folder_is_reported(tmp_path: Path) -> None:
    for name in ("package.yaml", "mirrors.yml", "spack.yaml", "ci.yaml", "packages.yaml.old"):
        write(tmp_path / "site" / name, "packages: {a: {require: ['@2']}}")
    write(tmp_path / "site" / "toolchains.yaml", "toolchains: {}")
    write(tmp_path / "site" / "toolchains.yml", "toolchains: {}")
    found = read(tmp_path, "spack: {specs: [a], include: [site]}").left_out
    assert [(each.kind, each.blocks) for each in found] == [("include", True)] * 2
    named = [each.remedy.partition(",")[0] for each in found]
    assert named == ["rename it to `mirrors.yaml`", "rename it to `packages.yaml`"]


def test_an_included_folder_in_which_spack_reads_nothing_is_said(tmp_path: Path) -> None:
    write(tmp_path / "site" / "readme.txt", "moved")
    write(tmp_path / "other" / "config.yaml", "config: {}")
    (found,) = read(tmp_path, "spack: {specs: [a], include: [site, other]}").left_out
    assert (found.kind, found.blocks) == ("include", True)
    assert "`" + str(tmp_path / "site") + "` is included, but holds no file" in found.detail


def test_what_an_override_changes_beside_that_is_said(tmp_path: Path) -> None:
    environment = read(
        tmp_path,
        """
spack:
  concretizer: {unify: true}
  specs:
  - group: g
    override:
      concretizer: {unify: false, reuse: true}
      definitions: [{x: [a]}]
      include: [more.yaml]
      config: {build_jobs: 3}
    specs: [a]
  - group: h
    override: {concretizer: {unify: true}}
    specs: [b]
""",
    )
    assert environment.unify == "true"
    remedy = "a `spack.yaml` of its own for the group `g`, or --allow-left-out definition"
    assert lines(environment) == [("definition", line, remedy) for line in (7, 8, 9)]


GROUPS = """
spack:
  packages: {all: {require: target=zen4}}
  specs:
  - a
  - {group: cpu, specs: [a, b]}
  - group: cuda
    specs: [a]
    override: {packages: {all: {require: +cuda}}}
  - group: rocm
    specs: [a]
    override: {packages: {all: {require: +rocm}}}
"""


def test_a_name_is_wanted_by_each_group_under_its_own_requirements(tmp_path: Path) -> None:
    environment = read(tmp_path, GROUPS)
    assert [(root.group, root.spec, root.clauses) for root in environment.roots] == [
        ("default", "a", ()),
        ("cpu", "a", ()),
        ("cpu", "b", ()),
        ("cuda", "a", (Clause(rule="any", choices=("+cuda",), of_all=True),)),
        ("rocm", "a", (Clause(rule="any", choices=("+rocm",), of_all=True),)),
    ]


def test_groups_are_chosen_by_name(tmp_path: Path) -> None:
    options = EnvironmentOptions(groups=("cuda", "default"))
    environment = read_with(tmp_path, GROUPS, options)
    assert [root.group for root in environment.roots] == ["default", "cuda"]
    with pytest.raises(UsageError) as caught:
        read_with(tmp_path, GROUPS, EnvironmentOptions(groups=("cdua",)))
    assert caught.value.hint == "did you mean `cuda`?"


def test_what_is_developed_is_never_covered_by_a_binary(tmp_path: Path) -> None:
    environment = read(
        tmp_path,
        """
spack:
  develop:
    a: {spec: a@=main, path: ../a}
    z: {spec: z@1.3}
  specs: [a, a@1, b, z, c dev_path=/src/c]
""",
    )
    never = Clause(rule="never", choices=("*",))
    below = Clause(rule="never", choices=("^a@=main",))
    other = Clause(rule="never", choices=("^z@1.3",))
    assert [(root.spec, root.developed, root.clauses) for root in environment.roots] == [
        ("a", True, (never,)),
        ("a@1", False, (other,)),
        ("b", False, (below, other)),
        ("z", True, (never,)),
        ("c dev_path=/src/c", True, (never,)),
    ]


def test_mirrors_are_read_without_their_credentials(tmp_path: Path) -> None:
    environment = read(
        tmp_path,
        """
spack:
  mirrors:
    plain: ../mirror
    file: file:///srv/mirror
    remote: https://user:secret@example.org/mirror?sig=secret
    mapping: {url: s3://bucket/x, access_pair: {id: A, secret: B}}
    apart: {fetch: {url: /srv/fetch}, push: https://example.org/push}
    simple: {fetch: https://example.org/fetch}
    sources: {url: /srv/sources, binary: false, source: true}
    beside: file://$env/../mirror
    nested: ${env}/mirror
    home: ~/mirror
    other: $environment/mirror
  specs: []
""",
    )
    assert [(each.name, each.source, each.is_local) for each in environment.mirrors] == [
        ("plain", str(tmp_path / "../mirror"), True),
        ("file", "/srv/mirror", True),
        ("remote", "https://example.org/mirror", False),
        ("mapping", "s3://bucket/x", False),
        ("apart", "/srv/fetch", True),
        ("simple", "https://example.org/fetch", False),
        ("beside", f"{tmp_path}/../mirror", True),
        ("nested", f"{tmp_path}/mirror", True),
        ("home", str(Path("~/mirror").expanduser()), True),
        ("other", f"{tmp_path}/$environment/mirror", True),
    ]
    assert "secret" not in repr(environment.mirrors)
    with pytest.raises(DamagedSourceError, match="binary: expected `true` or `false`"):
        read(tmp_path, "spack: {specs: [], mirrors: {x: {url: /srv/x, binary: 'no'}}}")


def test_locks_are_included_by_folder_or_file_and_each_once(tmp_path: Path) -> None:
    write(tmp_path / "one" / "spack.lock", "{}")
    write(tmp_path / "two" / "spack.lock", "{}")
    write(tmp_path / "configuration" / "include.yaml", "include: [../two/spack.lock]")
    write(tmp_path / "late" / "spack.lock", "{}")
    environment = read(
        tmp_path / "main",
        """
spack:
  include:
  - {path: ../one/spack.lock, when: platform == "linux"}
  - ../configuration
  - {path: ../absent/spack.lock, optional: true}
  - {path: ../never/spack.lock, when: platform == "darwin"}
  include_concrete: [$env/../late, ../one, ../two/spack.lock]
""",
        host=Host(platform="linux"),
    )
    assert [Path(each.path).resolve() for each in environment.locks] == [
        tmp_path / name / "spack.lock" for name in ("one", "two", "late")
    ]
    assert environment.left_out == ()
    assert [each.mark.location for each in environment.locks] == [
        "spack.include[0]",
        "include[0]",
        "spack.include_concrete[0]",
    ]


@pytest.mark.parametrize(
    ("content", "place", "fault"),
    [
        ("- a", "", "expected a mapping"),
        ("zlib", "", "expected a mapping"),
        ("specs: [a]", "", "has no `spack:`"),
        ("spack: []", "spack", "must hold an environment"),
        ("spack: {specs: a}", "spack.specs", "expected a list"),
        ("spack: {specs: [[a]]}", "spack.specs[0]", "expected a spec or a matrix, found a list"),
        ("spack: {specs: [1.5]}", "spack.specs[0]", "expected a spec, found a number"),
        ("spack: {specs: [true]}", "spack.specs[0]", "expected a spec, found a boolean"),
        ("spack: {specs: ['a@@1']}", "spack.specs[0]", "is not a spec: unexpected character"),
        ("spack: {specs: ['a b']}", "spack.specs[0]", "expected a single spec"),
        ("spack: {specs: ['$a']}", "spack.specs[0]", "`$a` is not defined yet"),
        ("spack: {specs: ['$^a']}", "spack.specs[0]", "`$a` is not defined yet"),
        ("spack: {specs: [{matrx: []}]}", "spack.specs[0]", "`matrx` is not part of a matrix"),
        ("spack: {specs: [{exclude: []}]}", "spack.specs[0]", "must be a list of lists"),
        ("spack: {specs: [{matrix: []}]}", "spack.specs[0]", "must be a list of lists"),
        (
            "spack: {include_concrete: ../other}",
            "spack.include_concrete",
            "expected a list, found text",
        ),
        (
            "spack: {include_concrete: [[a]]}",
            "spack.include_concrete[0]",
            "expected the folder of an environment, found a list",
        ),
        (
            "spack: {include_concrete: [../other]}",
            "spack.include_concrete[0]",
            "`../other` is included, but there is no `",
        ),
        ("spack: {include: [o/spack.lock]}", "spack.include[0]", "but there is no `"),
        (
            "spack: {specs: [{group: g, override: [a]}]}",
            "spack.specs[0].override",
            "expected sections of configuration, found a list",
        ),
        (
            "spack: {specs: [{group: g, override: {}}, {group: g, override: {}}]}",
            "spack.specs[1].override",
            "the group `g` has an `override` already",
        ),
        ("spack: {specs: [{matrix: [a]}]}", "spack.specs[0].matrix[0]", "expected a list"),
        ("spack: {specs: [{matrix: [[a], [b]]}]}", "spack.specs[0]", "contradicts itself"),
        (
            "spack: {specs: [{matrix: [[a]], exclude: a}]}",
            "spack.specs[0].exclude",
            "expected a list",
        ),
        (
            "spack: {specs: [{matrix: [[a]], exclude: [[a]]}]}",
            "spack.specs[0].exclude[0]",
            "expected a spec, found a list",
        ),
        ("spack: {definitions: {a: [b]}}", "spack.definitions", "expected a list"),
        ("spack: {definitions: [a]}", "spack.definitions[0]", "expected a mapping with one name"),
        ("spack: {definitions: [{a: [], b: []}]}", "spack.definitions[0]", "found `a`, `b`"),
        ("spack: {definitions: [{when: 'True'}]}", "spack.definitions[0]", "found none"),
        ("spack: {definitions: [{a: b}]}", "spack.definitions[0].a", "expected a list"),
        (
            "spack: {definitions: [{a: [$b]}, {b: [c]}]}",
            "spack.definitions[0].a[0]",
            "`$b` is not defined yet",
        ),
        (
            "spack: {definitions: [{a: [], when: 'open(1)'}]}",
            "spack.definitions[0].when",
            "is not supported",
        ),
        ("spack: {definitions: [{a: [], when: []}]}", "spack.definitions[0].when", "expected a c"),
        ("spack: {include: x.yaml}", "spack.include", "expected a list"),
        ("spack: {include: [[x]]}", "spack.include[0]", "expected a path or a mapping"),
        ("spack: {include: [{sha256: x}]}", "spack.include[0]", "expected `path` or `git`"),
        ("spack: {include: [{path: [x]}]}", "spack.include[0].path", "expected text"),
        ("spack: {packages: []}", "spack.packages", "expected a mapping"),
        ("spack: {packages: {all: {require: 1}}}", "spack.packages.all.require", "found a number"),
        ("spack: {packages: {a: {require: [[b]]}}}", "spack.packages.a.require[0]", "expected a s"),
        ("spack: {packages: {a: {require: [{}]}}}", "spack.packages.a.require[0]", "`one_of`"),
        ("spack: {packages: {all: {target: [1]}}}", "spack.packages.all.target[0]", "a target"),
        ("spack: {concretizer: {unify: maybe}}", "spack.concretizer.unify", "`when_possible`"),
        ("spack: {concretizer: {unify: []}}", "spack.concretizer.unify", "`when_possible`"),
        ("spack: {concretization: maybe}", "spack.concretization", "`separately`"),
        (
            "spack: {definitions: [{a: [1], when: 'False'}]}",
            "spack.definitions[0].a[0]",
            "expected a spec",
        ),
        ("spack: {toolchains: []}", "spack.toolchains", "expected a mapping"),
        (
            "spack: {toolchains: {t: '^b'}, specs: [a %t]}",
            "spack.toolchains.t",
            "may contain only `%`",
        ),
        ("spack: {toolchains: {t: [1]}}", "spack.toolchains.t[0]", "expected a text, or a list"),
        ("spack: {toolchains: {t: ['%b']}}", "spack.toolchains.t[0]", "expected a text, or a list"),
        ("spack: {toolchains: {t: {spec: '%b'}}}", "spack.toolchains.t", "found a mapping"),
        ("spack: {toolchains: {t: [{spec: 1}]}}", "spack.toolchains.t[0].spec", "found a number"),
        ("spack: {toolchains: {t: [{spec: '%b', when: }]}}", "spack.toolchains.t[0].when", "empty"),
        ("spack: {toolchains: {t: ''}, specs: [a %t]}", "spack.toolchains.t", "an empty text"),
        (
            "spack: {toolchains: {t: [{when: '%b'}]}, specs: [a %t]}",
            "spack.toolchains.t[0]",
            "has no `spec`",
        ),
        (
            "spack: {toolchains: {t: [{spec: '@1'}, {spec: '@2'}]}, specs: [a %t]}",
            "spack.toolchains.t[1]",
            "contradicts the",
        ),
        (
            "spack: {toolchains: {t: [{spec: '%[when=+x] b', when: ~x}]}, specs: [a %t]}",
            "spack.toolchains.t[0].when",
            "have no values of `x` in common",
        ),
        (
            "spack: {toolchains: {t: os=rhel8}, specs: [a os=rhel9 %t]}",
            "spack.specs[0]",
            "a toolchain contradicts the spec",
        ),
        ("spack: {specs: [{group: 1}]}", "spack.specs[0].group", "the name of a group"),
        ("spack: {specs: [{group: g, sepcs: []}]}", "spack.specs[0]", "`sepcs` is not part"),
        ("spack: {specs: [{group: g, needs: [h]}]}", "spack.specs[0].needs[0]", "no group is"),
        ("spack: {specs: [{group: g, needs: [[h]]}]}", "spack.specs[0].needs[0]", "the name of"),
        ("spack: {specs: [{group: g, needs: g}]}", "spack.specs[0]", "needs itself"),
        (
            "spack: {specs: [{group: g, override: {package: {all: {require: +cuda}}}}]}",
            "spack.specs[0].override.package",
            "`package` is not a section",
        ),
        (
            "spack: {specs: [{group: g, override: {specs: [b]}}]}",
            "spack.specs[0].override.specs",
            "`specs` cannot be overridden",
        ),
        (
            "spack: {packages: {'': {require: '@2'}}}",
            "spack.packages.",
            "`` is not the name of a package",
        ),
        ("spack: {concretizer: {unfy: false}}", "spack.concretizer", "`unfy` is not a key"),
    ],
)
def test_faults_are_named_with_their_place(
    tmp_path: Path, content: str, place: str, fault: str
) -> None:
    with pytest.raises(DamagedSourceError) as caught:
        read(tmp_path, content)
    assert caught.value.location == place
    assert fault in caught.value.fault
    assert caught.value.line == 1
    assert caught.value.path == str(tmp_path / "spack.yaml")


def test_a_fault_in_an_included_file_names_that_file(tmp_path: Path) -> None:
    write(tmp_path / "more/definitions.yaml", "\ndefinitions:\n- a: [1]\n")
    with pytest.raises(DamagedSourceError) as caught:
        read(tmp_path, "spack: {include: [more]}")
    assert caught.value.path == str(tmp_path / "more/definitions.yaml")
    assert (caught.value.location, caught.value.line) == ("definitions[0].a[0]", 3)


def test_a_few_lines_cannot_stand_for_millions_of_roots(tmp_path: Path) -> None:
    row = "[" + ", ".join(f"v{number}=x" for number in range(40)) + "]"
    with pytest.raises(DamagedSourceError, match="more than 100000 combinations"):
        read(tmp_path, f"spack: {{specs: [{{matrix: [[a], {row}, {row}, {row}, {row}]}}]}}")
    doubled = [f"  - d{level}: [$d{level - 1}, $d{level - 1}]" for level in range(1, 30)]
    lines = ["spack:", "  definitions:", "  - d0: [a]", *doubled, "  specs: [$d29]"]
    with pytest.raises(DamagedSourceError, match="more than 100000 items"):
        read(tmp_path, "\n".join(lines))
    nested = [f"  - d{level}: [{{matrix: [[$d{level - 1}]]}}]" for level in range(1, 30)]
    lines = ["spack:", "  definitions:", "  - d0: [a]", *nested, "  specs: [$d29]"]
    with pytest.raises(DamagedSourceError, match="more than 16 deep"):
        read(tmp_path, "\n".join(lines))


def test_what_is_no_readable_file_is_refused(tmp_path: Path) -> None:
    with pytest.raises(SourceError, match="does not exist"):
        read_environment(tmp_path)
    path = write(tmp_path / "spack.yaml", "spack: {specs: [zlib]}")
    with pytest.raises(SourceError, match="more than the 4 bytes"):
        read_environment(path, limits=Limits(yaml_bytes=4))


@pytest.mark.parametrize(
    ("row", "exclusion", "left"),
    [
        ("x==a", "x==a", 0),
        ("x==a", "zlib x==a", 0),
        ("x==a", "x:=a", 1),
        ("x==a", "x==b", 1),
        ("++x", "++x", 0),
        ("x=a", "x==a", 0),
        ("x:=a", "x==a", 0),
    ],
)
def test_an_exclusion_meets_its_own_text_though_no_known_spec_has_the_variant(
    tmp_path: Path, row: str, exclusion: str, left: int
) -> None:
    content = f"spack: {{specs: [{{matrix: [[zlib], ['{row}']], exclude: ['{exclusion}']}}]}}"
    options = EnvironmentOptions(declares=lambda _package, _variant: False)
    assert len(read_with(tmp_path, content, options).roots) == left


def test_an_exclusion_by_hash_is_said_to_exclude_nothing(tmp_path: Path) -> None:
    path = tmp_path / "spack.yaml"
    path.write_text(
        "spack:\n"
        "  toolchains: {mine: '%gcc@13'}\n"
        "  specs:\n"
        "  - matrix: [[zlib, bzip2 %gcc, xz %mine]]\n"
        "    exclude: [/abcdef, bzip2]\n",
        encoding="utf-8",
    )
    environment = read_environment(path)
    assert [root.spec for root in environment.roots] == ["zlib", "xz %gcc@13"]
    (record,) = environment.left_out
    assert "only Spack knows the spec of this hash" in record.detail
    assert not record.blocks


EXTERNALS = """\
spack:
  specs: [cmake, cuda@12, cuda@13, gcc@12, mpich+romio, openssl, zlib]
  packages:
    cmake:
      externals: [{spec: cmake@3.20, prefix: /usr}]
    cuda:
      buildable: false
      externals: [{spec: cuda@12.4+dev, prefix: /opt/cuda}]
    gcc:
      externals:
      - spec: gcc@12.2 languages=c
        prefix: /usr
      buildable: false
    mpich:
      buildable: false
    openssl:
      buildable: false
      paths: {openssl@3: /usr}
"""


def external(environment: Environment) -> list[str]:
    return [root.spec for root in environment.roots if root.external]


def test_the_system_provides_what_may_only_be_an_external(tmp_path: Path) -> None:
    environment = read(tmp_path, EXTERNALS)
    assert len(environment.roots) == 7
    assert external(environment) == ["cuda@12", "gcc@12", "openssl"]
    assert environment.left_out == ()


def test_what_all_packages_may_goes_for_those_that_say_nothing(tmp_path: Path) -> None:
    packages = EXTERNALS.replace("packages:", "packages:\n    all: {buildable: false}")
    packages = packages.replace("cuda:\n      buildable: false", "cuda:\n      buildable: true")
    assert external(read(tmp_path, packages)) == ["cmake", "gcc@12", "openssl"]


def test_an_external_that_is_no_spec_is_refused_where_it_counts(tmp_path: Path) -> None:
    broken = EXTERNALS.replace("cuda@12.4+dev", "cuda@@12")
    with pytest.raises(DamagedSourceError, match=r"spack\.yaml:8: spack\.packages\.cuda"):
        read(tmp_path, broken)
    assert external(read(tmp_path, EXTERNALS.replace("cmake@3.20", "cmake@@3")))
