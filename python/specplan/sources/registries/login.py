"""The authorization of requests to a registry: tokens, or user and password.

A registry that requires a login answers 401, and names the server that issues tokens. Credentials
are sent to the registry itself and, over TLS, to that server; never to the target of a redirect,
and never from https to http.
"""

from __future__ import annotations

import http.client
import json
import threading
from typing import TYPE_CHECKING, Final
from urllib.parse import parse_qsl, urlencode, urlsplit

from urllib3.exceptions import HTTPError

from specplan._core import __version__
from specplan.errors import RemoteError
from specplan.patterns import pattern
from specplan.secrets import shown_url
from specplan.sources.registries.challenges import Challenge, challenges_of
from specplan.sources.registries.credentials import FoundCredentials, credentials_for
from specplan.sources.stores.deadlines import TransferTimeoutError
from specplan.sources.stores.transfer import (
    TransientError,
    body_of,
    cause_of,
    origin_of,
    pause_of,
)
from specplan.sources.stores.url import parsed

if TYPE_CHECKING:
    from collections.abc import Sequence

    from specplan.sources.registries.repository import RegistryRepository
    from specplan.sources.stores.deadlines import Deadline
    from specplan.sources.stores.fetching import Fetching

__all__ = ["Login"]

#: The size limit of a response with a token.
_TOKEN_BYTES: Final = 1 << 20

#: The default and the maximum lifetime of a token, in seconds.
_USUAL_SECONDS: Final = 60.0
_MOST_SECONDS: Final = 3600.0

_OK: Final = 200
_FORBIDDEN: Final = 403
_TOO_MANY: Final = 429
_SERVER_FAULT: Final = 500

#: The valid characters of a header.
_TOKEN: Final = pattern(r"[\x21-\x7e]{1,65536}")


