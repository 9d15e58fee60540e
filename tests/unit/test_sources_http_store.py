"""The web store against a real server on loopback, which mostly misbehaves."""

from __future__ import annotations

import base64
import gzip
import hashlib
import itertools
import ssl
import time
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from specplan.errors import DamagedSourceError, RemoteError, SourceError
from specplan.sources import Limits
from specplan.sources.stores.downloads import Downloads
from specplan.sources.stores.fetching import Fetching
from specplan.sources.stores.http import HttpStore
from specplan.sources.stores.open import open_store
from specplan.sources.stores.store import Expected
from tests import servers
from tests.servers import Handler, Server

LIMITS = Limits(silence_seconds=5, transfer_seconds=20, attempts=3)


@pytest.fixture(autouse=True)
def _no_proxy(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("no_proxy", "*")


@pytest.fixture
def server(tmp_path: Path) -> Iterator[Server]:
    folder = tmp_path / "served"
    folder.mkdir()
    with servers.serving(folder) as server:
        yield server


@pytest.fixture
def pauses() -> list[float]:
    """The seconds that were waited, without waiting them."""
    return []


@pytest.fixture
def store(server: Server, tmp_path: Path, pauses: list[float]) -> Callable[..., HttpStore]:
    """Return a store below the server."""

    def store(path: str = "", *, limits: Limits = LIMITS, **how: object) -> HttpStore:
        fetching = Fetching(
            limits=limits,
            downloads=Downloads(tmp_path / "cache"),
            pause=pauses.append,
            **how,  # type: ignore[arg-type]
        )
        return HttpStore(server.url + path, fetching)

    return store


def _served(server: Server, name: str, content: bytes) -> None:
    assert server.folder is not None
    (server.folder / name).parent.mkdir(parents=True, exist_ok=True)
    (server.folder / name).write_bytes(content)


def _checksum(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()


def _expected(content: bytes, size: int | None = None) -> Expected:
    return Expected(checksum=_checksum(content), size=size, said_by="manifest: data[0]")


Stores = Callable[..., HttpStore]


def test_a_file_arrives_whole_and_is_kept_by_its_checksum(
    server: Server, store: Stores, tmp_path: Path
) -> None:
    _served(server, "a/b+c.json", b"content")
    path = store("/a").get("b+c.json", most=100)
    assert path is not None
    assert path.read_bytes() == b"content"
    assert path.name == _checksum(b"content")
    assert server.paths == ["/a/b%2Bc.json"]
    assert not list((tmp_path / "cache" / "incoming").iterdir())


@pytest.mark.parametrize("code", [404, 410])
def test_what_is_not_there_is_none(server: Server, store: Stores, code: int) -> None:
    server.answers["/x"] = [servers.status(code)]
    assert store().get("x", most=100) is None
    assert len(server.asked) == 1


def test_an_unchanged_file_is_not_sent_again(server: Server, store: Stores) -> None:
    _served(server, "x", b"content")
    first = store().get("x", most=100)
    second = store().get("x", most=100)
    assert first == second
    assert "If-None-Match" not in server.asked[0][1]
    assert "If-None-Match" in server.asked[1][1]


def test_a_changed_file_is_sent_again(server: Server, store: Stores) -> None:
    _served(server, "x", b"old")
    store().get("x", most=100)
    _served(server, "x", b"new")
    path = store().get("x", most=100)
    assert path is not None
    assert path.read_bytes() == b"new"


def test_a_damaged_copy_in_the_cache_folder_is_fetched_again(server: Server, store: Stores) -> None:
    _served(server, "x", b"content")
    path = store().get("x", most=100)
    assert path is not None
    path.write_bytes(b"damaged")
    again = store().get("x", most=100)
    assert again is not None
    assert again.read_bytes() == b"content"
    assert "If-None-Match" not in server.asked[1][1]


@pytest.mark.parametrize(
    "note", [b"", b"[]", b"{}", b'{"sha256": "../../x", "token": {}}', b"\xff"]
)
def test_a_damaged_note_in_the_cache_folder_is_ignored(
    server: Server, store: Stores, tmp_path: Path, note: bytes
) -> None:
    _served(server, "x", b"content")
    store().get("x", most=100)
    (kept,) = (tmp_path / "cache" / "places").iterdir()
    kept.write_bytes(note)
    assert store().get("x", most=100) is not None
    assert "If-None-Match" not in server.asked[1][1]


def test_a_file_of_known_checksum_is_asked_for_once(server: Server, store: Stores) -> None:
    _served(server, "x", b"content")
    for _ in range(2):
        assert store().get("x", most=100, expected=_expected(b"content", 7)) is not None
    assert len(server.asked) == 1


def test_a_wrong_checksum_is_an_error_and_leaves_nothing(
    server: Server, store: Stores, tmp_path: Path
) -> None:
    _served(server, "x", b"content")
    with pytest.raises(DamagedSourceError, match=r"manifest: data\[0\] says") as caught:
        store().get("x", most=100, expected=_expected(b"other", 7))
    assert caught.value.path == f"{server.url}/x"
    assert not (tmp_path / "cache" / "blobs").exists()
    assert len(server.asked) == 1


def test_a_wrong_size_is_an_error(server: Server, store: Stores) -> None:
    _served(server, "x", b"content")
    with pytest.raises(DamagedSourceError, match=r"has 7 bytes, but .* says 8"):
        store().get("x", most=100, expected=_expected(b"content", 8))


def test_a_server_that_recovers_is_asked_again(
    server: Server, store: Stores, pauses: list[float]
) -> None:
    server.answers["/x"] = [servers.status(500), servers.reset, servers.body(b"content")]
    assert store().get("x", most=100) is not None
    assert pauses == [0.5, 1.0]


def test_a_server_that_stays_broken_is_an_error_with_its_status(
    server: Server, store: Stores, pauses: list[float]
) -> None:
    server.answers["/x"] = [servers.status(503)]
    with pytest.raises(RemoteError, match=r"503 Service Unavailable \(3 attempts\)") as caught:
        store().get("x", most=100)
    assert caught.value.status == 503
    assert caught.value.code == "remote"
    assert len(server.asked) == 3
    assert pauses == [0.5, 1.0]


@pytest.mark.parametrize("code", [400, 401, 403, 418, 451])
def test_a_refusal_is_not_asked_again(server: Server, store: Stores, code: int) -> None:
    server.answers["/x"] = [servers.status(code)]
    with pytest.raises(RemoteError, match=f"the server answers {code}") as caught:
        store("/x").get("", most=100)
    assert caught.value.status == code
    assert len(server.asked) == 1
    assert ("`USER:PASSWORD@` before the host" in str(caught.value.hint)) == (code in {401, 403})


def test_a_server_that_is_asked_too_often_is_asked_again_when_it_says(
    server: Server, store: Stores, pauses: list[float]
) -> None:
    server.answers["/x"] = [servers.status(429, Retry_After="3"), servers.body(b"content")]
    assert store().get("x", most=100) is not None
    assert pauses == [3.0]


def test_a_refusal_of_a_file_that_is_looked_for_means_that_it_is_not_there(
    server: Server, store: Stores
) -> None:
    """Object stores that may not be listed refuse what they do not have."""
    server.answers["/x"] = [servers.status(403)]
    refusals: list[RemoteError] = []
    looking = store(refusals=refusals)
    assert looking.get("x", most=100) is None
    assert [each.status for each in refusals] == [403]
    with pytest.raises(RemoteError, match="the server answers 403"):
        looking.get("x", most=100, expected=_expected(b"content"))


@pytest.mark.parametrize("code", [204, 206, 304])
def test_an_answer_that_is_no_file_is_an_error(server: Server, store: Stores, code: int) -> None:
    server.answers["/x"] = [servers.status(code)]
    with pytest.raises(RemoteError, match=f"the server answers {code}"):
        store().get("x", most=100)


def test_a_truncated_body_is_an_error(server: Server, store: Stores, tmp_path: Path) -> None:
    server.answers["/x"] = [servers.cut(b"part", 100)]
    with pytest.raises(RemoteError, match=r"ends after 4 of 100 bytes \(3 attempts\)"):
        store().get("x", most=1000)
    assert not list((tmp_path / "cache").rglob("blobs/*/*"))


def test_a_chunk_that_is_broken_off_is_an_error(server: Server, store: Stores) -> None:
    server.answers["/x"] = [servers.cut_chunks]
    with pytest.raises(RemoteError, match=r"\(3 attempts\)"):
        store().get("x", most=1000)


def test_a_body_that_says_it_is_too_large_is_not_read(server: Server, store: Stores) -> None:
    server.answers["/x"] = [servers.cut(b"part", 101)]
    with pytest.raises(SourceError, match="more than the 100 bytes"):
        store().get("x", most=100)
    assert len(server.asked) == 1


def test_an_endless_body_is_cut_off(server: Server, store: Stores, tmp_path: Path) -> None:
    server.answers["/x"] = [servers.endless]
    with pytest.raises(SourceError, match="more than the 1000000 bytes"):
        store().get("x", most=1_000_000)
    assert not list((tmp_path / "cache" / "incoming").iterdir())


@pytest.mark.parametrize("misbehave", [servers.silent, servers.stalled])
def test_silence_ends_with_the_time_out(
    server: Server, store: Stores, misbehave: servers.Answer
) -> None:
    server.answers["/x"] = [misbehave]
    limits = Limits(silence_seconds=0.1, attempts=2)
    with pytest.raises(RemoteError, match=r"no response for 0\.1 seconds \(2 attempts\)"):
        store(limits=limits).get("x", most=100)


def test_a_trickle_ends_with_the_time_for_the_whole(server: Server, store: Stores) -> None:
    server.answers["/x"] = [servers.endless]
    clock = itertools.count(0, 0.5).__next__
    with pytest.raises(RemoteError, match="timed out after 20 seconds"):
        store(clock=clock).get("x", most=1 << 40)
    assert len(server.asked) == 1


def test_what_is_no_http_is_an_error(server: Server, store: Stores) -> None:
    server.answers["/x"] = [servers.rubbish]
    with pytest.raises(RemoteError, match="the answer is not valid HTTP"):
        store().get("x", most=100)


def test_a_server_that_is_not_there_is_an_error(store: Stores, server: Server) -> None:
    nowhere = store()
    server.server_close()
    server.socket.close()
    with pytest.raises(RemoteError, match=r"the server cannot be reached: .*refused"):
        nowhere.get("x", most=100)


class TestRedirects:
    def test_are_followed(self, server: Server, store: Stores) -> None:
        _served(server, "to", b"content")
        server.answers["/x"] = [servers.status(302, Location="/to")]
        assert store().get("x", most=100) is not None

    def test_have_an_end(self, server: Server, store: Stores) -> None:
        server.answers["/x"] = [servers.status(301, Location="/x")]
        with pytest.raises(RemoteError, match="redirected more than 5 times"):
            store().get("x", most=100)
        assert len(server.asked) == 6

    @pytest.mark.parametrize(
        "location", ["file:///etc/passwd", "ftp://127.0.0.1/x", "data:,x", "gopher://127.0.0.1/"]
    )
    def test_lead_nowhere_but_to_web_servers(
        self, server: Server, store: Stores, location: str
    ) -> None:
        server.answers["/x"] = [servers.status(302, Location=location)]
        with pytest.raises(RemoteError, match="which is not followed"):
            store().get("x", most=100)

    @pytest.mark.parametrize("location", ["http://[::1", ""])
    def test_to_no_url_are_errors(self, server: Server, store: Stores, location: str) -> None:
        server.answers["/x"] = [servers.status(302, Location=location)]
        with pytest.raises(RemoteError, match="is redirected"):
            store().get("x", most=100)

    def test_do_not_carry_credentials_elsewhere(self, server: Server, tmp_path: Path) -> None:
        with servers.serving() as other:
            other.answers["/y"] = [servers.body(b"content")]
            server.answers["/x"] = [servers.status(302, Location="/here")]
            server.answers["/here"] = [servers.status(302, Location=f"{other.url}/y")]
            url = server.url.replace("//", "//me:secret@")
            store = HttpStore(url, Fetching(downloads=Downloads(tmp_path), limits=LIMITS))
            assert store.get("x", most=100) is not None
            sent = base64.b64encode(b"me:secret").decode()
            assert [headers.get("Authorization") for _, headers in server.asked] == [
                f"Basic {sent}"
            ] * 2
            assert "Authorization" not in other.asked[0][1]


class TestSecrets:
    def test_are_in_no_message_and_no_file(self, server: Server, tmp_path: Path) -> None:
        server.answers["/x"] = [servers.body(b"content", ETag='"1"')]
        server.answers["/"] = [servers.status(403)]
        url = server.url.replace("//", "//me:s3cret@") + "/?sig=s3cret"
        store = HttpStore(url, Fetching(downloads=Downloads(tmp_path), limits=LIMITS))
        store.get("x", most=100)
        assert server.paths == ["/x?sig=s3cret"]
        with pytest.raises(RemoteError) as caught:
            store.get("", most=100)
        assert "s3cret" not in f"{caught.value} {caught.value.hint} {caught.value.path}"
        kept = [path.read_bytes() for path in tmp_path.rglob("*") if path.is_file()]
        assert not any(b"s3cret" in content for content in kept)

    def test_of_one_url_are_not_those_of_another(self, server: Server, tmp_path: Path) -> None:
        """What was fetched with a signature must not come from the cache without it."""
        server.answers["/x"] = [servers.body(b"content", ETag='"1"')]
        fetching = Fetching(downloads=Downloads(tmp_path), limits=LIMITS)
        HttpStore(f"{server.url}/?sig=1", fetching).get("x", most=100)
        HttpStore(server.url, fetching).get("x", most=100)
        assert "If-None-Match" not in server.asked[1][1]


class TestPackedBodies:
    def test_are_unpacked(self, server: Server, store: Stores) -> None:
        packed = servers.body(gzip.compress(b"content"), Content_Encoding="gzip")
        server.answers["/x"] = [packed]
        path = store().get("x", most=100, expected=_expected(b"content", 7))
        assert path is not None
        assert path.read_bytes() == b"content"

    def test_that_are_bombs_are_cut_off(
        self, server: Server, store: Stores, tmp_path: Path
    ) -> None:
        packed = gzip.compress(bytes(50_000_000))
        server.answers["/x"] = [servers.body(packed, Content_Encoding="gzip")]
        with pytest.raises(SourceError, match="more than the 1000000 bytes"):
            store().get("x", most=1_000_000)
        assert not list((tmp_path / "cache" / "incoming").iterdir())

    @pytest.mark.parametrize("content", [b"no gzip", gzip.compress(b"content", mtime=0)[:-4]])
    def test_that_are_damaged_are_errors(
        self, server: Server, store: Stores, content: bytes
    ) -> None:
        server.answers["/x"] = [servers.body(content, Content_Encoding="gzip")]
        with pytest.raises(RemoteError, match=r"the compressed body is .* \(3 attempts\)"):
            store().get("x", most=100)

    def test_in_another_way_are_errors(self, server: Server, store: Stores) -> None:
        server.answers["/x"] = [servers.body(b"content", Content_Encoding="br")]
        with pytest.raises(RemoteError, match="the encoding `br`, which is not supported"):
            store().get("x", most=100)


def test_an_untrusted_certificate_is_an_error_that_is_not_repeated(tmp_path: Path) -> None:
    with servers.serving(tls=True) as server:
        fetching = Fetching(downloads=Downloads(tmp_path), limits=LIMITS)
        with pytest.raises(RemoteError, match="certificate of the server is not trusted") as caught:
            HttpStore(server.url, fetching).get("x", most=100)
    assert caught.value.hint is not None
    assert "SSL_CERT_FILE" in caught.value.hint


def test_a_trusted_certificate_is_taken(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    if ssl.get_default_verify_paths().openssl_cafile_env != "SSL_CERT_FILE":
        pytest.skip("this system's TLS takes no authorities from the environment")
    monkeypatch.setenv("SSL_CERT_FILE", str(servers.CERTIFICATE))
    with servers.serving(tls=True) as server:
        server.answers["/x"] = [servers.body(b"content")]
        fetching = Fetching(downloads=Downloads(tmp_path), limits=LIMITS)
        assert HttpStore(server.url, fetching).get("x", most=100) is not None


def test_tls_to_a_server_without_it_is_an_error(server: Server, tmp_path: Path) -> None:
    url = server.url.replace("http:", "https:")
    fetching = Fetching(downloads=Downloads(tmp_path), limits=LIMITS, pause=lambda _: None)
    with pytest.raises(RemoteError):
        HttpStore(url, fetching).get("x", most=100)


@pytest.mark.parametrize("relative", ["../x", "/x", "a//b", "a/./b", "a\\b", "c:x", "x\0"])
def test_no_path_leaves_the_root(server: Server, store: Stores, relative: str) -> None:
    with pytest.raises(SourceError, match="not a path below its source"):
        store("/a").get(relative, most=100)
    assert server.asked == []


@pytest.mark.parametrize("url", ["http://", "http://[::1", "https://host:port/", "http:///x"])
def test_a_malformed_url_is_an_error(url: str, tmp_path: Path) -> None:
    with pytest.raises(SourceError):
        open_store(url, Fetching(downloads=Downloads(tmp_path)))


def test_progress_is_shown_until_the_end(server: Server, store: Stores) -> None:
    told: list[tuple[str, int, int | None]] = []
    _served(server, "x", b"x" * 200_000)
    store(progress=lambda *how: told.append(how)).get("x", most=1_000_000)
    assert len(told) > 2
    assert told[-1] == (f"{server.url}/x", 200_000, 200_000)
    assert [done for _, done, _ in told] == sorted(done for _, done, _ in told)


def test_a_cache_folder_that_cannot_be_written_is_an_error(server: Server, tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    _served(server, "x", b"content")
    fetching = Fetching(downloads=Downloads(tmp_path / "file"), limits=LIMITS)
    with pytest.raises(SourceError, match="cannot keep fetched files") as caught:
        HttpStore(server.url, fetching).get("x", most=100)
    assert caught.value.hint == "name another folder in SPECPLAN_CACHE_DIR"


def test_below_is_a_store_of_a_folder(server: Server, store: Stores) -> None:
    _served(server, "a/b c/x", b"content")
    below = store("/a?q=1").below("b c")
    assert below.get("x", most=100) is not None
    assert server.paths == ["/a/b%20c/x?q=1"]
    assert below.shown("x") == f"{server.url}/a/b%20c/x"
    assert below.files("") is None


def test_many_files_of_a_server_are_fetched_over_one_connection(
    server: Server, store: Callable[..., HttpStore]
) -> None:
    for number in range(30):
        _served(server, f"{number}.json", str(number).encode())
    one = store()
    for number in range(30):
        path = one.get(f"{number}.json", most=100)
        assert path is not None
        assert path.read_bytes() == str(number).encode()
        assert one.get(f"absent-{number}.json", most=100) is None
    assert len(server.asked) == 60
    assert server.connections == 1


def test_a_connection_that_the_server_closed_meanwhile_is_opened_again(
    server: Server, store: Callable[..., HttpStore], pauses: list[float]
) -> None:
    _served(server, "x.json", b"x")
    one = store(limits=replace(LIMITS, attempts=2))

    def last(handler: Handler) -> None:
        handler.answer(200, b"y", {"ETag": '"y"'})
        handler.close_connection = True

    server.answers["/y.json"] = [last]
    for name in ("x.json", "y.json", "x.json"):
        assert one.get(name, most=100) is not None
    assert server.connections == 2
    assert len(pauses) <= 1


def test_a_copy_that_was_confirmed_lately_is_used_without_asking(
    server: Server, store: Stores
) -> None:
    _served(server, "index.json", b"old")
    assert store().get("index.json", most=100)
    _served(server, "index.json", b"newer")
    lately = store(limits=replace(LIMITS, max_age_seconds=3600))
    copy = lately.get("index.json", most=100)
    assert copy is not None
    assert copy.read_bytes() == b"old"
    # It is said that nobody was asked.
    assert list(lately._fetching.copies) == [lately.shown("index.json")]  # noqa: SLF001 - what reports say is made of it


def test_a_file_that_was_lately_not_there_is_not_asked_for(
    server: Server, store: Stores, monkeypatch: pytest.MonkeyPatch
) -> None:
    lately = replace(LIMITS, max_age_seconds=3600)
    assert store(limits=lately).get("index.json", most=100) is None
    _served(server, "index.json", b"new")
    assert store(limits=lately).get("index.json", most=100) is None
    assert store().get("index.json", most=100) is not None
    assert store(limits=lately).get("index.json", most=100) is not None
    # After the time it is asked for again, as without a limit it always is.
    assert store(limits=lately).get("other.json", most=100) is None
    _served(server, "other.json", b"new")
    now = time.time()
    monkeypatch.setattr(time, "time", lambda: now + 3601)
    assert store(limits=lately).get("other.json", most=100) is not None


def test_that_a_file_is_gone_does_not_take_its_copy(server: Server, store: Stores) -> None:
    _served(server, "index.json", b"old")
    assert store().get("index.json", most=100)
    assert server.folder is not None
    (server.folder / "index.json").unlink()
    assert store().get("index.json", most=100) is None
    assert store(limits=replace(LIMITS, offline=True)).get("index.json", most=100) is not None


def test_an_older_copy_is_asked_about(
    server: Server, store: Stores, monkeypatch: pytest.MonkeyPatch
) -> None:
    _served(server, "index.json", b"old")
    assert store().get("index.json", most=100)
    _served(server, "index.json", b"newer")
    now = time.time()
    monkeypatch.setattr(time, "time", lambda: now + 3601)
    copy = store(limits=replace(LIMITS, max_age_seconds=3600)).get("index.json", most=100)
    assert copy is not None
    assert copy.read_bytes() == b"newer"
