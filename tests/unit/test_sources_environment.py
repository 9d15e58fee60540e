"""Environments are read in all their forms, and refused with the file, the place and the line."""

from __future__ import annotations

from pathlib import Path

import pytest

from specplan.errors import DamagedSourceError, SourceError, UndecidedConditionError
from specplan.host import Host
from specplan.sources.environment import Environment, read_environment
from specplan.sources.limits import Limits


def write(path: Path, content: str) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(content, encoding="utf-8")
    return path


def read(folder: Path, content: str, host: Host | None = None) -> Environment:
    return read_environment(write(folder / "spack.yaml", content), host=host)


def specs(environment: Environment) -> list[str]:
    return [root.spec for root in environment.roots]


def test_a_root_knows_where_it_is_written(tmp_path: Path) -> None:
    environment = read(tmp_path / "e4s", "spack:\n  specs:\n  - zlib\n  - matrix: [[a, b]]\n")
    assert environment.label == "e4s"
    assert [(root.spec, root.place, root.line) for root in environment.roots] == [
        ("zlib", "spack.specs[0]", 3),
        ("a", "spack.specs[1]", 4),
        ("b", "spack.specs[1]", 4),
    ]
    assert environment.roots[0].path == environment.path == str(tmp_path / "e4s/spack.yaml")
    assert environment.roots[0].group == "default"


def test_a_label_is_given_or_comes_from_the_folder_or_the_file(tmp_path: Path) -> None:
    content = "spack: {specs: [zlib]}"
    folder = write(tmp_path / "tools/spack.yaml", content).parent
    assert read_environment(folder).label == "tools"
    assert read_environment(folder, label="mine").label == "mine"
    assert read_environment(write(tmp_path / "nightly.yaml", content)).label == "nightly"


@pytest.mark.parametrize("specs_of", ["", "  specs:\n", "  specs: []\n", "  specs: [null]\n"])
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
    with pytest.raises(UndecidedConditionError) as caught:
        read(tmp_path, content)
    assert (caught.value.missing, caught.value.line) == ("platform", 5)
    assert caught.value.hint is not None
    assert "platform" in caught.value.hint