class Login:
    """The authorization of requests to one repository. Threads may share it.

    Args:
        repository: The repository.
        fetching: The options for fetching tokens; no copy of them is kept.
    """

    def __init__(self, repository: RegistryRepository, fetching: Fetching) -> None:
        self._repository = repository
        self._fetching = fetching
        self._origin = origin_of(repository.url)
        self._lock = threading.Lock()
        self._header: str | None = None
        self._ends: float | None = None
        self._found: FoundCredentials | None = None

    def headers(self, url: str, *, is_redirected: bool) -> dict[str, str]:
        """Return the headers only for the registry, not for redirects."""
        if is_redirected or origin_of(url) != self._origin:
            return {}
        with self._lock:
            if self._ends is not None and self._fetching.clock() >= self._ends:
                self._header = self._ends = None
            return {} if self._header is None else {"Authorization": self._header}

    def renew(
        self, url: str, challenges: Sequence[str], sent: dict[str, str], deadline: Deadline
    ) -> bool:
        """Log in as the registry requires; return whether there is something new to send.

        Raises:
            RemoteError: If the server that issues tokens refuses.
            SourceError: If the configuration of Docker is damaged.
        """
        if origin_of(url) != self._origin:
            return False
        with self._lock:
            if self._header is not None and sent.get("Authorization") != self._header:
                # Another thread has logged in meanwhile.
                return True
            offered = challenges_of(challenges)
            by_scheme = {each.scheme: each for each in reversed(offered)}
            found = self._credentials()
            pair = found.credentials
            if "bearer" in by_scheme and "realm" in by_scheme["bearer"].parameters:
                header, self._ends = self._token(by_scheme["bearer"], found, deadline)
            elif "basic" in by_scheme and pair is not None and not pair.bearer:
                header, self._ends = pair.basic, None
            else:
                return False
            self._header = header
            return sent.get("Authorization") != header

    def hint(self, status: int) -> str:
        """Return a hint that says where credentials are looked for and what was found."""
        refused = (
            "the registry denies access"
            if status == _FORBIDDEN
            else "the registry requires a login"
        )
        if self._found is not None:
            verb = "it refuses " if self._found.credentials is not None else ""
            refused = f"{refused}: {verb}{self._found.where}"
        return (
            f"{refused}; specplan uses the credentials of `docker login {self._repository.host}`, "
            "GITHUB_TOKEN, CI_REGISTRY_USER with CI_REGISTRY_PASSWORD, and `USER:PASSWORD@` "
            "before the host"
        )

    def _credentials(self) -> FoundCredentials:
        if self._found is None:
            self._found = credentials_for(self._repository)
        return self._found

    def _token(
        self, challenge: Challenge, found: FoundCredentials, deadline: Deadline
    ) -> tuple[str, float | None]:
        """Return the header with a token, and its expiry.

        Raises:
            RemoteError: If there is none.
        """
        pair = found.credentials
        if pair is not None and pair.bearer and _TOKEN.fullmatch(pair.bearer):
            return f"Bearer {pair.bearer}", None
        url = self._realm(challenge)
        headers = {"User-Agent": f"specplan/{__version__}", "Accept-Encoding": "identity"}
        is_private = urlsplit(url).scheme == "https" or origin_of(url) == self._origin
        if pair is not None and is_private:
            headers["Authorization"] = pair.basic
        started = self._fetching.clock()
        status, body = self._asked(url, headers, deadline)
        if status != _OK:
            raise self._error(
                f"`{shown_url(url)}` gives no token: it answers with status {status}", status
            )
        token, seconds = _token_in(body)
        if token is None:
            raise self._error(f"`{shown_url(url)}` answers without a token", None)
        return f"Bearer {token}", started + seconds

    def _realm(self, challenge: Challenge) -> str:
        """Return the URL where a token is requested.

        Raises:
            RemoteError: If that is not a URL, or less private than the registry itself.
        """
        realm = challenge.parameters["realm"]
        parts = parsed(realm)
        if parts.scheme not in {"https", self._repository.scheme}:
            fault = f"sends its users to `{shown_url(realm)}` for a token, which is not followed"
            raise self._error(fault, None)
        query = parse_qsl(parts.query)
        if service := challenge.parameters.get("service"):
            query.append(("service", service))
        scope = challenge.parameters.get("scope", f"repository:{self._repository.name}:pull")
        query.append(("scope", scope))
        # A user in the realm would not be sent, so it is dropped.
        netloc = parts.netloc.rpartition("@")[2]
        return parts._replace(netloc=netloc, query=urlencode(query), fragment="").geturl()

    def _asked(self, url: str, headers: dict[str, str], deadline: Deadline) -> tuple[int, bytes]:
        """Return status and body of the response of the server that issues tokens.

        Raises:
            TransientError: If it may succeed the next time.
        """
        shown = shown_url(url)
        try:
            answer = self._fetching.connections.ask(url, headers)
            with answer:
                body = body_of(answer, _TOKEN_BYTES, deadline) or b""
                pause = pause_of(answer)
        except TransferTimeoutError:
            raise
        except (HTTPError, http.client.HTTPException, OSError, ValueError) as error:
            reason = cause_of(error)
            said = getattr(reason, "strerror", None) or type(reason).__name__
            raise TransientError(f"`{shown}` gives no token: {said}") from error
        if answer.status >= _SERVER_FAULT or answer.status == _TOO_MANY:
            fault = f"`{shown}` gives no token: it answers with status {answer.status}"
            raise TransientError(fault, status=answer.status, pause=pause)
        return answer.status, body

    def _error(self, fault: str, status: int | None) -> RemoteError:
        shown = self._repository.shown
        hint = self.hint(status or _FORBIDDEN)
        return RemoteError(f"`{shown}`: {fault}", path=shown, status=status, hint=hint)


def _token_in(body: bytes) -> tuple[str | None, float]:
    """Return the token in a response, and its lifetime in seconds."""
    try:
        said = json.loads(body)
    except (ValueError, RecursionError):
        return None, 0.0
    if not isinstance(said, dict):
        return None, 0.0
    token = said.get("token") or said.get("access_token")
    if not isinstance(token, str) or _TOKEN.fullmatch(token) is None:
        return None, 0.0
    seconds = said.get("expires_in")
    if isinstance(seconds, bool) or not isinstance(seconds, (int, float)) or not seconds > 0:
        seconds = _USUAL_SECONDS
    return token, min(float(seconds), _MOST_SECONDS)
