"""One fault a file: specplan names the key and the line, and says what is wrong."""

# ruff: noqa: E501 - a message is compared whole

from __future__ import annotations

from pathlib import Path
from typing import Final

import pytest

import specplan

FOLDER = Path(__file__).parents[1] / "data" / "invalid"

FAULTS: Final[dict[str, tuple[str, int | None, str]]] = {
    "categories-are-one": ("categories", 4, "must have 2 elements, has 1"),
    "categories-are-text": ("categories", 4, "must be a list, is text"),
    "compiler-has-a-zero-width-mark": (
        "spec_details[0].compiler",
        6,
        "`gcc\\u{200b}@1` is not a compiler",
    ),
    "compiler-is-null": ("spec_details[0].compiler", 6, "must be text, is null"),
    "empty": ("", None, "is empty"),
    "ends-before-the-last-line": (
        "",
        None,
        "ends before the line `---` that ends the front matter: truncated",
    ),
    "front-matter-is-a-list": ("", None, "the front matter must be a mapping"),
    "front-matter-is-empty": ("", None, "the front matter must be a mapping"),
    "hash-has-a-wrong-letter": (
        "spec_details[0].hash",
        6,
        "`36c47octke23tog3tjpjamxsrop4btu1` is not a hash: a hash consists of a-z and 2-7, but character 32 is `1`",
    ),
    "hash-is-a-number": ("spec_details[0].hash", 6, "must be text, is a number"),
    "hash-is-not-ascii": (
        "spec_details[0].hash",
        6,
        "`36c47octke23tog3tjpjamxsrop4btu\\u{e9}` is not a hash: a hash consists of a-z and 2-7, but character 32 is `\\u{e9}`",
    ),
    "hash-is-short": (
        "spec_details[0].hash",
        6,
        "`36c47octke23tog3tjpjamxsrop4btu` is not a hash: a hash has 32 letters, not 31",
    ),
    "hash-is-upper-case": (
        "spec_details[0].hash",
        6,
        "`36C47OCTKE23TOG3TJPJAMXSROP4BTUZ` is not a hash: a hash consists of a-z and 2-7, but character 3 is `C`",
    ),
    "hash-twice-with-different-content": (
        "36c47octke23tog3tjpjamxsrop4btuz",
        None,
        "the hash has different content in the same page: version is `1.3.2`, but `1.3.1` there",
    ),
    "key-of-a-spec-is-given-twice": ("spec_details[0].os", 6, "the key is given twice"),
    "key-of-an-extra-list-is-given-twice": ("more.a", 7, "the key is given twice"),
    "key-of-the-page-is-given-twice": ("title", 7, "the key is given twice"),
    "meta-is-a-list": ("meta", 5, "must be an object, is a list"),
    "missing-categories": ("categories", None, "the key is missing"),
    "missing-key-of-a-spec": ("spec_details[1].target", 6, "the key is missing"),
    "missing-key-of-meta": ("meta.oss", 5, "the key is missing"),
    "missing-meta": ("meta", None, "the key is missing"),
    "missing-spec-details": ("spec_details", None, "the key is missing"),
    "missing-title": ("title", None, "the key is missing"),
    "no-front-matter": ("", 1, "does not begin with a line `---`: has no front matter"),
    "not-utf-8": ("", 3, "is not UTF-8: byte 0xe9"),
    "nul-byte": ("", 3, "holds a NUL byte: is not text"),
    "number-by-stack-is-negative": (
        "meta.num_specs_by_stack.e4s",
        5,
        "must be a whole number that is not negative, is a number",
    ),
    "number-of-specs-is-huge": ("meta.num_specs", 5, "is a number that is too large"),
    "number-of-specs-is-text": (
        "meta.num_specs",
        5,
        "must be a whole number that is not negative, is text",
    ),
    "numbers-by-stack-are-a-list": ("meta.num_specs_by_stack", 5, "must be an object, is a list"),
    "os-has-an-escape-sequence": (
        "spec_details[0].os",
        6,
        "`\\u{1b}[31mred` is not an operating system",
    ),
    "os-is-a-path": ("spec_details[0].os", 6, "`../../x` is not an operating system"),
    "os-is-dots": ("spec_details[0].os", 6, "`..` is not an operating system"),
    "size-is-a-list": ("spec_details[0].size", 6, "must be text or a number of bytes, is a list"),
    "size-is-negative": (
        "spec_details[0].size",
        6,
        "must be text or a number of bytes, is a number",
    ),
    "snapshot-is-a-date": ("categories[1]", 4, "must be text, is a date"),
    "snapshot-is-a-path": ("categories[1]", 4, "`../../x` is not a snapshot name"),
    "spec-details-is-an-object": ("spec_details", 6, "must be a list, is an object"),
    "spec-is-text": ("spec_details[0]", 6, "must be an object, is text"),
    "stack-has-a-blank": ("spec_details[0].stacks", 6, "`e4s x` is not a stack label"),
    "stack-is-a-number": ("spec_details[0].stacks", 6, "must be text, is a number"),
    "stack-is-a-path": ("spec_details[0].stacks", 6, "`../../x` is not a stack label"),
    "stacks-are-text": ("spec_details[0].stacks", 6, "must be a list, is text"),
    "target-is-empty": ("spec_details[0].target", 6, "`` is not a target"),
    "title-is-a-number": ("title", 2, "must be text, is a number"),
    "title-is-a-path": ("title", 2, "`../../x` is not a package name"),
    "title-is-an-option": ("title", 2, "`-x` is not a package name"),
    "title-is-empty": ("title", 2, "`` is not a package name"),
    "truncated": ("", None, "ends before the line `---` that ends the front matter: truncated"),
    "variant-has-an-escape-sequence": (
        "spec_details[0].variants",
        6,
        "`x=\\u{1b}[31m` is not a variant",
    ),
    "variant-has-an-open-quote": ("spec_details[0].variants", 6, '`x=\\"y` is not a variant'),
    "variant-has-no-name": ("spec_details[0].variants", 6, "`+` is not a variant"),
    "variant-is-given-twice": (
        "spec_details[0].variants",
        6,
        "the variant `pic` is given twice, with different values",
    ),
    "variant-is-no-variant": ("spec_details[0].variants", 6, "`pic` is not a variant"),
    "variants-are-an-object": ("spec_details[0].variants", 6, "must be a list, is an object"),
    "version-has-a-blank": ("spec_details[0].versions[0]", 6, "`1 2` is not a version"),
    "version-has-a-line-end": ("spec_details[0].versions[0]", 6, "`1\\n2` is not a version"),
    "version-is-a-number": ("spec_details[0].versions[0]", 6, "must be text, is a number"),
    "versions-are-none": ("spec_details[0].versions", 6, "must have 1 element, has 0"),
    "versions-are-two": ("spec_details[0].versions", 6, "must have 1 element, has 2"),
    "yaml-has-a-control-character": (
        "",
        None,
        "is not valid YAML: control characters are not allowed",
    ),
    "yaml-has-a-date-that-cannot-be": (
        "",
        None,
        "holds an impossible value: day is out of range for month",
    ),
    "yaml-has-a-list-for-a-key": ("", 7, "a key must be text"),
    "yaml-has-a-long-plain-scalar": (
        "a",
        7,
        "is a plain scalar of more than 1024 characters: quote it",
    ),
    "yaml-has-a-number-for-a-key": ("meta", 5, "has the key 1, which is not text"),
    "yaml-has-a-sexagesimal-number": (
        "",
        None,
        "holds an impossible value: int too large to convert to float",
    ),
    "yaml-has-a-tag": ("a", 7, "YAML tags are not supported"),
    "yaml-has-an-alias": ("b[0]", 8, "aliases are not supported"),
    "yaml-has-infinity": ("spec_details[0]", 6, "is a number without value"),
    "yaml-is-malformed": ("", 6, "is not valid YAML: did not find expected ',' or '}'"),
    "yaml-is-nested": ("", 7, "is nested more than 16 deep"),
}

