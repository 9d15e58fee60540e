"""Environments have the forms that Spack's schema allows, and no others."""

from __future__ import annotations

from pathlib import Path

import pytest

from specplan.errors import DamagedSourceError
from specplan.model.host import Host
from specplan.sources.environments import environment
from specplan.sources.environments.environment import Environment, read_environment
from specplan.sources.environments.options import EnvironmentOptions


def read(
    folder: Path, content: str, files: dict[str, str] | None = None, host: Host | None = None
) -> Environment:
    for name, text in {"spack": content, **(files or {})}.items():
        (folder / f"{name}.yaml").write_text(text, encoding="utf-8")
    return read_environment(folder, options=EnvironmentOptions(host=host or Host()))


def specs(environment: Environment) -> list[str]:
    return [root.spec for root in environment.roots]


@pytest.mark.parametrize(
    ("toolchains", "spec", "expected"),
    [
        ("{'t:': '%gcc@12'}", "zlib %t", "zlib %gcc@12"),
        ("{t: []}", "zlib %t", "zlib"),
        ("{t: [], u: '%gcc'}", "zlib %t %u", "zlib %gcc"),
        ("{t: [{spec: '%gcc', when: ''}]}", "zlib %t", "zlib %gcc"),
        ("{t: [{spec: '%gcc', other: 1}]}", "zlib %t", "zlib %gcc"),
        ("{a: '%gcc@12', b: '%a', c: '%b'}", "zlib %c", "zlib %gcc@12"),
        (
            "{a: '%gcc@12', b: [{spec: '%a'}, {spec: '%cxx=gcc', when: '%a'}]}",
            "zlib %b",
            "zlib %gcc@12 %[when='%gcc@12'] cxx=gcc",
        ),
        ("{t: '%gcc', gcc: '%c=gcc@11'}", "zlib %t", "zlib %c=gcc@11"),
        ("{'t+': '%gcc'}", "zlib %t", "zlib %t"),
        ("{t: '%gcc@12'}", "zlib %t %c=t", "zlib %gcc@12 %c=t"),
        ("{t: '%gcc@12'}", "zlib %%t %gcc", "zlib %%gcc@12"),
        ("{t: '%gcc@12'}", "zlib %gcc %%t", "zlib %gcc@12"),
        (
            "{t: [{spec: '%fortran=gcc', when: '%fortran'}, {spec: '%c=gcc', when: '%c'}]}",
            "zlib %t",
            "zlib %[when='%c'] c=gcc %[when='%fortran'] fortran=gcc",
        ),
    ],
)
def test_toolchains_are_put_in_whatever_they_use_themselves(
    tmp_path: Path, toolchains: str, spec: str, expected: str
) -> None:
    content = f"spack: {{toolchains: {toolchains}, specs: ['{spec}']}}"
    assert specs(read(tmp_path, content)) == [expected]


@pytest.mark.parametrize(
    "toolchain", ["''", "'^mpi'", "'@@@'", "'%t'", "[{when: '%c'}]", "[{spec: ''}]"]
)
def test_a_toolchain_that_nothing_uses_is_not_read(tmp_path: Path, toolchain: str) -> None:
    head = f"spack: {{toolchains: {{t: {toolchain}}}, specs: "
    assert specs(read(tmp_path, head + "[zlib]}")) == ["zlib"]
    with pytest.raises(DamagedSourceError):
        read(tmp_path, head + "[zlib %t]}")


def test_a_toolchain_with_a_dot_in_its_name_is_refused_where_it_is_used(tmp_path: Path) -> None:
    head = "spack: {toolchains: {t.u: '%gcc'}, specs: "
    assert specs(read(tmp_path, head + "[zlib %c=t.u]}")) == ["zlib %c=t.u"]
    with pytest.raises(DamagedSourceError, match="a dot in its name"):
        read(tmp_path, head + "[zlib %t.u]}")


