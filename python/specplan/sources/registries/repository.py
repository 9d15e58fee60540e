"""The address of a build cache in a registry: ``oci://HOST/NAME``, as Spack reads it."""

from __future__ import annotations

import ipaddress
from typing import Final, Literal
from urllib.parse import unquote

from specplan.errors import SourceError
from specplan.patterns import pattern
from specplan.records import dataclass
from specplan.secrets import shown_url

__all__ = ["RegistryRepository", "is_registry", "repository_of"]

_SCHEMES: Final[dict[str, Literal["https", "http"]]] = {"oci": "https", "oci+http": "http"}

#: The registry of names without a host, and the folder of names without a folder.
_DOCKER_HUB: Final = "index.docker.io"
_LIBRARY: Final = "library"

_HOST: Final = pattern(r"(?P<name>\[[0-9a-fA-F:]+\]|[A-Za-z0-9._-]+)(?::(?P<port>[0-9]{1,5}))?")
_PART: Final = pattern(r"[a-z0-9]+(?:(?:\.|_|__|-+)[a-z0-9]+)*")
_TAG_OR_DIGEST: Final = pattern(r"[:@]")

#: The maximum length that registries accept.
_LONGEST_NAME: Final = 255
_LAST_PORT: Final = 65535


@dataclass(frozen=True, slots=True, kw_only=True)
class RegistryRepository:
    """A repository of a registry.

    Attributes:
        scheme: The scheme for reaching the registry.
        host: The host, with its port if it has one.
        name: The name, in lower case.
        shown: Its name in messages; without credentials.
        user: The user that the URL names, or None.
        password: The password that the URL names, or None; never shown.
    """

    scheme: Literal["https", "http"]
    host: str
    name: str
    shown: str
    user: str | None = None
    password: str | None = None

    @property
    def url(self) -> str:
        """Its URL in the registry."""
        return f"{self.scheme}://{self.host}/v2/{self.name}"

    def __repr__(self) -> str:
        """Return its text without credentials."""
        return f"Repository({self.shown!r})"


def is_registry(url: str) -> bool:
    """Return whether a URL is of a registry.

    Examples:
        >>> is_registry("oci://ghcr.io/site/cache"), is_registry("https://host/cache")
        (True, False)
    """
    return url.partition("://")[0].lower() in _SCHEMES


def repository_of(url: str) -> RegistryRepository:
    """Return the repository that a URL names.

    A first part with neither a dot nor a colon, other than ``localhost``, is not a host: such a
    name is one of Docker Hub, as for Spack.

    Raises:
        SourceError: If it names no repository.

    Examples:
        >>> repository_of("oci://ghcr.io/Site/Cache").url
        'https://ghcr.io/v2/site/cache'
        >>> repository_of("oci+http://127.0.0.1:5000/cache").url
        'http://127.0.0.1:5000/v2/cache'
        >>> repository_of("oci://site/cache").url
        'https://index.docker.io/v2/site/cache'
    """
    scheme, _, rest = url.partition("://")
    shown = shown_url(url)
    if rest.strip("/"):
        shown = shown.rstrip("/")
    authority, slash, path = rest.partition("/")
    user, at, host = authority.rpartition("@")
    if host and not _is_host(host):
        path = f"{host}/{path}" if slash else f"{_LIBRARY}/{host}"
        host = _DOCKER_HUB
    name = path.strip("/").lower()
    if fault := _fault(host, path.strip("/")):
        raise SourceError(
            f"`{shown}` is not a repository of a registry: {fault}",
            path=shown,
            hint="write it as `spack mirror list` shows it, oci://HOST/NAME",
        )
    named, _, password = user.partition(":")
    return RegistryRepository(
        scheme=_SCHEMES[scheme.lower()],
        host=host.lower(),
        name=name,
        shown=f"{scheme.lower()}://{host.lower()}/{name}",
        user=unquote(named) if at else None,
        password=unquote(password) if at else None,
    )


def _is_host(text: str) -> bool:
    return (
        any(sign in text for sign in ".:[") or text.lower() == "localhost" or text != text.lower()
    )


def _fault(host: str, path: str) -> str | None:
    """Return the fault of a host and a name, if there is one."""
    found = _HOST.fullmatch(host)
    if found is None or not _is_address(found["name"]):
        return "its host is not a name"
    if found["port"] is not None and not 0 < int(found["port"]) <= _LAST_PORT:
        return "its port is not a port"
    last = path.rpartition("/")[2]
    if _TAG_OR_DIGEST.search(last):
        return "a build cache is a whole repository, and has no tag and no digest"
    if len(path) > _LONGEST_NAME:
        return f"its name has more than {_LONGEST_NAME} characters"
    for part in path.lower().split("/"):
        if _PART.fullmatch(part) is None:
            return "its name has other parts than letters, digits and single `.`, `_`, `__` or `-`"
    return None


def _is_address(name: str) -> bool:
    if not name.startswith("["):
        return True
    try:
        ipaddress.IPv6Address(name[1:-1])
    except ValueError:
        return False
    return True
