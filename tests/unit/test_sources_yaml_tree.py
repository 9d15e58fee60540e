"""YAML becomes a tree with places; what is dangerous or ambiguous is refused."""

from __future__ import annotations

from pathlib import Path

import pytest

from specplan.errors import DamagedSourceError, SourceError
from specplan.sources.environments import yaml_tree
from specplan.sources.environments.yaml_tree import Mapping, Scalar, Sequence
from specplan.sources.limits import Limits


def mapping(content: str) -> Mapping:
    node = yaml_tree.parse(content.encode(), "x.yaml")
    assert isinstance(node, Mapping)
    return node


def fault(content: bytes) -> DamagedSourceError:
    with pytest.raises(DamagedSourceError) as caught:
        yaml_tree.parse(content, "x.yaml")
    return caught.value


def test_every_node_knows_its_place() -> None:
    node = mapping("a:\n  b:\n  - c\n  - d: 'e'\n")
    a = node.entries["a"]
    assert isinstance(a, Mapping)
    b = a.entries["b"]
    assert isinstance(b, Sequence)
    assert [item.mark.location for item in b.items] == ["a.b[0]", "a.b[1]"]
    assert [item.mark.line for item in b.items] == [3, 4]
    assert str(b.items[1].mark.fault("is odd")) == "x.yaml:4: a.b[1]: is odd"


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("zlib", "text"),
        ("yes", "text"),
        ("1:30", "text"),
        ("2025-01-01", "text"),
        ("'1'", "text"),
        ("'true'", "text"),
        ("1" * 100, "text"),
        ("1", "a number"),
        ("-1.5e3", "a number"),
        ("0x1F", "a number"),
        (".inf", "a number"),
        ("true", "a boolean"),
        ("False", "a boolean"),
        ("null", "nothing"),
        ("~", "nothing"),
        ("", "nothing"),
    ],
)
def test_types_are_guessed_as_spack_does(text: str, kind: str) -> None:
    scalar = mapping(f"a: {text}").entries["a"]
    assert isinstance(scalar, Scalar)
    assert scalar.kind == kind
    assert (scalar.string is None) is (kind != "text")


def test_aliases_and_merge_keys_are_followed() -> None:
    node = mapping(
        "base: &base {x: a, y: b}\nlist: &list [1, *base]\n"
        "one: {<<: *base, y: c}\nmany: {<<: [*base, {z: d}]}\nagain: *list\n"
    )
    values = yaml_tree.plain(node)
    assert isinstance(values, dict)
    assert values["one"] == {"x": ("text", "a"), "y": ("text", "c")}
    assert set(values["many"]) == {"x", "y", "z"}
    assert values["again"] == values["list"]


def test_a_few_bytes_cannot_stand_for_gigabytes() -> None:
    lines = ["a0: &a0 [x, x, x, x, x, x, x, x, x, x]"]
    lines += [
        f"a{level}: &a{level} [{', '.join([f'*a{level - 1}'] * 10)}]" for level in range(1, 12)
    ]
    assert "expands to more than" in fault("\n".join(lines).encode()).fault


@pytest.mark.parametrize(
    ("content", "line", "message"),
    [
        (b"", 1, "is empty"),
        (b"# only a comment\n", 1, "is empty"),
        (b"a: 1\na: 2\n", 2, "the key is given twice"),
        (b"a: [1\n", 2, "is not valid YAML"),
        (b"a: 'x\n", 2, "is not valid YAML"),
        (b"a: b: c\n", 1, "is not valid YAML"),
        (b"\ta: 1\n", 1, "is not valid YAML"),
        (b"a: 1\nb: \xff\n", 2, "is not UTF-8"),
        (b"a: 1\n\nb: \0\n", 3, "holds a NUL"),
        (b"a: \x01\n", None, "is not valid YAML"),
        (b"a: 1\n---\nb: 2\n", 2, "a second document"),
        (b"? [a]\n: 1\n", 1, "a key must be text"),
        (b"a: !!python/object:os.system x\n", 1, "YAML tags are not supported"),
        (b"a: !x [1]\n", 1, "YAML tags are not supported"),
        (b"a: &a [*a]\n", 1, "contains itself"),
        (b"a: *b\n", 1, "is not defined"),
        (b"a: {<<: 1}\n", 1, "`<<` takes"),
        (b"a: {<<: [1]}\n", 1, "`<<` takes"),
        (b"a: {<<: {}, <<: {}}\n", 1, "the key is given twice"),
        (b"[" * 100 + b"]" * 100, 1, "is nested more than"),
    ],
)
def test_faults_are_named_with_their_line(content: bytes, line: int | None, message: str) -> None:
    error = fault(content)
    assert message in error.fault
    assert error.line == line


def test_only_files_of_a_sensible_size_are_read(tmp_path: Path) -> None:
    with pytest.raises(SourceError, match="is not a file"):
        yaml_tree.read(tmp_path, Limits())
    with pytest.raises(SourceError, match="does not exist"):
        yaml_tree.read(tmp_path / "absent", Limits())
    with pytest.raises(SourceError, match=r"not a path|does not exist"):
        yaml_tree.read(tmp_path / "a\0b", Limits())
    large = tmp_path / "large.yaml"
    large.write_bytes(b"a: 1\n" * 3)
    with pytest.raises(SourceError, match="more than the 8 bytes"):
        yaml_tree.read(large, Limits(yaml_bytes=8))
