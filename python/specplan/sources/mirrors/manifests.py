"""Manifests: those of mirrors of layout 3, and those of tags in registries.

A manifest of layout 3 lists blobs with their types. One of a registry is that of an image: for a
binary, its configuration is the spec, and its last layer is the tarball; the earlier layers are its
link and run dependencies.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from specplan.errors import DamagedSourceError
from specplan.patterns import pattern
from specplan.records import dataclass
from specplan.sources import clear_signed, content, strict_json
from specplan.sources.stores.store import Expected, is_checksum

if TYPE_CHECKING:
    from pathlib import Path

__all__ = [
    "Record",
    "check_compression",
    "damaged",
    "layers_of",
    "records_in",
    "records_of_binary",
    "records_of_tag",
]

#: The only version of manifests of mirrors, and that of images.
_MANIFEST_VERSION: Final = 3
_IMAGE_VERSION: Final = 2

#: The size limit of a manifest, above that of any store.
_MANIFEST_BYTES: Final = 1 << 30

_SPEC_MEDIA: Final = "application/vnd.spack.spec."
_INSTALL_MEDIA: Final = "application/vnd.spack.install."

#: The version of the format in a media type.
_MEDIA_VERSION: Final = pattern(r"\.v(\d{1,9})\+json$")

_DIGEST: Final = pattern(r"sha256:([0-9a-f]{64})")


@dataclass(frozen=True, slots=True, kw_only=True)
class Record:
    """The entry of a manifest for one blob.

    Attributes:
        media: The media type.
        compression: Its compression.
        size: Its size in bytes, as it is stored.
        checksum: Its SHA-256, as it is stored.
        said_by: The manifest, and the place in it.
    """

    media: str
    compression: str
    size: int
    checksum: str
    said_by: str

    @property
    def version(self) -> int | None:
        """The version in the media type; None if it has none."""
        found = _MEDIA_VERSION.search(self.media)
        return int(found[1]) if found else None

    @property
    def blob(self) -> str:
        """The path of the blob below the root of the mirror."""
        return f"blobs/sha256/{self.checksum[:2]}/{self.checksum}"

    def expected(self) -> Expected:
        """Return the expected size and checksum of the blob."""
        return Expected(checksum=self.checksum, size=self.size, said_by=self.said_by)


def records_of_binary(path: Path, shown: str) -> tuple[Record, Record]:
    """Return the records of the spec and the tarball in the manifest of a binary.

    Raises:
        DamagedSourceError: If it is malformed, or does not name one of each.
    """
    records = records_in(path, shown)
    install = _record(records, _INSTALL_MEDIA, shown, "binary")
    return _record(records, _SPEC_MEDIA, shown, "spec"), install


def records_in(path: Path, shown: str) -> list[Record]:
    """Return the entries of a manifest, in its order.

    Args:
        path: A local file with its bytes, within the size limit.
        shown: Its name in messages.

    Raises:
        DamagedSourceError: If it is malformed.
        SourceError: If it cannot be read.
    """
    written = content.first_bytes(path, _MANIFEST_BYTES, shown)
    document = strict_json.parse(clear_signed.text_of(written, shown), shown)
    version = document.at("version")
    if version.count() != _MANIFEST_VERSION:
        version.fail(f"is {version.raw}, but only {_MANIFEST_VERSION} is known")
    return [_as_record(value) for value in document.at("data").items()]


def _as_record(value: strict_json.Value) -> Record:
    algorithm = value.at("checksumAlgorithm")
    if algorithm.text() != "sha256":
        algorithm.fail(f"is `{algorithm.raw}`, but only `sha256` is known")
    checksum = value.at("checksum")
    # It becomes a path, so only a checksum is accepted.
    if not is_checksum(checksum.text()):
        checksum.fail("must be 64 lower-case hex digits")
    return Record(
        media=value.at("mediaType").text(),
        compression=value.at("compression").text(),
        size=value.at("contentLength").count(),
        checksum=checksum.text(),
        said_by=f"{value.shown}: {value.location}",
    )


def _record(records: list[Record], media: str, shown: str, what: str) -> Record:
    """Return the one record of a media type, in any version."""
    found = [record for record in records if record.media.startswith(media)]
    if not found:
        raise damaged(shown, "data", f"names no {what} (`{media}*`)")
    if len(found) > 1:
        raise damaged(shown, "data", f"names more than one {what} (`{media}*`)")
    if media != _INSTALL_MEDIA:
        check_compression(found[0], shown)
    return found[0]


def check_compression(record: Record, shown: str) -> None:
    """Refuse an unsupported compression.

    Raises:
        DamagedSourceError: If it is unsupported.
    """
    if record.compression not in {"none", "gzip"}:
        place = record.said_by.removeprefix(f"{shown}: ")
        raise damaged(
            shown, f"{place}.compression", f"is `{record.compression}`, not `none` or `gzip`"
        )


def records_of_tag(path: Path, shown: str) -> tuple[Record, Record]:
    """Return the entries of a tag's manifest for the spec and the tarball of its binary.

    Raises:
        DamagedSourceError: If it is malformed, or does not belong to a binary.
    """
    config, layers = _image(path, shown)
    if not layers:
        raise damaged(shown, "layers", "names no binary")
    return config, layers[-1]


def layers_of(path: Path, shown: str) -> list[Record]:
    """Return the layers in the manifest of a tag, in its order.

    Raises:
        DamagedSourceError: If it is malformed.
    """
    return _image(path, shown)[1]


def _image(path: Path, shown: str) -> tuple[Record, list[Record]]:
    document = strict_json.parse(content.first_bytes(path, _MANIFEST_BYTES, shown), shown)
    version = document.at("schemaVersion")
    if version.count() != _IMAGE_VERSION:
        version.fail(f"is {version.raw}, but only {_IMAGE_VERSION} is known")
    if "manifests" in document.keys():  # noqa: SIM118 - a method that says what is not an object
        document.at("manifests").fail("is a list of images, where the manifest of one is expected")
    layers = [_as_layer(value) for value in document.at("layers").items()]
    return _as_layer(document.at("config")), layers


def _as_layer(value: strict_json.Value) -> Record:
    digest = value.at("digest")
    found = _DIGEST.fullmatch(digest.text())
    if found is None:
        digest.fail("must be `sha256:` and 64 lower-case hex digits")
    return Record(
        media=value.at("mediaType").text(),
        compression="none",
        size=value.at("size").count(),
        checksum=found[1],
        said_by=f"{value.shown}: {value.location}",
    )


def damaged(shown: str, place: str, fault: str) -> DamagedSourceError:
    """Return the error for a file that violates its format."""
    return DamagedSourceError(path=shown, location=place, line=None, fault=fault)