def test_requirements_are_asked_of_roots_where_no_recipe_is_needed(tmp_path: Path) -> None:
    environment = read(
        tmp_path,
        """
spack:
  packages:
    all:
      require: [target=zen4 os=rhel8, ~cuda, {one_of: [platform=linux]}, {any_of: [a, b]}]
    b:
      require: {spec: '@2 +x'}
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
        "e target=zen2",
    ]
    assert (environment.platforms, environment.oss) == (("linux",), ("rhel8",))
    assert environment.targets == ("zen4",)
    noted = "\n".join(environment.left_out)
    assert "`packages:all:require` is asked of no root where it says `~cuda`, `a or b`" in noted
    assert "what is required of `c@2` is left out: `c@2` and `@1` have no versions" in noted
    assert "`packages:d:require` is asked of no root where it says `+x`" in noted
    assert "what is required of `e target=zen2` is left out" in noted


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
    assert specs(
        read(
            tmp_path,
            "spack: {include: [more.yaml], 'definitions-': [tools: [cmake]], specs: [$tools]}",
        )
    ) == ["gdb", "cmake"]
    environment = read(
        tmp_path,
        "spack: {include: [more.yaml], specs: [zlib],"
        " packages: {all: {'require:': target=zen4, 'target-': [zen4]}}}",
    )
    assert environment.roots[0].asked == "zlib@1"
    assert environment.targets == ("zen4",)


def test_what_cannot_be_included_is_left_out_and_said(tmp_path: Path) -> None:
    write(tmp_path / "wrapped.yaml", "spack: {definitions: [mine: [a]]}")
    environment = read(
        tmp_path,
        """
spack:
  include:
  - wrapped.yaml
  - absent
  - https://example.org/x.yaml
  - {git: git@example.org:x.git, branch: main, paths: [x]}
  - {path: $spack/etc, optional: true}
  - ~/site
  - {path: other.yaml, when: os == "rhel8"}
  - {path: never.yaml, when: 'False'}
  - $env/absent-too
  specs: [$mine]
  include_concrete: [$other, 'https://example.org/env']
  spces: []
""",
    )
    assert specs(environment) == ["a"]
    assert environment.left_out == (
        "`spces` is no section of an environment: did you mean `specs`?",
        "`absent` is not included: it does not exist",
        "`https://example.org/x.yaml` is not included: it is remote",
        "`git@example.org:x.git` is not included: it is remote",
        "`$spack/etc` is not included: `$spack` is not known",
        "`~/site` is not included: whose home `~` is is not known",
        "`other.yaml` is not included: `os` is not known",
        "`$env/absent-too` is not included: it does not exist",
        "`$other` is not included: `$other` is not known",
        "`https://example.org/env` is not included: it is remote",
    )


def test_includes_end(tmp_path: Path) -> None:
    write(tmp_path / "a.yaml", "include: [b.yaml]")
    write(tmp_path / "b.yaml", "include: [a.yaml]")
    with pytest.raises(DamagedSourceError, match=r"b\.yaml:1: .*: `a\.yaml` includes itself"):
        read(tmp_path, "spack: {include: [a.yaml]}")
    with pytest.raises(DamagedSourceError, match=r"`spack\.yaml` includes itself"):
        read(tmp_path, "spack: {include: [spack.yaml]}")
    for level in range(20):
        write(tmp_path / f"{level}.yaml", f"include: [{level + 1}.yaml]")
    with pytest.raises(DamagedSourceError, match="included more than"):
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
      config: {build_jobs: 3}
    specs: [a]
  - group: h
    override: {concretizer: {unify: true}}
    specs: [b]
""",
    )
    assert environment.unify == "true"
    assert environment.left_out == (
        "`override` of the group `g` is left out where it defines lists: groups come after these",
        "`override` of the group `g` is left out where it sets `concretizer:unify`",
    )


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
    assert environment.left_out == ("`../absent/spack.lock` is not included: it does not exist",)
    assert [each.mark.place for each in environment.locks] == [
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
        ("spack: []", "spack", "expected a mapping"),
        ("spack: {specs: a}", "spack.specs", "expected a list"),
        ("spack: {specs: [[a]]}", "spack.specs[0]", "expected a spec or a matrix, found a list"),
        ("spack: {specs: [1.5]}", "spack.specs[0]", "expected a spec, found a number"),
        ("spack: {specs: [true]}", "spack.specs[0]", "expected a spec, found a boolean"),
        ("spack: {specs: ['a@@1']}", "spack.specs[0]", "is no spec: unexpected character"),
        ("spack: {specs: ['a b']}", "spack.specs[0]", "expected a single spec"),
        ("spack: {specs: ['$a']}", "spack.specs[0]", "`$a` is not defined yet"),
        ("spack: {specs: ['$^a']}", "spack.specs[0]", "`$a` is not defined yet"),
        ("spack: {specs: [{matrx: []}]}", "spack.specs[0]", "`matrx` is no part of a matrix"),
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
            "is not understood",
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
        ("spack: {toolchains: []}", "spack.toolchains", "expected a mapping"),
        ("spack: {toolchains: {t: []}}", "spack.toolchains.t", "at least one spec"),
        ("spack: {toolchains: {t: '^b'}}", "spack.toolchains.t", "may hold only `%`"),
        ("spack: {toolchains: {t: [1]}}", "spack.toolchains.t[0]", "expected a spec"),
        ("spack: {toolchains: {t: ['@1', '@2']}}", "spack.toolchains.t[1]", "contradicts the"),
        (
            "spack: {toolchains: {t: [{spec: '%[when=+x] b', when: ~x}]}}",
            "spack.toolchains.t[0].when",
            "have no values of `x` in common",
        ),
        (
            "spack: {toolchains: {t: os=rhel8}, specs: [a os=rhel9 %t]}",
            "spack.specs[0]",
            "a toolchain does not fit",
        ),
        ("spack: {specs: [{group: 1}]}", "spack.specs[0].group", "the name of a group"),
        ("spack: {specs: [{group: g, sepcs: []}]}", "spack.specs[0]", "`sepcs` is no part"),
        ("spack: {specs: [{group: g, needs: [h]}]}", "spack.specs[0].needs[0]", "no group is"),
        ("spack: {specs: [{group: g, needs: [[h]]}]}", "spack.specs[0].needs[0]", "the name of"),
        ("spack: {specs: [{group: g, needs: g}]}", "spack.specs[0]", "needs itself"),
    ],
)
def test_faults_are_named_with_their_place(
    tmp_path: Path, content: str, place: str, fault: str
) -> None:
    with pytest.raises(DamagedSourceError) as caught:
        read(tmp_path, content)
    assert caught.value.place == place
    assert fault in caught.value.fault
    assert caught.value.line == 1
    assert caught.value.path == str(tmp_path / "spack.yaml")


def test_a_fault_in_an_included_file_names_that_file(tmp_path: Path) -> None:
    write(tmp_path / "more/definitions.yaml", "\ndefinitions:\n- a: [1]\n")
    with pytest.raises(DamagedSourceError) as caught:
        read(tmp_path, "spack: {include: [more]}")
    assert caught.value.path == str(tmp_path / "more/definitions.yaml")
    assert (caught.value.place, caught.value.line) == ("definitions[0].a[0]", 3)


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
    assert environment.left_out == (
        "`exclude` excludes nothing by `/abcdef`: only Spack knows what has this hash",
    )


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
    (note,) = environment.left_out
    assert note.startswith("`cuda@12`, `gcc@12`, `openssl` are not wanted: the system provides ")


def test_what_all_packages_may_goes_for_those_that_say_nothing(tmp_path: Path) -> None:
    packages = EXTERNALS.replace("packages:", "packages:\n    all: {buildable: false}")
    packages = packages.replace("cuda:\n      buildable: false", "cuda:\n      buildable: true")
    assert external(read(tmp_path, packages)) == ["cmake", "gcc@12", "openssl"]


def test_many_roots_that_the_system_provides_are_not_all_named(tmp_path: Path) -> None:
    names = [f"p{index}" for index in range(9)]
    packages = "".join(
        f"    {name}: {{buildable: false, externals: [{{spec: {name}@1, prefix: /}}]}}\n"
        for name in names
    )
    environment = read(tmp_path, f"spack:\n  specs: {names}\n  packages:\n{packages}")
    assert len(external(environment)) == 9
    assert "`p4` and 4 more are not wanted" in environment.left_out[0]


def test_an_external_that_is_no_spec_is_refused_where_it_counts(tmp_path: Path) -> None:
    broken = EXTERNALS.replace("cuda@12.4+dev", "cuda@@12")
    with pytest.raises(DamagedSourceError, match=r"spack\.yaml:8: spack\.packages\.cuda"):
        read(tmp_path, broken)
    assert external(read(tmp_path, EXTERNALS.replace("cmake@3.20", "cmake@@3")))
