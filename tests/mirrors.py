"""Small mirrors that a test builds itself, sound unless it breaks them."""

from __future__ import annotations

import gzip
import hashlib
import json
import tarfile
from pathlib import Path
from typing import Any, TypeAlias

DATA = Path(__file__).parent / "data" / "mirrors"

#: An object of JSON.
Json: TypeAlias = dict[str, object]

INDEX_MEDIA = "application/vnd.spack.db.v8+json"
SPEC_MEDIA = "application/vnd.spack.spec.v5+json"
INSTALL_MEDIA = "application/vnd.spack.install.v2.tar+gzip"


def dag_hash(name: str) -> str:
    """Return a hash of 32 letters for a name."""
    digest = hashlib.sha256(name.encode()).digest()
    return "".join("abcdefghijklmnopqrstuvwxyz234567"[byte % 32] for byte in digest)


def node(name: str, version: str = "1.0", *needs: str) -> Json:
    """Return a spec node that links to others."""
    return {
        "name": name,
        "version": version,
        "arch": {"platform": "linux", "platform_os": "ubuntu24.04", "target": "x86_64_v3"},
        "namespace": "builtin",
        "parameters": {"build_system": "generic", "shared": True},
        "package_hash": "a" * 52 + "====",
        "dependencies": [
            {
                "name": each,
                "hash": dag_hash(each),
                "parameters": {"deptypes": ["build", "link"], "virtuals": []},
            }
            for each in needs
        ],
        "annotations": {"original_specfile_version": 5},
        "hash": dag_hash(name),
    }


def index(*names: str, absent: tuple[str, ...] = (), version: int = 8) -> bytes:
    """Return the index of a build cache; ``absent`` are mentioned, but are not binaries."""
    installs = {
        dag_hash(name): {
            "spec": node(name),
            "ref_count": 0,
            "in_buildcache": name not in absent,
        }
        for name in (*names, *absent)
    }
    return json.dumps(
        {"database": {"version": str(version), "installs": installs}}, separators=(",", ":")
    ).encode()


def spec_file(name: str) -> bytes:
    """Return the spec file of a binary."""
    return json.dumps(
        {
            "spec": {"_meta": {"version": 5}, "nodes": [node(name)]},
            "buildcache_layout_version": 2,
        }
    ).encode()


def clear_signed(text: bytes) -> bytes:
    """Return a text as GnuPG signs it in the clear."""
    escaped = b"\n".join(
        b"- " + line if line.startswith(b"-") else line for line in text.splitlines()
    )
    return (
        b"-----BEGIN PGP SIGNED MESSAGE-----\nHash: SHA512\n\n"
        + escaped
        + b"\n-----BEGIN PGP SIGNATURE-----\n\niQEzBAEBCgAdFiEE\n=abcd\n"
        b"-----END PGP SIGNATURE-----\n"
    )


class Mirror:
    """A mirror below a folder."""

    def __init__(self, root: Path) -> None:
        self.root = root

    def write(self, relative: str, content: bytes) -> Path:
        """Write a file."""
        path = self.root / relative
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content)
        return path

    def blob(self, content: bytes) -> str:
        """Write a blob and return its checksum."""
        checksum = hashlib.sha256(content).hexdigest()
        self.write(f"blobs/sha256/{checksum[:2]}/{checksum}", content)
        return checksum

    def record(self, content: bytes, media: str, compression: str = "none") -> Json:
        """Write a blob and return what a manifest says of it."""
        return {
            "contentLength": len(content),
            "mediaType": media,
            "compression": compression,
            "checksumAlgorithm": "sha256",
            "checksum": self.blob(content),
        }

    def manifest(self, relative: str, *records: Json, version: object = 3) -> Path:
        """Write a manifest as Spack spells it."""
        text = json.dumps({"version": version, "data": records}, indent=0)
        return self.write(relative, text.encode())

    def index(self, content: bytes, *, view: str = "", packed: bool = False) -> Path:
        """Write an index of layout 3 and return its blob."""
        stored = gzip.compress(content) if packed else content
        record = self.record(stored, INDEX_MEDIA, "gzip" if packed else "none")
        folder = f"v3/manifests/index/{view}".rstrip("/")
        self.manifest(f"{folder}/index.manifest.json", record)
        checksum = str(record["checksum"])
        return self.root / "blobs" / "sha256" / checksum[:2] / checksum

    def indexes(self, contents: dict[int, bytes], *, view: str = "") -> None:
        """Write one index for each version of them into one manifest of layout 3."""
        records = [
            self.record(content, f"application/vnd.spack.db.v{version}+json")
            for version, content in contents.items()
        ]
        folder = f"v3/manifests/index/{view}".rstrip("/")
        self.manifest(f"{folder}/index.manifest.json", *records)

    def binary(self, name: str, *, signed: bool = False) -> Path:
        """Write the manifest and the spec of a binary of layout 3; return the manifest."""
        records = [
            self.record(f"binary of {name}".encode(), INSTALL_MEDIA, "gzip"),
            self.record(gzip.compress(spec_file(name)), SPEC_MEDIA, "gzip"),
        ]
        path = self.manifest(
            f"v3/manifests/spec/{name}/{name}-1.0-{dag_hash(name)}.spec.manifest.json", *records
        )
        if signed:
            path.write_bytes(clear_signed(path.read_bytes()))
        return path

    def old_binary(self, name: str, *, signed: bool = False) -> Path:
        """Write the spec file of a binary of layout 2."""
        content = clear_signed(spec_file(name)) if signed else spec_file(name)
        stem = f"linux-ubuntu24.04-x86_64_v3-gcc-12.2.0-{name}-1.0-{dag_hash(name)}"
        return self.write(f"build_cache/{stem}.spec.json{'.sig' * signed}", content)

    def old_index(self, content: bytes) -> Path:
        """Write an index of layout 2, with its checksum."""
        checksum = hashlib.sha256(content).hexdigest()
        self.write("build_cache/index.json.hash", f"{checksum}\n".encode())
        return self.write("build_cache/index.json", content)


def unpack(name: str, folder: Path) -> Path:
    """Unpack one of the mirrors that Spack wrote, and return its root."""
    with tarfile.open(DATA / f"{name}.tar.gz") as archive:
        # Python 3.11.2, which Debian 12 has, knows no filters.
        known: Any = {"filter": "data"} if hasattr(tarfile, "data_filter") else {}
        archive.extractall(folder, **known)  # noqa: S202 - files of this repository
    return folder / name
