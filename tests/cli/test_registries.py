"""Build caches in registries, from the command line: a small registry, and a real one."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests import registries, servers
from tests.cli.conftest import Runs
from tests.mirrors import dag_hash, node
from tests.registries import NAME, Images, digest, tag_of
from tests.servers import Server

pytestmark = pytest.mark.usefixtures("own_folders")

#: Hashes of these tests are made up, and so differ from those of their content.
MADE_UP = ("--ignore", "wrong-hash")
VERIFY = ("check", *MADE_UP, "--format", "json", "--verify", "manifests", "--cache")
ROOT = f"/v2/{NAME}"
SECRET = "s3cret-w0rd"  # noqa: S105 - nobody's


@pytest.fixture
def own_folders(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("no_proxy", "*")
    monkeypatch.setenv("SPECPLAN_CACHE_DIR", str(tmp_path / "kept"))
    monkeypatch.setenv("DOCKER_CONFIG", str(tmp_path / "docker"))


@pytest.fixture
def server() -> Iterator[Server]:
    with servers.serving() as server:
        yield server


def _kinds(out: str) -> list[tuple[str, str]]:
    """Return kind and file of each finding of a check."""
    return [(each["kind"], each["path"]) for each in json.loads(out)["findings"]]


def test_every_question_takes_a_registry_as_a_cache(run: Runs, server: Server) -> None:
    url = registries.serve(server, registries.pushed("zlib", "hdf5"))
    Path("lock.json").write_bytes(json.dumps(_lock("zlib", "mpich")).encode())
    coverage = run("coverage", "--cache", url, "--want", "e4s=lock.json", "--format", "json")
    assert json.loads(coverage.out)["totals"]["coverage"] == 0.5
    assert run("find", "--cache", url, "hdf5").code == 0
    assert run("diff", url, url).code == 0
    assert run("gaps", "--cache", url, "--want", "e4s=lock.json").code == 0
    assert run("rebuild", "--cache", url, "--want", "e4s=lock.json").code == 0


def _lock(*names: str) -> dict[str, object]:
    specs = {dag_hash(name): node(name) for name in names}
    roots = [{"hash": each, "spec": spec["name"]} for each, spec in specs.items()]
    meta = {"file-type": "spack-lockfile", "lockfile-version": 6, "specfile-version": 5}
    return {"_meta": meta, "roots": roots, "concrete_specs": specs}


def test_without_an_index_the_tags_are_read_and_a_note_says_so(run: Runs, server: Server) -> None:
    url = registries.serve(server, registries.pushed("zlib", index=False))
    answer = run("find", "--cache", url, "zlib")
    assert answer.code == 0
    assert "has no index: it was read from the files of 1 binary" in answer.err


def test_a_registry_without_a_build_cache_is_unreadable(run: Runs, server: Server) -> None:
    images = Images()
    images.image("latest", b"{}", b"an image")
    url = registries.serve(server, images)
    for place in (url, f"{url}-other"):
        answer = run("coverage", "--cache", place)
        assert answer.code == 3
        assert "holds no build cache" in answer.err


def test_a_tag_without_its_manifest_or_its_blobs_is_a_finding(run: Runs, server: Server) -> None:
    names = ("zlib", "hdf5", "mpich", "gmake")
    images = registries.pushed(*names)
    images.binary("pushed-later")
    url = registries.serve(server, images)
    assert _kinds(run(*VERIFY, url).out) == [("unlisted", f"{url}:{tag_of('pushed-later')}")]
    server.answers[f"{ROOT}/manifests/{tag_of('zlib')}"] = [servers.status(404)]
    spec = json.loads(images.manifests[tag_of("hdf5")])["config"]["digest"]
    server.answers[f"{ROOT}/blobs/{spec}"] = [servers.status(404)]
    tarball = digest(b"binary of mpich")
    server.answers[f"{ROOT}/blobs/{tarball}"] = [servers.status(404)]
    other = digest(b"binary of gmake")
    server.answers[f"{ROOT}/blobs/{other}"] = [servers.body(b"short")]
    answer = run(*VERIFY, url, "--ignore", "unlisted")
    assert answer.code == 1
    assert sorted(_kinds(answer.out)) == sorted(
        [
            ("missing-manifest", f"{url}:{tag_of('zlib')}"),
            ("missing-blob", f"{url}@{spec}"),
            ("missing-blob", f"{url}@{tarball}"),
            ("damaged-blob", f"{url}@{other}"),
        ]
    )


def test_a_binary_that_the_index_lists_without_a_tag_is_a_finding(
    run: Runs, server: Server
) -> None:
    images = registries.pushed("zlib")
    images.index("zlib", "hdf5")
    url = registries.serve(server, images)
    answer = run(*VERIFY, url)
    assert _kinds(answer.out) == [("missing-manifest", f"{url}:{tag_of('hdf5')}")]
    assert answer.code == 1


def test_an_index_whose_blob_is_gone_is_damage_and_not_an_empty_cache(
    run: Runs, server: Server
) -> None:
    images = registries.pushed("zlib")
    url = registries.serve(server, images)
    blob = json.loads(images.manifests["index.spack"])["layers"][0]["digest"]
    server.answers[f"{ROOT}/blobs/{blob}"] = [servers.status(404)]
    answer = run("coverage", "--cache", url)
    assert answer.code == 3
    assert "is missing, but" in answer.err
    assert ":index.spack: layers[0] names it" in answer.err
    assert run("find", "--cache", url, "--from-manifests", "zlib").code == 0


def test_has_asks_for_the_tag_of_a_name_or_else_for_the_list_of_tags(
    run: Runs, server: Server
) -> None:
    url = registries.serve(server, registries.pushed("zlib", "hdf5"))
    zlib, hdf5, other = dag_hash("zlib"), dag_hash("hdf5"), dag_hash("other")
    assert run("has", url, f"zlib@1.0/{zlib}").code == 0
    assert server.paths == [f"{ROOT}/manifests/{tag_of('zlib')}"]
    assert run("has", url, zlib).code == 0
    assert run("has", url, zlib, other).code == 1
    assert run("has", url, f"other@1.0/{other}").code == 1
    server.answers[f"{ROOT}/manifests/{tag_of('hdf5')}"] = [servers.status(404)]
    answer = run("has", url, hdf5)
    assert (answer.code, answer.out) == (1, f"{hdf5} is not there\n")


def test_offline_reads_the_copy_and_says_how_old_it_is(run: Runs, server: Server) -> None:
    url = registries.serve(server, registries.pushed("zlib"))
    assert run("find", "--cache", url, "zlib", "--offline").code == 3
    assert run("find", "--cache", url, "zlib").code == 0
    server.asked.clear()
    answer = run("find", "--cache", url, "zlib", "--offline")
    assert answer.code == 0
    assert "was read from a copy of" in answer.err
    assert server.asked == []
    assert run("check", "--verify", "manifests", url, "--offline").code == 2


def test_a_refused_login_shows_no_secret(run: Runs, server: Server) -> None:
    url = registries.serve(server, registries.pushed("zlib"))
    for path in server.answers:
        server.answers[path] = [servers.status(401, WWW_Authenticate='Basic realm="r"')]
    answer = run("coverage", "--cache", url.replace("://", f"://me:{SECRET}@"))
    assert answer.code == 3
    assert "it refuses the user and password of the URL" in answer.err
    assert SECRET not in answer.out + answer.err


def test_a_registry_that_says_too_much_ends_with_an_answer(run: Runs, server: Server) -> None:
    """What a server writes is shown in no message as it is."""
    url = registries.serve(server, registries.pushed("zlib"))
    blob = json.dumps({"schemaVersion": 2, "config": {}, "layers": [{"digest": "\x1b[31m::error"}]})
    server.answers[f"{ROOT}/manifests/index.spack"] = [servers.body(blob.encode())]
    answer = run("coverage", "--cache", url)
    assert answer.code == 3
    assert "\x1b" not in answer.err


@pytest.mark.skipif(
    registries.PROGRAM is None,
    reason="needs a real registry: apt-get install docker-registry",
)
def test_a_real_registry_is_read_and_what_it_lost_is_found(run: Runs, tmp_path: Path) -> None:
    folder = tmp_path / "registry"
    folder.mkdir()
    images = registries.pushed("zlib", "hdf5")
    with registries.running(folder) as registry:
        registries.push(registry, images)
        url = f"oci+http://{registry.partition('://')[2]}/{NAME}"
        assert run("find", "--cache", url, "zlib").code == 0
        assert run("find", "--cache", url, "zlib", "--from-manifests").code == 0
        assert run("has", url, dag_hash("zlib"), f"hdf5@1.0/{dag_hash('hdf5')}").code == 0
        assert run("has", url, dag_hash("other")).code == 1
        assert run("check", *MADE_UP, "--verify", "blobs", "--cache", url).code == 0
        checksum = digest(b"binary of hdf5").removeprefix("sha256:")
        (folder / f"kept/docker/registry/v2/blobs/sha256/{checksum[:2]}/{checksum}/data").unlink()
        answer = run(*VERIFY, url)
        assert _kinds(answer.out) == [("missing-blob", f"{url}@sha256:{checksum}")]
        assert answer.code == 1