CONTRADICTIONS: Final[dict[str, tuple[str, str]]] = {
    "contradiction-of-compilers": (
        "meta.compilers",
        "`meta` says [none], `spec_details` have [gcc@13.2.0]",
    ),
    "contradiction-of-num-specs-by-stack": (
        "meta.num_specs_by_stack",
        "`meta` says {e4s: 2, root: 1}, `spec_details` have {e4s: 1, root: 1}",
    ),
    "contradiction-of-num-specs": ("meta.num_specs", "`meta` says 2, `spec_details` have 1"),
    "contradiction-of-oss": ("meta.oss", "`meta` says [rhel8], `spec_details` have [ubuntu24.04]"),
    "contradiction-of-platforms": (
        "meta.platforms",
        "`meta` says [darwin], `spec_details` have [linux]",
    ),
    "contradiction-of-stacks": (
        "meta.stacks",
        "`meta` says [e4s], `spec_details` have [e4s, root]",
    ),
    "contradiction-of-targets": (
        "meta.targets",
        "`meta` says [zen4], `spec_details` have [x86_64_v3]",
    ),
    "contradiction-of-versions": (
        "meta.versions",
        "`meta` says [1.3.1, 1.3.2], `spec_details` have [1.3.1]",
    ),
}


def test_every_file_is_in_a_table() -> None:
    files = {path.stem for path in FOLDER.glob("*.md")} - {"README"}
    assert files == {*FAULTS, *CONTRADICTIONS}


@pytest.mark.parametrize("name", FAULTS)
def test_a_fault_is_named_with_its_place(name: str) -> None:
    path = FOLDER / f"{name}.md"
    place, line, fault = FAULTS[name]
    with pytest.raises(specplan.DamagedSourceError) as raised:
        specplan.load(path)
    error = raised.value
    assert (error.location, error.line, error.fault) == (place, line, fault)
    assert (error.path, error.others) == (str(path), 0)
    where = str(path) if line is None else f"{path}:{line}"
    assert str(error) == f"{where}: {place}: {fault}" if place else f"{where}: {fault}"
    (damaged,) = specplan.load(path, skip_damaged=True).damaged
    assert (damaged.location, damaged.line, damaged.fault) == (place, line, fault)


@pytest.mark.parametrize("name", CONTRADICTIONS)
def test_a_contradiction_names_the_identity_and_both_values(name: str) -> None:
    path = FOLDER / f"{name}.md"
    place, message = CONTRADICTIONS[name]
    catalog = specplan.load(path)
    assert len(catalog) == 1
    (finding,) = catalog.check().findings
    assert (finding.kind, finding.path) == ("contradiction", str(path))
    assert (finding.location, finding.message) == (place, message)
    with pytest.raises(specplan.DamagedSourceError) as raised:
        specplan.load(path, strict=True)
    assert str(raised.value) == f"{path}: {place}: {message}"


def test_the_first_damaged_file_is_named_and_the_others_are_counted() -> None:
    with pytest.raises(specplan.DamagedSourceError) as raised:
        specplan.load(FOLDER)
    assert raised.value.others > 0
    assert "more damaged files)" in str(raised.value)