def test_toolchains_make_roots_only_so_long_in_all(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    content = "spack: {toolchains: {t: '%gcc %cmake'}, specs: [a %t, b %t, c %t]}"
    monkeypatch.setattr(environment, "_MAX_ALL_LETTERS", 30)
    assert len(specs(read(tmp_path, content.replace(", c %t", "")))) == 2
    with pytest.raises(DamagedSourceError, match="more than 30 letters in all"):
        read(tmp_path, content)


def test_toolchains_that_use_each_other_are_refused_with_their_circle(tmp_path: Path) -> None:
    content = "spack: {toolchains: {a: '%b', b: '%a'}, specs: [zlib %a]}"
    with pytest.raises(DamagedSourceError, match="uses itself: `a` -> `b` -> `a`"):
        read(tmp_path, content)
    content = "spack: {toolchains: {a: '%gcc@12', b: '%a cflags=-O2'}, specs: [zlib %b]}"
    with pytest.raises(DamagedSourceError, match="follows the toolchain `%a`"):
        read(tmp_path, content)


@pytest.mark.parametrize(
    "spec",
    [
        "zlib %t namespace=x",
        "zlib %%t namespace=x.y",
        "%t namespace:=x",
        "zlib ^bzip2 %t namespace=x",
        "zlib %u %t  namespace=1 ^bzip2",
        "zlib %t namespace=",
        "zlib %t namespace='x y'",
    ],
)
def test_a_namespace_after_a_toolchain_makes_no_package_of_it(tmp_path: Path, spec: str) -> None:
    content = f'spack: {{toolchains: {{t: "%gcc", u: cflags=-g}}, specs: ["{spec}"]}}'
    with pytest.raises(DamagedSourceError, match=r"follows the toolchain `%t`|is not a"):
        read(tmp_path, content)


@pytest.mark.parametrize(
    ("spec", "expected"),
    [
        ("zlib namespace=x %t", "x.zlib %gcc"),
        ("zlib %t ^bzip2 namespace=x", "zlib %gcc ^x.bzip2"),
        ("zlib %c=t namespace=x", "zlib %c=x.t"),
        ("zlib %x.t", "zlib %x.t"),
        ("zlib %t-x namespace=x", "zlib %x.t-x"),
        ("zlib comment='%t namespace=x'", "zlib comment='%t namespace=x'"),
    ],
)
def test_a_namespace_elsewhere_is_read(tmp_path: Path, spec: str, expected: str) -> None:
    content = f'spack: {{toolchains: {{t: "%gcc"}}, specs: ["{spec}"]}}'
    assert specs(read(tmp_path, content)) == [expected]


#: Each is empty where Spack expects something.
NOTHING = [
    *(
        f"{name}:"
        for name in (
            "concretizer",
            "definitions",
            "develop",
            "include",
            "include_concrete",
            "mirrors",
            "packages",
            "toolchains",
            "specs:",
        )
    ),
    "concretizer: {unify: }",
    "definitions: [{a: [zlib], when: }]",
    "develop: {zlib: {spec: }}",
    "packages: {all: {require: }}",
    "packages: {all: {require: [{spec: +x, when: }]}}",
    "packages: {all: {buildable: }}",
    "packages: {zlib: {externals: }}",
    "toolchains: {t: }",
    "specs: [{matrix: [[zlib]], exclude: }]",
]


@pytest.mark.parametrize("section", NOTHING)
def test_a_key_that_holds_nothing_is_refused(tmp_path: Path, section: str) -> None:
    with pytest.raises(DamagedSourceError, match="nothing"):
        read(tmp_path, f"spack:\n  view: false\n  {section}\n")


def test_an_included_file_may_hold_nothing_but_no_section_of_it_may(tmp_path: Path) -> None:
    content = "spack: {include: [more.yaml], specs: [zlib]}"
    for empty in ("", "# all is commented out\n", "null", "{}"):
        assert specs(read(tmp_path, content, {"more": empty})) == ["zlib"]
    for section in ("packages:", "definitions:"):
        with pytest.raises(DamagedSourceError, match="is empty"):
            read(tmp_path, content, {"more": section})


@pytest.mark.parametrize(
    ("section", "fault", "hint"),
    [
        ("packages: {a: {require: {one_of: [+x]}}}", "expected a spec or a list", "put `- `"),
        ("packages: {a: {require: {spec: +x}}}", "expected a spec or a list", "put `- `"),
        ("packages: {a: {require: [{spec: +x, x: 1}]}}", "`x` is not a part of a req", "`spec`"),
        ("packages: {a: {require: [{one_of: [{spec: +x}]}]}}", "found a mapping", "its text"),
        ("packages: {a: {conflict: +x}}", "expected a list", "put `["),
        ("packages: {a: {conflict: {spec: +x}}}", "expected a list", "put `- `"),
        ("packages: {a: {conflict: [{one_of: [+x]}]}}", "not a part of a conflict", "`spec`"),
        ("packages: {a: {foo: 1}}", "`foo` is not a part of a package's", "`require`"),
        ("packages: {a: {require+: [+x]}}", "`require+` is not a part", "`require::` replaces"),
        ("packages: {a: [b]}", "expected a mapping", ""),
        ("packages: {all: {target: zen2}}", "expected a list of targets", ""),
        ("packages: {all: {buildable: 'no'}}", "expected `true` or `false`", ""),
        ("develop: {a: {path: x}}", "`a` is developed without a `spec`", "`spec: "),
        ("develop: {a: }", "`a` is developed without a `spec`", "`spec: "),
        ("definitions+: [{a: [b]}]", "is not a section", "`definitions::` replaces"),
        ("include-: [a.yaml]", "is not a section", "`include::` replaces"),
        ("specs-: [b]", "is not a section", "`specs::` replaces"),
        ("include: [{path: a.yaml, optional: 'yes'}]", "expected `true` or `false`", ""),
        ("specs: [{matrix: [[zlib, null]]}]", "is empty", ""),
    ],
)
def test_what_the_schema_of_spack_refuses_is_refused(
    tmp_path: Path, section: str, fault: str, hint: str
) -> None:
    with pytest.raises(DamagedSourceError) as caught:
        read(tmp_path, f"spack:\n  view: false\n  {section}\n")
    assert fault in caught.value.fault
    assert hint in (caught.value.hint or "")


@pytest.mark.parametrize(
    "keys",
    [
        "specs: [a]\n  'specs:': [b]",
        "'definitions:': []\n  definitions: []",
        "packages: {zlib: {require: '@1'}, 'zlib:': {require: '@2'}}",
    ],
)
def test_a_key_and_the_same_with_a_colon_more_are_given_twice(tmp_path: Path, keys: str) -> None:
    with pytest.raises(DamagedSourceError, match="the key is given twice"):
        read(tmp_path, f"spack:\n  {keys}\n")


def test_a_key_takes_the_place_of_its_twin_among_merged_keys(tmp_path: Path) -> None:
    content = "spack: {<<: {specs: [a]}, 'specs:': [b]}"
    assert specs(read(tmp_path, content)) == ["b"]


@pytest.mark.parametrize(
    ("files", "includes", "expected"),
    [
        ({"a": "include:: [c.yaml]"}, "a, b", ["a", "c"]),
        ({"a": "include:: [c.yaml]"}, "b, a", ["b", "a", "c"]),
        ({"a": "include:: []"}, "a, b", ["a"]),
        ({"a": "include:: [c.yaml]", "c": "include:: [e.yaml]"}, "b, a, d", ["b", "a", "c", "e"]),
        ({"b": "include:: [c.yaml]", "a": "include:: [d.yaml]"}, "b, a", ["b", "c"]),
        ({"a": "include: [c.yaml]", "c": "include:: []"}, "a, b", ["a", "c"]),
    ],
)
def test_an_included_file_may_take_the_place_of_those_after_it(
    tmp_path: Path, files: dict[str, str], includes: str, expected: list[str]
) -> None:
    """The first scope with `include::` leaves what comes before it, and what it includes."""
    contents = {
        name: f"{files.get(name, '')}\ndefinitions: [x: [{name}]]\n"
        for name in ("a", "b", "c", "d", "e")
    }
    included = ", ".join(f"{name}.yaml" for name in includes.split(", "))
    content = f"spack: {{include: [{included}], specs: [$x]}}"
    assert specs(read(tmp_path, content, contents)) == expected


def test_what_is_overridden_is_no_record_but_must_be_there(tmp_path: Path) -> None:
    content = (
        "spack: {include: [a.yaml, 'https://example.org/b.yaml', "
        "{path: c.yaml, when: 'os == \"x\"'}], specs: [zlib]}"
    )
    files = {"a": "include:: []", "c": "definitions: [x: [b]]"}
    assert read(tmp_path, content, files).left_out == ()
    with pytest.raises(DamagedSourceError, match=r"no `.*d\.yaml`"):
        read(tmp_path, "spack: {include: [a.yaml, d.yaml], specs: [zlib]}", files)


def test_a_variable_may_name_another_path_for_an_include(tmp_path: Path) -> None:
    content = "spack: {include: [{path: a.yaml, path_override_env_var: SITE}], specs: [$x]}"
    files = {"a": "definitions: [x: [a]]", "b": "definitions: [x: [b]]"}
    assert specs(read(tmp_path, content, files, Host(env={"SITE": "b.yaml"}))) == ["b"]
    assert specs(read(tmp_path, content, files, Host(env={"OTHER": "b.yaml"}))) == ["a"]
    environment = read(tmp_path, content, files)
    assert specs(environment) == ["a"]
    (record,) = environment.left_out
    assert (record.kind, record.blocks) == ("include", True)
    assert record.remedy == '`SITE = "PATH"` under `[host.env]` in specplan.toml'


@pytest.mark.parametrize(
    ("matrix", "is_taken"),
    [
        ("[['+x', '~y']]", False),
        ("[['+x', '~y'], [zlib]]", True),
        ("[['++x']]", False),
        ("[['@1 x=a']]", False),
        ("[[\"pkgconfig='*' %gcc\"]]", False),
        ("[['x:=a']]", True),
        ("[['@git.a=1', '@2:', '%gcc+x', '^zlib+x', 'target=zen2 os=rhel8 cflags=-O2']]", True),
        ("[['dev_path=/x', 'patches=a']]", True),
        ("[[zlib], [$nested]]", False),
    ],
)
def test_a_combination_with_variants_names_a_package(
    tmp_path: Path,
    matrix: str,
    is_taken: bool,  # noqa: FBT001 - one of the parameters of the test
) -> None:
    nested = "definitions: [nested: [{matrix: [['+x'], [a=1]]}]]"
    content = f"spack: {{{nested}, specs: [matrix: {matrix}]}}"
    if is_taken:
        read(tmp_path, content)
        return
    with pytest.raises(DamagedSourceError, match="has variants and names no package"):
        read(tmp_path, content)


def test_what_a_matrix_without_combinations_excludes_is_not_read(tmp_path: Path) -> None:
    content = "spack: {specs: [a, {matrix: [[b], []], exclude: [no spec]}]}"
    assert specs(read(tmp_path, content)) == ["a"]


@pytest.mark.parametrize("reference", ["$^m", "$%m"])
def test_a_matrix_behind_a_sigil_must_agree_without_it(tmp_path: Path, reference: str) -> None:
    head = "spack: {definitions: [m: [{matrix: [[mpich], "
    tail = f"]}}]], specs: [{reference}]}}"
    with pytest.raises(DamagedSourceError, match="contradicts itself"):
        read(tmp_path, f"{head}[python+x]{tail}")
    assert specs(read(tmp_path, f"{head}['@4']{tail}")) == [f"@4 {reference[1]}mpich"]
