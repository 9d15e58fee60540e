"""Manifests, maps and signatures are parsed in Python: whatever they hold, nothing else comes out.

A fuzzer of bytes seldom gets past the first bracket, so that texts are drawn as what they might
be: documents of the right shape with a part that is anything, and sound texts that are cut,
doubled or changed in some bytes.
"""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from specplan.errors import SourceError
from specplan.sources import clear_signed
from specplan.sources.mirrors import listing, mirror
from tests import mirrors
from tests.mirrors import INDEX_MEDIA, INSTALL_MEDIA, SPEC_MEDIA

if TYPE_CHECKING:
    from collections.abc import Callable

#: No manifest leads anywhere but to a blob.
BLOB = re.compile(r"blobs/sha256/([0-9a-f]{2})/\1[0-9a-f]{62}")

SCALARS = (
    st.none()
    | st.booleans()
    | st.integers()
    | st.integers(min_value=2**60, max_value=10**400)
    | st.floats(allow_nan=True)
    | st.text(max_size=20)
    | st.sampled_from(
        ["sha256", "none", "gzip", "../../etc/passwd", "/etc/passwd", "a" * 64, "A" * 64]
    )
)

ANYTHING = st.recursive(
    SCALARS,
    lambda inner: (
        st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=8), inner, max_size=4)
    ),
    max_leaves=10,
)

RECORDS = st.fixed_dictionaries(
    {},
    optional={
        "contentLength": st.integers(0, 2**70) | ANYTHING,
        "mediaType": st.sampled_from([INDEX_MEDIA, SPEC_MEDIA, INSTALL_MEDIA]) | ANYTHING,
        "compression": st.sampled_from(["none", "gzip", "zstd"]) | ANYTHING,
        "checksumAlgorithm": st.just("sha256") | ANYTHING,
        "checksum": st.text("0123456789abcdef", min_size=64, max_size=64)
        | st.text("0123456789abcdefA/.\n", min_size=62, max_size=66)
        | ANYTHING,
    },
)

MANIFESTS = (
    st.fixed_dictionaries(
        {
            "version": st.just(3) | ANYTHING,
            "data": st.lists(RECORDS | ANYTHING, max_size=4) | ANYTHING,
        }
    )
    | ANYTHING
)

LISTINGS = st.fixed_dictionaries(
    {},
    optional={
        "label": st.sampled_from(["root", "e4s", "../x", "a b", ""]) | ANYTHING,
        "url": st.sampled_from(["s3://b/x", "x.json", "../x", "/x", ""]) | ANYTHING,
    },
)

MAPS = st.dictionaries(
    st.text(max_size=8), st.lists(LISTINGS | ANYTHING, max_size=3) | ANYTHING, max_size=3
)


@st.composite
def spoilt(draw: Callable[[st.SearchStrategy[Any]], Any], sound: st.SearchStrategy[bytes]) -> bytes:
    """Draw a text that is cut, doubled in part, or has other bytes in some places."""
    text = bytearray(draw(sound))
    for _ in range(draw(st.integers(0, 3))):
        at = draw(st.integers(0, len(text)))
        to = draw(st.integers(at, min(len(text), at + 20)))
        text[at:to] = draw(
            st.binary(max_size=5)
            | st.sampled_from([b"", b"\n", b"-", b"- ", b'"', b"{", bytes(text[at:to]) * 2])
        )
    return bytes(text)


def spelt(value: object) -> bytes:
    return json.dumps(value).encode()


def signed(value: object) -> bytes:
    return mirrors.clear_signed(json.dumps(value, indent=0).encode())


@pytest.fixture(scope="module")
def path(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("manifests") / "x.manifest.json"


def assert_is_read_or_refused(path: Path, content: bytes) -> None:
    path.write_bytes(content)
    for read in (mirror.records_in, mirror.records_of_binary):
        try:
            records = read(path, "x")
        except SourceError:
            continue
        for record in records:
            assert BLOB.fullmatch(record.blob)
            assert record.size >= 0
            assert str(path.parent) not in record.blob


@given(MANIFESTS.map(spelt) | MANIFESTS.map(signed))
def test_a_manifest_is_read_or_refused_and_leads_to_blobs_alone(path: Path, content: bytes) -> None:
    assert_is_read_or_refused(path, content)


@given(spoilt(MANIFESTS.map(spelt) | MANIFESTS.map(signed)) | st.binary(max_size=200))
def test_a_spoilt_manifest_is_too(path: Path, content: bytes) -> None:
    assert_is_read_or_refused(path, content)


@given(st.lists(st.text(st.characters(codec="utf-8"), max_size=20), min_size=1, max_size=8))
def test_what_is_signed_is_what_was_signed(texts: list[str]) -> None:
    # A line of a file ends at a line feed; other characters that end a line of text do not count.
    lines = b"\n".join(each.encode() for each in (*texts, "end")).splitlines()
    document = mirrors.clear_signed(b"\n".join(lines))
    assert clear_signed.text_of(document, "x") == b"\n".join(lines) + b"\n"


@settings(suppress_health_check=[HealthCheck.too_slow])
@given(MAPS.map(spelt) | spoilt(MAPS.map(spelt)) | st.binary(max_size=100))
def test_a_map_of_snapshots_is_read_or_refused(content: bytes) -> None:
    try:
        listed = listing.parse(content, "x")
    except SourceError:
        return
    for entries in (listed or {}).values():
        for entry in entries:
            assert re.fullmatch(r"[A-Za-z0-9_.-]+", entry.stack)
            assert entry.url
            assert "\0" not in entry.url
