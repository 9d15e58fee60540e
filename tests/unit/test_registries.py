"""Build caches in registries, against a small registry on loopback that mostly misbehaves."""

from __future__ import annotations

import base64
import json
from collections.abc import Callable, Iterator
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import pytest
from hypothesis import given
from hypothesis import strategies as st

from specplan.errors import DamagedSourceError, RemoteError, SourceError, UsageError
from specplan.sources import Limits
from specplan.sources.mirrors import mirror
from specplan.sources.registries.challenges import challenges_of
from specplan.sources.registries.credentials import credentials_for
from specplan.sources.registries.repository import repository_of
from specplan.sources.registries.store import RegistryStore
from specplan.sources.stores.downloads import Downloads
from specplan.sources.stores.fetching import Fetching
from specplan.sources.stores.open import open_store
from tests import registries, servers
from tests.mirrors import dag_hash
from tests.registries import NAME, digest, tag_of
from tests.servers import Handler, Server

LIMITS = Limits(silence_seconds=5, transfer_seconds=20, attempts=2)
ROOT = f"/v2/{NAME}"
SECRET = "s3cret-w0rd"  # noqa: S105 - nobody's


@pytest.fixture(autouse=True)
def _plain_environment(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("no_proxy", "*")
    monkeypatch.setenv("DOCKER_CONFIG", str(tmp_path / "docker"))
    for name in ("CI_REGISTRY", "CI_REGISTRY_USER", "CI_REGISTRY_PASSWORD", "GITHUB_TOKEN"):
        monkeypatch.delenv(name, raising=False)


@pytest.fixture
def server() -> Iterator[Server]:
    with servers.serving() as server:
        yield server


@pytest.fixture
def pauses() -> list[float]:
    """The seconds that were waited, without waiting them."""
    return []


Stores = Callable[..., RegistryStore]


@pytest.fixture
def store(tmp_path: Path, pauses: list[float]) -> Stores:
    """Return the store of a URL."""

    def store(url: str, **limits: object) -> RegistryStore:
        fetching = Fetching(
            limits=Limits(**{**_fields(LIMITS), **limits}),  # type: ignore[arg-type]
            downloads=Downloads(tmp_path / "cache"),
            pause=pauses.append,
        )
        found = open_store(url, fetching)
        assert isinstance(found, RegistryStore)
        return found

    return store


def _fields(limits: Limits) -> dict[str, object]:
    return {name: getattr(limits, name) for name in limits.__dataclass_fields__}


def _login(server: Server, tmp_path: Path, **entry: object) -> None:
    """Write what Docker writes after a login."""
    host = server.url.partition("://")[2]
    (tmp_path / "docker").mkdir(exist_ok=True)
    (tmp_path / "docker" / "config.json").write_text(json.dumps({"auths": {host: entry}}))


def _basic(user: str, word: str) -> str:
    return base64.b64encode(f"{user}:{word}".encode()).decode()


def _wants(server: Server, header: str, token: str) -> None:
    """Let all that the server has be had with a token alone."""
    for path, answers in server.answers.items():
        whole = answers[0]

        def guarded(handler: Handler, whole: servers.Answer = whole) -> None:
            if handler.headers.get("Authorization") == token:
                whole(handler)
            else:
                handler.answer(401, b"", {"WWW-Authenticate": header})

        if path.startswith("/v2/"):
            server.answers[path] = [guarded]


class TestNames:
    @pytest.mark.parametrize(
        ("url", "where"),
        [
            ("oci://ghcr.io/Owner/Cache", "https://ghcr.io/v2/owner/cache"),
            ("oci://host.org:5000/a__b/c-d", "https://host.org:5000/v2/a__b/c-d"),
            ("oci+http://localhost/cache/", "http://localhost/v2/cache"),
            ("oci://[::1]:5000/cache", "https://[::1]:5000/v2/cache"),
            ("oci://owner/cache", "https://index.docker.io/v2/owner/cache"),
            ("oci://cache", "https://index.docker.io/v2/library/cache"),
        ],
    )
    def test_are_read_as_spack_reads_them(self, url: str, where: str) -> None:
        assert repository_of(url).url == where

    @pytest.mark.parametrize(
        "url",
        [
            "oci://",
            "oci://host.org",
            "oci://host.org/",
            "oci://host.org/../x",
            "oci://host.org/a//b",
            "oci://host.org/a?x=1",
            "oci://host.org/a b",
            "oci://host.org/cache:latest",
            "oci://host.org/cache@sha256:00",
            "oci://host.org:0/cache",
            "oci://host.org:99999/cache",
            "oci://[::1/cache",
            f"oci://host.org/{'a' * 300}",
            "oci://hö.org/cache",
            f"oci://me:{SECRET}@host.org/cache:latest",
        ],
    )
    def test_that_are_none_are_errors_without_secrets(self, url: str) -> None:
        with pytest.raises(SourceError, match="is not a repository of a registry") as caught:
            repository_of(url)
        assert SECRET not in f"{caught.value} {caught.value.hint} {caught.value.path}"

    def test_show_no_credentials(self) -> None:
        repository = repository_of(f"oci://me:{SECRET}@host.org/cache")
        assert SECRET not in f"{repository} {repository.shown} {repository.url}"

    def test_of_long_tags_keep_the_hash(self) -> None:
        path = mirror.tag_path("p" * 100, "1.0", dag_hash("p"))
        assert len(path.removeprefix("tags/")) == 128
        assert mirror.tag_hash(path) == dag_hash("p")


class TestChallenges:
    def test_are_read_with_all_their_parameters(self) -> None:
        header = (
            'Bearer realm="https://a.org/t?x=1,2",service="a \\"b\\"",scope="repository:n:pull"'
        )
        (bearer, basic) = challenges_of([f"{header}, Basic realm=x"])
        assert bearer.parameters == {
            "realm": "https://a.org/t?x=1,2",
            "service": 'a "b"',
            "scope": "repository:n:pull",
        }
        assert basic.scheme == "basic"

    @given(st.lists(st.text(alphabet='Bearer Basic="\\,;:/\t x', max_size=300), max_size=3))
    def test_of_any_text_are_read_without_an_error(self, values: list[str]) -> None:
        for challenge in challenges_of(values):
            assert challenge.scheme == challenge.scheme.lower()


class TestReading:
    def test_manifests_and_blobs_are_files_by_tag_and_checksum(
        self, server: Server, store: Stores
    ) -> None:
        images = registries.pushed("zlib")
        cache = store(registries.serve(server, images))
        index = mirror.find_index(cache, LIMITS)
        assert index is not None
        assert index.layout == "registry"
        assert json.loads(index.path.read_bytes())["database"]["version"] == "8"
        assert list(cache.files("tags")) == ["tags/index.spack", f"tags/{tag_of('zlib')}"]
        asked = dict(server.asked)[f"{ROOT}/manifests/index.spack"]
        assert "application/vnd.oci.image.manifest.v1+json" in asked["Accept"]

    def test_a_blob_is_fetched_once_and_an_unchanged_manifest_not_sent_again(
        self, server: Server, store: Stores
    ) -> None:
        cache = store(registries.serve(server, registries.pushed("zlib")))
        for _ in range(2):
            mirror.find_index(cache, LIMITS)
        assert sum("/blobs/" in path for path in server.paths) == 1
        assert "If-None-Match" in server.asked[-1][1]

    def test_without_an_index_all_tags_of_binaries_are_read(
        self, server: Server, store: Stores
    ) -> None:
        images = registries.pushed("zlib", "hdf5", index=False)
        images.image("latest", b"{}", b"an image to run")
        found = mirror.spec_files(store(registries.serve(server, images)), LIMITS)
        assert found is not None
        assert {each.hash for each in found.files} == {dag_hash("zlib"), dag_hash("hdf5")}
        assert found.damaged == ()

    def test_a_tag_whose_manifest_is_gone_is_damage_and_not_nothing(
        self, server: Server, store: Stores
    ) -> None:
        url = registries.serve(server, registries.pushed("zlib", index=False))
        server.answers[f"{ROOT}/manifests/{tag_of('zlib')}"] = [servers.status(404)]
        found = mirror.spec_files(store(url), LIMITS)
        assert found is not None
        (damage,) = found.damaged
        assert damage.path.endswith(f"{NAME}:{tag_of('zlib')}")
        assert damage.fault == "is not there"

    def test_offline_reads_the_copies_of_manifests_blobs_and_tags(
        self, server: Server, store: Stores
    ) -> None:
        url = registries.serve(server, registries.pushed("zlib"))
        mirror.find_index(store(url), LIMITS)
        tags = list(store(url).files("tags"))
        server.asked.clear()
        cache = store(url, offline=True)
        assert mirror.find_index(cache, LIMITS) is not None
        assert list(cache.files("tags")) == tags
        assert server.asked == []
        with pytest.raises(UsageError, match="--offline"):
            cache.apart(Path())

    def test_a_young_copy_is_used_without_asking(self, server: Server, store: Stores) -> None:
        url = registries.serve(server, registries.pushed("zlib"))
        mirror.find_index(store(url), LIMITS)
        server.asked.clear()
        mirror.find_index(store(url, max_age_seconds=1000.0), LIMITS)
        assert server.asked == []

    @pytest.mark.parametrize("relative", ["tags/a/b", "tags/..", "blobs/sha256/ab/x", "v3/x", ""])
    def test_what_a_registry_cannot_have_is_not_asked_for(
        self, server: Server, store: Stores, relative: str
    ) -> None:
        assert store(registries.serve(server, registries.pushed())).get(relative, most=10) is None
        assert server.asked == []


class TestTags:
    def _page(self, tags: list[str], link: str = "") -> servers.Answer:
        headers = {"Link": link} if link else {}
        return servers.body(json.dumps({"tags": tags}).encode(), **headers)

    def test_come_in_pages(self, server: Server, store: Stores) -> None:
        url = registries.serve(server, registries.pushed())
        server.answers[f"{ROOT}/tags/list"] = [
            self._page(["a"], f'<{ROOT}/tags/list?n=1&last=a>; rel="next"'),
            self._page(["b"], f'<http://other.org{ROOT}/tags/list?last=b>; rel="next"'),
            self._page(["c"]),
        ]
        assert list(store(url).files("tags")) == ["tags/a", "tags/b", "tags/c"]
        # Only the query is taken from the server: it may not know what it is called.
        assert server.paths[-1] == f"{ROOT}/tags/list?last=b"

    @pytest.mark.parametrize(
        "page", [{"tags": None}, {"name": NAME}, {"tags": []}, {"tags": ["../x", "a/b"]}]
    )
    def test_may_be_none(self, server: Server, store: Stores, page: object) -> None:
        url = registries.serve(server, registries.pushed())
        server.answers[f"{ROOT}/tags/list"] = [servers.body(json.dumps(page).encode())]
        assert list(store(url).files("tags")) == []

    @pytest.mark.parametrize("again", [True, False])
    def test_without_an_end_are_an_error(
        self, server: Server, store: Stores, *, again: bool
    ) -> None:
        url = registries.serve(server, registries.pushed())
        asked = iter(range(10**6))

        def page(handler: Handler) -> None:
            link = f'<{ROOT}/tags/list?last={0 if again else next(asked)}>; rel="next"'
            self._page(["a"], link)(handler)

        server.answers[f"{ROOT}/tags/list"] = [page]
        with pytest.raises(RemoteError, match="does not end"):
            store(url).files("tags")
        assert len(server.asked) <= 3

    def test_without_number_are_cut_off(self, server: Server, store: Stores) -> None:
        url = registries.serve(server, registries.pushed())
        numbers = iter(range(10**6))

        def page(handler: Handler) -> None:
            number = next(numbers)
            link = f'<{ROOT}/tags/list?last={number}>; rel="next"'
            self._page([f"t{number}"], link)(handler)

        server.answers[f"{ROOT}/tags/list"] = [page]
        with pytest.raises(SourceError, match="more than the 20 that are read"):
            store(url, tree_entries=20).files("tags")

    @pytest.mark.parametrize("link", ["<https://[::1/x>; rel=next", "</elsewhere>; rel=next"])
    def test_that_go_on_elsewhere_are_an_error(
        self, server: Server, store: Stores, link: str
    ) -> None:
        url = registries.serve(server, registries.pushed())
        server.answers[f"{ROOT}/tags/list"] = [self._page(["a"], link)]
        with pytest.raises(RemoteError, match="continues"):
            store(url).files("tags")

    def test_of_which_a_page_is_missing_are_an_error(self, server: Server, store: Stores) -> None:
        url = registries.serve(server, registries.pushed())
        link = f'<{ROOT}/tags/list?last=a>; rel="next"'
        server.answers[f"{ROOT}/tags/list"] = [self._page(["a"], link), servers.status(404)]
        with pytest.raises(RemoteError, match="is incomplete"):
            store(url).files("tags")


class TestHostileAnswers:
    def test_a_manifest_of_another_digest_is_damage(self, server: Server, store: Stores) -> None:
        url = registries.serve(server, registries.pushed())
        headers = {"Docker-Content-Digest": digest(b"other")}
        server.answers[f"{ROOT}/manifests/index.spack"] = [
            lambda handler: handler.answer(200, b"{}", headers)
        ]
        with pytest.raises(DamagedSourceError, match="the server announced another"):
            mirror.find_index(store(url), LIMITS)

    def test_a_blob_of_another_checksum_is_damage(
        self, server: Server, store: Stores, tmp_path: Path
    ) -> None:
        images = registries.pushed("zlib")
        url = registries.serve(server, images)
        for path in [each for each in server.answers if "/blobs/" in each]:
            server.answers[path] = [servers.body(b"x" * 12)]
        with pytest.raises(DamagedSourceError, match=r"index\.spack: layers\[0\] says"):
            mirror.find_index(store(url), LIMITS)
        assert not any(
            each.read_bytes() == b"x" * 12 for each in (tmp_path / "cache").rglob("*/*/*")
        )

    @pytest.mark.parametrize(
        ("manifest", "fault"),
        [
            (b"[]", "must be an object"),
            (b"{", "is not valid JSON"),
            (b'{"schemaVersion": 1}', "is 1, but only 2 is known"),
            (b'{"schemaVersion": 2, "manifests": []}', "is a list of images"),
            (b'{"schemaVersion": 2, "config": {}, "layers": []}', "has no `digest`"),
            (
                b'{"schemaVersion": 2, "layers": [{"digest": "sha256:../../../etc/passwd"}]}',
                "must be `sha256:` and 64 lower-case hex digits",
            ),
        ],
    )
    def test_a_malformed_manifest_is_damage_with_its_place(
        self, server: Server, store: Stores, manifest: bytes, fault: str
    ) -> None:
        url = registries.serve(server, registries.pushed())
        server.answers[f"{ROOT}/manifests/index.spack"] = [servers.body(manifest)]
        with pytest.raises(DamagedSourceError, match=r".") as caught:
            mirror.find_index(store(url), LIMITS)
        assert fault in caught.value.fault
        assert caught.value.path.endswith(":index.spack")

    def test_bodies_that_are_too_large_are_cut_off(self, server: Server, store: Stores) -> None:
        url = registries.serve(server, registries.pushed())
        for path in ("manifests/index.spack", "tags/list"):
            server.answers[f"{ROOT}/{path}"] = [servers.endless]
        cache = store(url)
        with pytest.raises(SourceError, match="more than the 100000 bytes"):
            cache.get("tags/index.spack", most=100_000)
        with pytest.raises(SourceError, match="more than the 16777216 bytes"):
            cache.files("tags")

    @pytest.mark.parametrize("misbehave", [servers.silent, servers.stalled])
    def test_a_drip_or_silence_ends_with_the_time_out(
        self, server: Server, store: Stores, misbehave: servers.Answer
    ) -> None:
        url = registries.serve(server, registries.pushed())
        server.answers[f"{ROOT}/tags/list"] = [misbehave]
        with pytest.raises(RemoteError, match=r"no response for 0\.1 seconds"):
            store(url, silence_seconds=0.1, attempts=1).files("tags")

    def test_a_head_request_returns_the_size_or_that_there_is_no_blob(
        self, server: Server, store: Stores
    ) -> None:
        images = registries.pushed("zlib")
        cache = store(registries.serve(server, images))
        blob = digest(b"binary of zlib").removeprefix("sha256:")
        path = f"blobs/sha256/{blob[:2]}/{blob}"
        assert cache.size_of(path) == len(b"binary of zlib")
        server.answers[f"{ROOT}/blobs/sha256:{blob}"] = [servers.status(307, Location="/x")]
        assert cache.size_of(path) == -1
        server.answers[f"{ROOT}/blobs/sha256:{blob}"] = [servers.status(404)]
        assert cache.size_of(path) is None


class TestPauses:
    def test_are_as_long_as_the_registry_asks(
        self, server: Server, store: Stores, pauses: list[float]
    ) -> None:
        url = registries.serve(server, registries.pushed("zlib"))
        path = f"{ROOT}/manifests/index.spack"
        server.answers[path] = [servers.status(429, Retry_After="7"), *server.answers[path]]
        assert mirror.find_index(store(url), LIMITS) is not None
        assert pauses == [7.0]

    @pytest.mark.parametrize("said", ["soon", "-5", "Fri, 99 Foo 2020", "²", ""])
    def test_that_cannot_be_read_are_the_usual_ones(
        self, server: Server, store: Stores, pauses: list[float], said: str
    ) -> None:
        url = registries.serve(server, registries.pushed("zlib"))
        path = f"{ROOT}/manifests/index.spack"
        said = said.encode("utf-8").decode("latin-1")
        server.answers[path] = [servers.status(503, Retry_After=said), *server.answers[path]]
        assert mirror.find_index(store(url), LIMITS) is not None
        assert pauses == [0.5]

    def test_that_are_too_long_are_an_error_that_names_them(
        self, server: Server, store: Stores, pauses: list[float]
    ) -> None:
        url = registries.serve(server, registries.pushed("zlib"))
        path = f"{ROOT}/manifests/index.spack"
        server.answers[path] = [servers.status(429, Retry_After="86400")]
        with pytest.raises(RemoteError, match=r"429 .* asks to wait for 86400 seconds"):
            mirror.find_index(store(url), LIMITS)
        assert pauses == []


class TestLogin:
    def _realm(self, server: Server, path: str = "/token") -> str:
        return f'Bearer realm="{server.url}{path}",service="s",scope="repository:{NAME}:pull"'

    def test_a_token_is_fetched_once_and_sent_with_all_that_follows(
        self, server: Server, store: Stores, tmp_path: Path
    ) -> None:
        url = registries.serve(server, registries.pushed("zlib"))
        _wants(server, self._realm(server), "Bearer t0k3n")
        server.answers["/token"] = [servers.body(b'{"token": "t0k3n", "expires_in": 900}')]
        cache = store(url)
        mirror.find_index(cache, LIMITS)
        list(cache.files("tags"))
        list(cache.apart(tmp_path / "apart").files("tags"))
        (token,) = [path for path in server.paths if path.startswith("/token")]
        assert parse_qs(urlsplit(token).query) == {
            "service": ["s"],
            "scope": [f"repository:{NAME}:pull"],
        }
        kept = [path.read_bytes() for path in tmp_path.rglob("*") if path.is_file()]
        assert not any(b"t0k3n" in content for content in kept)

    def test_a_token_that_has_ended_is_fetched_again(self, server: Server, store: Stores) -> None:
        url = registries.serve(server, registries.pushed("zlib"))
        _wants(server, self._realm(server), "Bearer two")
        server.answers["/token"] = [
            servers.body(b'{"token": "one"}'),
            servers.body(b'{"access_token": "two"}'),
        ]
        cache = store(url)
        with pytest.raises(RemoteError, match="401"):
            mirror.find_index(cache, LIMITS)
        assert mirror.find_index(cache, LIMITS) is not None

    def test_a_registry_that_refuses_every_token_is_an_error_after_one(
        self, server: Server, store: Stores, tmp_path: Path
    ) -> None:
        _login(server, tmp_path, auth=_basic("me", SECRET))
        url = registries.serve(server, registries.pushed("zlib"))
        _wants(server, self._realm(server), "Bearer never")
        server.answers["/token"] = [servers.body(b'{"token": "one"}')]
        with pytest.raises(RemoteError, match="401") as caught:
            mirror.find_index(store(url), LIMITS)
        assert len(server.asked) == 3
        assert caught.value.hint is not None
        assert "it refuses the user and password in" in caught.value.hint
        assert SECRET not in f"{caught.value} {caught.value.hint}"

    def test_user_and_password_are_of_the_url_or_of_docker(
        self, server: Server, store: Stores, tmp_path: Path
    ) -> None:
        url = registries.serve(server, registries.pushed("zlib"))
        _wants(server, 'Basic realm="r"', f"Basic {_basic('me', SECRET)}")
        _login(server, tmp_path, auth=_basic("me", SECRET))
        assert mirror.find_index(store(url), LIMITS) is not None
        _login(server, tmp_path, username="me", password=SECRET)
        assert mirror.find_index(store(url), LIMITS) is not None
        _login(server, tmp_path)
        with pytest.raises(RemoteError, match="401") as caught:
            mirror.find_index(store(url), LIMITS)
        assert "no credentials were found" in str(caught.value.hint)
        assert "`USER:PASSWORD@` before the host" in str(caught.value.hint)
        named = url.replace("://", f"://me:{SECRET}@")
        assert mirror.find_index(store(named), LIMITS) is not None

    def test_a_helper_is_named_and_never_run(
        self, server: Server, store: Stores, tmp_path: Path
    ) -> None:
        url = registries.serve(server, registries.pushed("zlib"))
        _wants(server, 'Basic realm="r"', "Basic x")
        (tmp_path / "docker").mkdir()
        (tmp_path / "docker" / "config.json").write_text('{"credsStore": "desktop"}')
        with pytest.raises(RemoteError, match="401") as caught:
            mirror.find_index(store(url), LIMITS)
        assert "docker-credential-desktop, which is not run" in str(caught.value.hint)

    @pytest.mark.parametrize(
        "entry", [{"auth": "%%%"}, {"auth": _basic("", "")[:2]}, {"auth": [SECRET]}, SECRET]
    )
    def test_a_damaged_configuration_is_an_error_that_quotes_nothing(
        self, server: Server, store: Stores, tmp_path: Path, entry: object
    ) -> None:
        url = registries.serve(server, registries.pushed("zlib"))
        _wants(server, 'Basic realm="r"', "Basic x")
        host = server.url.partition("://")[2]
        (tmp_path / "docker").mkdir()
        file = tmp_path / "docker" / "config.json"
        file.write_text(json.dumps({"auths": {host: entry}}))
        with pytest.raises(SourceError, match="auths") as caught:
            mirror.find_index(store(url), LIMITS)
        assert str(file) in str(caught.value)
        assert SECRET not in str(caught.value)

    @pytest.mark.parametrize(
        "body", [b"{", b"[]", b"{}", b'{"token": 5}', b'{"token": "a\\r\\nX: y"}', b"[" * 50_000]
    )
    def test_an_answer_without_a_token_is_an_error(
        self, server: Server, store: Stores, body: bytes
    ) -> None:
        url = registries.serve(server, registries.pushed("zlib"))
        _wants(server, self._realm(server), "Bearer x")
        server.answers["/token"] = [servers.body(body)]
        with pytest.raises(RemoteError, match="answers without a token"):
            mirror.find_index(store(url), LIMITS)

    def test_a_server_of_tokens_that_refuses_is_an_error_and_one_that_fails_is_asked_again(
        self, server: Server, store: Stores, pauses: list[float]
    ) -> None:
        url = registries.serve(server, registries.pushed("zlib"))
        _wants(server, self._realm(server), "Bearer x")
        server.answers["/token"] = [servers.status(403)]
        with pytest.raises(RemoteError, match="gives no token: it answers with status 403"):
            mirror.find_index(store(url), LIMITS)
        server.answers["/token"] = [servers.status(302, Location="/elsewhere")]
        with pytest.raises(RemoteError, match="gives no token: it answers with status 302"):
            mirror.find_index(store(url), LIMITS)
        assert pauses == []
        server.answers["/token"] = [servers.reset, servers.body(b'{"token": "x"}')]
        assert mirror.find_index(store(url), LIMITS) is not None
        assert pauses == [0.5]

    @pytest.mark.parametrize("body", [servers.endless, servers.stalled])
    def test_a_server_of_tokens_cannot_hold_anybody(
        self, server: Server, store: Stores, body: servers.Answer
    ) -> None:
        url = registries.serve(server, registries.pushed("zlib"))
        _wants(server, self._realm(server), "Bearer x")
        server.answers["/token"] = [body]
        with pytest.raises(RemoteError, match="token"):
            mirror.find_index(store(url, silence_seconds=0.1, attempts=1), LIMITS)


class TestSecrets:
    def test_do_not_follow_a_redirect_even_on_the_same_server(
        self, server: Server, store: Stores, tmp_path: Path
    ) -> None:
        url = registries.serve(server, registries.pushed("zlib"))
        with servers.serving() as other:
            for path in [each for each in server.answers if "/blobs/" in each]:
                other.answers[path] = server.answers[path]
                server.answers[f"/here{path}"] = [
                    servers.status(307, Location=f"{other.url}{path}")
                ]
                server.answers[path] = [servers.status(307, Location=f"/here{path}")]
            _wants(server, 'Basic realm="r"', f"Basic {_basic('me', SECRET)}")
            _login(server, tmp_path, auth=_basic("me", SECRET))
            assert mirror.find_index(store(url), LIMITS) is not None
            redirected = [
                headers
                for path, headers in (*server.asked, *other.asked)
                if path.startswith("/here") or (path, headers) in other.asked
            ]
            assert len(redirected) == 2
            assert not any("Authorization" in headers for headers in redirected)

    def test_a_401_after_a_redirect_gets_no_answer(
        self, server: Server, store: Stores, tmp_path: Path
    ) -> None:
        _login(server, tmp_path, auth=_basic("me", SECRET))
        url = registries.serve(server, registries.pushed("zlib"))
        with servers.serving() as other:
            other.answers["/x"] = [
                servers.status(401, WWW_Authenticate=f'Bearer realm="{other.url}/t"')
            ]
            server.answers[f"{ROOT}/manifests/index.spack"] = [
                servers.status(307, Location=f"{other.url}/x")
            ]
            with pytest.raises(RemoteError, match="401"):
                mirror.find_index(store(url), LIMITS)
            assert other.paths == ["/x"]

    def test_do_not_go_to_another_server_without_tls(
        self, server: Server, store: Stores, tmp_path: Path
    ) -> None:
        """A token is asked for there as anybody: the registry itself is without TLS."""
        _login(server, tmp_path, auth=_basic("me", SECRET))
        url = registries.serve(server, registries.pushed("zlib"))
        with servers.serving() as other:
            _wants(server, f'Bearer realm="{other.url}/t",service="s"', "Bearer x")
            other.answers["/t"] = [servers.body(b'{"token": "x"}')]
            assert mirror.find_index(store(url), LIMITS) is not None
            assert "Authorization" not in other.asked[0][1]

    @pytest.mark.parametrize(
        "realm", ["http://127.0.0.1:1/t", "file:///etc/passwd", "x", "https://"]
    )
    def test_do_not_leave_tls(
        self, tmp_path: Path, store: Stores, monkeypatch: pytest.MonkeyPatch, realm: str
    ) -> None:
        monkeypatch.setenv("SSL_CERT_FILE", str(servers.CERTIFICATE))
        with servers.serving(tls=True) as server:
            _login(server, tmp_path, auth=_basic("me", SECRET))
            url = registries.serve(server, registries.pushed("zlib"))
            _wants(server, f'Bearer realm="{realm}"', "Bearer x")
            with pytest.raises(SourceError) as caught:
                mirror.find_index(store(url), LIMITS)
            assert SECRET not in f"{caught.value} {caught.value.hint}"
            assert not any("Authorization" in headers for _, headers in server.asked)

    @pytest.mark.parametrize("scheme", ["https", "http"])
    def test_of_jobs_count_over_tls_alone(
        self, store: Stores, monkeypatch: pytest.MonkeyPatch, scheme: str
    ) -> None:
        monkeypatch.setenv("SSL_CERT_FILE", str(servers.CERTIFICATE))
        with servers.serving(tls=scheme == "https") as server:
            monkeypatch.setenv("CI_REGISTRY", server.url.partition("://")[2])
            monkeypatch.setenv("CI_REGISTRY_USER", "gitlab-ci-token")
            monkeypatch.setenv("CI_REGISTRY_PASSWORD", SECRET)
            url = registries.serve(server, registries.pushed("zlib"))
            _wants(server, 'Basic realm="r"', f"Basic {_basic('gitlab-ci-token', SECRET)}")
            if scheme == "https":
                assert mirror.find_index(store(url), LIMITS) is not None
                return
            with pytest.raises(RemoteError, match="401"):
                mirror.find_index(store(url), LIMITS)
            assert not any("Authorization" in headers for _, headers in server.asked)

    def test_of_github_are_those_of_its_own_registry(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setenv("GITHUB_TOKEN", SECRET)
        found = credentials_for(repository_of("oci://ghcr.io/owner/cache")).credentials
        assert found is not None
        assert found.password == SECRET
        assert SECRET not in repr(found)
        for other in ("oci://ghcr.io.evil.org/owner/cache", "oci+http://ghcr.io/owner/cache"):
            assert credentials_for(repository_of(other)).credentials is None

    @pytest.mark.parametrize(
        ("key", "counts"),
        [
            ("host.org", True),
            ("https://host.org", True),
            ("https://host.org/v2/", True),
            ("host.org/site", True),
            ("host.org/site/cach", False),
            ("host.org:5000", False),
            ("evil.org/host.org", False),
        ],
    )
    def test_of_docker_are_those_of_the_host_and_folder(
        self, tmp_path: Path, key: str, *, counts: bool
    ) -> None:
        (tmp_path / "docker").mkdir()
        file = tmp_path / "docker" / "config.json"
        file.write_text(json.dumps({"auths": {key: {"auth": _basic("me", SECRET)}}}))
        found = credentials_for(repository_of("oci://host.org/site/cache")).credentials
        assert (found is not None) == counts
