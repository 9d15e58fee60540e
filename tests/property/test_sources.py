"""Whatever a file holds, reading it ends with an answer or with an error of this package."""

from __future__ import annotations

import gzip
import tempfile
from pathlib import Path

from hypothesis import example, given
from hypothesis import strategies as st

from specplan.errors import SpecplanError
from specplan.sources import Limits, clear_signed
from specplan.sources.read import read
from tests import mirrors

LIMITS = Limits(index_bytes=1 << 20, manifest_bytes=1 << 16, file_bytes=1 << 20)

SOUND = (
    mirrors.index("zlib", "hdf5"),
    mirrors.spec_file("zlib"),
    mirrors.clear_signed(mirrors.spec_file("zlib")),
    gzip.compress(mirrors.index("zlib"), mtime=0),
    b'{"develop": [{"label": "root", "url": "x"}, {"label": "e4s", "url": "y"}]}',
    b'{"version": 3, "data": []}',
)


@st.composite
def broken(draw: st.DrawFn) -> bytes:
    """Return a file that was sound before some of its bytes were changed, added or lost."""
    content = draw(st.sampled_from(SOUND))
    start = draw(st.integers(0, len(content)))
    end = draw(st.integers(start, min(len(content), start + 20)))
    return content[:start] + draw(st.binary(max_size=8)) + content[end:]


@given(st.binary(max_size=200) | broken())
@example(b"\x1f\x8b")
@example(clear_signed.BEGIN)
@example(b"\xef\xbb\xbf{}")
def test_a_file_is_read_or_refused(content: bytes) -> None:
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder, "x")
        path.write_bytes(content)
        try:
            answer = read(str(path), LIMITS)
        except SpecplanError as error:
            assert str(path) in str(error) or str(Path(folder)) in str(error)  # noqa: PT017
        else:
            assert answer.files or answer.damaged


@given(st.binary(max_size=200) | broken())
def test_a_manifest_is_read_or_refused(content: bytes) -> None:
    with tempfile.TemporaryDirectory() as folder:
        mirror = mirrors.Mirror(Path(folder))
        mirror.write("v3/manifests/index/index.manifest.json", content)
        answer = read(folder, LIMITS)
        assert len(answer.damaged) == 1


@given(st.binary(max_size=300).filter(lambda text: b"\r" not in text and b"\n" not in text[-1:]))
def test_what_was_signed_comes_back(text: bytes) -> None:
    lines = b"\n".join(text.splitlines()) + b"\n"
    assert clear_signed.text_of(mirrors.clear_signed(lines), "x") == lines
