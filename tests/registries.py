"""Build caches in registries: what a push of Spack leaves, and registries to leave it in."""

from __future__ import annotations

import contextlib
import hashlib
import json
import shutil
import socket
import subprocess
import time
import urllib.request
from collections.abc import Iterator
from dataclasses import dataclass, field
from http.client import HTTPResponse
from pathlib import Path
from urllib.parse import urljoin

from tests import mirrors, servers
from tests.mirrors import Json, dag_hash
from tests.servers import Server

IMAGE_MEDIA = "application/vnd.oci.image.manifest.v1+json"
_CONFIG_MEDIA = "application/vnd.oci.image.config.v1+json"
_LAYER_MEDIA = "application/vnd.oci.image.layer.v1.tar+gzip"

#: The program of Debian's package `docker-registry`.
PROGRAM = shutil.which("docker-registry")

NAME = "site/cache"


def digest(content: bytes) -> str:
    """Return what a registry calls a file."""
    return f"sha256:{hashlib.sha256(content).hexdigest()}"


def tag_of(name: str) -> str:
    """Return the tag of a binary of these tests."""
    return f"{name}-1.0-{dag_hash(name)}.spack"


@dataclass
class Images:
    """What is in a repository: manifests by tag, and blobs by digest."""

    manifests: dict[str, bytes] = field(default_factory=dict)
    blobs: dict[str, bytes] = field(default_factory=dict)

    def layer(self, content: bytes, media: str = _LAYER_MEDIA) -> Json:
        """Add a blob, and return what a manifest says of it."""
        self.blobs[digest(content)] = content
        return {"mediaType": media, "digest": digest(content), "size": len(content)}

    def image(self, tag: str, config: bytes, *layers: bytes) -> bytes:
        """Add an image, and return its manifest."""
        manifest = {
            "mediaType": IMAGE_MEDIA,
            "schemaVersion": 2,
            "config": self.layer(config, _CONFIG_MEDIA),
            "layers": [self.layer(each) for each in layers],
        }
        self.manifests[tag] = json.dumps(manifest).encode()
        return self.manifests[tag]

    def binary(self, name: str, *needs: str) -> None:
        """Add a binary: its spec is the configuration, its tarball the last layer."""
        config = {
            "architecture": "amd64",
            "os": "linux",
            "rootfs": {"type": "layers", "diff_ids": []},
            "config": {"Env": ["PATH=/bin:/usr/bin"]},
            **json.loads(mirrors.spec_file(name)),
            "buildcache_layout_version": 3,
        }
        layers = [f"binary of {each}".encode() for each in (*needs, name)]
        self.image(tag_of(name), json.dumps(config).encode(), *layers)

    def index(self, *names: str) -> None:
        """Add the index: plain JSON, whatever its media type says."""
        self.image("index.spack", b"{}", mirrors.index(*names))


def pushed(*names: str, index: bool = True) -> Images:
    """Return what is there after these binaries were pushed."""
    images = Images()
    for name in names:
        images.binary(name)
    if index:
        images.index(*names)
    return images


def serve(server: Server, images: Images, name: str = NAME) -> str:
    """Let a small server answer as a registry that holds these images; return the URL."""
    root = f"/v2/{name}"
    for tag, manifest in images.manifests.items():
        answer = servers.body(
            manifest,
            Docker_Content_Digest=digest(manifest),
            ETag=f'"{digest(manifest)}"',
            Content_Type=IMAGE_MEDIA,
        )
        server.answers[f"{root}/manifests/{tag}"] = [answer]
    for each, content in images.blobs.items():
        server.answers[f"{root}/blobs/{each}"] = [servers.body(content)]
    tags = json.dumps({"name": name, "tags": [*images.manifests]}).encode()
    server.answers[f"{root}/tags/list"] = [servers.body(tags)]
    host = server.url.partition("://")[2]
    return f"{'oci' if server.scheme == 'https' else 'oci+http'}://{host}/{name}"


def push(registry: str, images: Images, name: str = NAME) -> None:
    """Push images to a real registry, as its protocol has it."""
    root = f"{registry}/v2/{name}"
    for each, content in images.blobs.items():
        with _sent("POST", f"{root}/blobs/uploads/") as answer:
            place = urljoin(registry, answer.headers["Location"])
        query = "&" if "?" in place else "?"
        _sent("PUT", f"{place}{query}digest={each}", content, "application/octet-stream").close()
    for tag, manifest in images.manifests.items():
        _sent("PUT", f"{root}/manifests/{tag}", manifest, IMAGE_MEDIA).close()


def _sent(method: str, url: str, content: bytes = b"", media: str = "") -> HTTPResponse:
    request = urllib.request.Request(url, data=content, method=method)  # noqa: S310 - loopback
    if media:
        request.add_header("Content-Type", media)
    return urllib.request.urlopen(request, timeout=20)  # type: ignore[no-any-return]  # noqa: S310


@contextlib.contextmanager
def running(folder: Path) -> Iterator[str]:
    """Run a real registry on loopback until the block ends; yield its URL."""
    assert PROGRAM is not None
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    configuration = folder / "registry.yml"
    configuration.write_text(
        "version: 0.1\nlog: {level: error}\n"
        f"storage: {{filesystem: {{rootdirectory: {folder / 'kept'}}}}}\n"
        f"http: {{addr: '127.0.0.1:{port}'}}\n"
    )
    process = subprocess.Popen(
        [PROGRAM, "serve", configuration], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
    )
    try:
        url = f"http://127.0.0.1:{port}"
        _wait(f"{url}/v2/")
        yield url
    finally:
        process.terminate()
        process.wait(20)


def _wait(url: str) -> None:
    for _ in range(400):
        if _answers(url):
            return
        time.sleep(0.05)
    raise TimeoutError(url)


def _answers(url: str) -> bool:
    try:
        urllib.request.urlopen(url, timeout=5).close()  # noqa: S310 - loopback
    except OSError:
        return False
    return True
