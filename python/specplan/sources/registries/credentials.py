"""User and password for a registry: from the URL, from Docker's configuration, from a CI system.

They are only looked up when a registry asks for them. Credential programs (``credHelpers``,
``credsStore``) are never run.
"""

from __future__ import annotations

import base64
import binascii
import os
from pathlib import Path
from typing import TYPE_CHECKING, Final

from specplan.errors import SourceError
from specplan.records import dataclass
from specplan.sources import strict_json
from specplan.sources.stores.store import printable

if TYPE_CHECKING:
    from collections.abc import Iterator

    from specplan.sources.registries.repository import RegistryRepository

__all__ = ["Credentials", "FoundCredentials", "credentials_for"]

#: The size limit of Docker's configuration.
_MOST: Final = 1 << 20

#: The other names of Docker Hub.
_DOCKER_HUB: Final = frozenset({"index.docker.io", "docker.io", "registry-1.docker.io"})

_GITHUB: Final = "ghcr.io"


@dataclass(frozen=True, slots=True, repr=False)
class Credentials:
    """A user and a password, or a token that is sent unchanged; never shown."""

    user: str
    password: str
    bearer: str = ""

    @property
    def basic(self) -> str:
        """The value of the header that sends user and password."""
        pair = f"{self.user}:{self.password}".encode("utf-8", "surrogatepass")
        return f"Basic {base64.b64encode(pair).decode()}"


@dataclass(frozen=True, slots=True, kw_only=True)
class FoundCredentials:
    """The credentials that were found for a registry.

    Attributes:
        credentials: User and password, or None.
        where: Their origin, or the reason why there are none.
    """

    credentials: Credentials | None
    where: str


def credentials_for(repository: RegistryRepository) -> FoundCredentials:
    """Return the credentials for a registry: from its URL, Docker, or a CI system, in this order.

    Raises:
        SourceError: If the configuration of Docker is damaged.
    """
    if repository.user is not None:
        pair = Credentials(repository.user, repository.password or "")
        return FoundCredentials(credentials=pair, where="the user and password of the URL")
    docker = _of_docker(repository)
    if docker is not None and docker.credentials is not None:
        return docker
    # The credentials of a job must not be sent over an unencrypted network.
    of_ci = _of_ci(repository.host) if repository.scheme == "https" else None
    return of_ci or docker or FoundCredentials(credentials=None, where="no credentials were found")


def _of_ci(host: str) -> FoundCredentials | None:
    """Return the credentials that GitLab and GitHub provide to jobs for their registries."""
    environment = os.environ
    if host == environment.get("CI_REGISTRY", "").lower() and host:
        password = environment.get("CI_REGISTRY_PASSWORD")
        if password:
            user = environment.get("CI_REGISTRY_USER", "")
            pair = Credentials(user, password)
            return FoundCredentials(
                credentials=pair, where="CI_REGISTRY_USER and CI_REGISTRY_PASSWORD"
            )
    if host == _GITHUB and (token := environment.get("GITHUB_TOKEN")):
        user = environment.get("GITHUB_ACTOR") or "github"
        return FoundCredentials(credentials=Credentials(user, token), where="GITHUB_TOKEN")
    return None


def _configuration() -> Path:
    folder = os.environ.get("DOCKER_CONFIG")
    return Path(folder) / "config.json" if folder else Path("~/.docker/config.json").expanduser()


def _of_docker(repository: RegistryRepository) -> FoundCredentials | None:
    """Return the credentials of Docker's configuration for a registry; None without any.

    Raises:
        SourceError: If it is damaged. No value of it is ever in the message.
    """
    try:
        file = _configuration()
        with file.open("rb") as opened:
            written = opened.read(_MOST + 1)
    except (OSError, ValueError, RuntimeError):
        # Without a configuration there are no credentials in it.
        return None
    shown = printable(file)
    if len(written) > _MOST:
        raise SourceError(
            f"`{shown}` has more than the {_MOST} bytes that specplan reads", path=shown
        )
    document = strict_json.parse(written, shown)
    keys = document.keys()
    entries = document.at("auths") if "auths" in keys else None
    if entries is not None:
        for name in _names(entries.keys(), repository):
            pair = _pair(entries.at(name))
            if pair is not None:
                return FoundCredentials(
                    credentials=pair, where=f"the user and password in `{shown}`"
                )
    helper = _helper(document, repository.host)
    if helper is None:
        return None
    where = (
        f"`{shown}` leaves the credentials to the program docker-credential-{helper}, which is "
        "not run"
    )
    return FoundCredentials(credentials=None, where=where)


def _names(known: list[str], repository: RegistryRepository) -> Iterator[str]:
    """Yield the entries for a repository, the most specific first."""
    hosts = _DOCKER_HUB if repository.host in _DOCKER_HUB else {repository.host}
    found = []
    for name in known:
        host, _, path = name.rpartition("://")[2].partition("/")
        # `https://index.docker.io/v1/` names the registry, and no folder of it.
        path = "" if path.strip("/") in {"v1", "v2"} else path.strip("/")
        if host.lower() in hosts and f"{repository.name}/".startswith(f"{path}/" if path else ""):
            found.append((-len(path), name))
    yield from (name for _, name in sorted(found))


def _pair(entry: strict_json.Value) -> Credentials | None:
    """Return the credentials of an entry; None if it is empty."""
    keys = entry.keys()

    def text(key: str) -> str:
        return entry.at(key).text() if key in keys else ""

    if text("registrytoken"):
        return Credentials("", "", text("registrytoken"))
    if not text("auth"):
        return Credentials(text("username"), text("password")) if text("password") else None
    try:
        pair = base64.b64decode(text("auth"), validate=True).decode("utf-8")
    except (binascii.Error, ValueError):
        entry.at("auth").fail("is not a user and password in base64")
    user, colon, password = pair.rstrip("\0").partition(":")
    if not colon:
        entry.at("auth").fail("is not a user and password in base64")
    return Credentials(user, password) if password else None


def _helper(document: strict_json.Value, host: str) -> str | None:
    keys = document.keys()
    if "credHelpers" in keys:
        helpers = document.at("credHelpers")
        if host in helpers.keys():  # noqa: SIM118 - a method that says what is not an object
            return helpers.at(host).text()
    return document.at("credsStore").text() or None if "credsStore" in keys else None
