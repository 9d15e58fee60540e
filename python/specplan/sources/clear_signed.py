"""Text signed in the clear by GnuPG, as Spack signs manifests and spec files.

The signature is removed but **not verified**: specplan only plans, and Spack verifies signatures
when it installs.
"""

from __future__ import annotations

import codecs
from typing import Final

from specplan.errors import DamagedSourceError

__all__ = ["BEGIN", "text_of"]

#: The beginning of such a text.
BEGIN: Final = b"-----BEGIN PGP SIGNED MESSAGE-----"

_SIGNATURE: Final = b"-----BEGIN PGP SIGNATURE-----"
_END: Final = b"-----END PGP SIGNATURE-----"


def text_of(document: bytes, shown: str) -> bytes:
    """Return the signed text; a document that is not signed is returned as it is.

    Args:
        document: The bytes of the file.
        shown: Its name in messages.

    Raises:
        DamagedSourceError: If the signature does not follow, or does not end.
    """
    document = document.removeprefix(codecs.BOM_UTF8)
    if not document.startswith(BEGIN):
        return document
    lines = document.splitlines()
    if lines[0].rstrip() != BEGIN:
        raise _damaged(shown, 1, "the line that begins a signed text has more text after it")
    # Headers such as `Hash: SHA512` end with an empty line.
    start = next((at for at, line in enumerate(lines) if not line.strip()), None)
    if start is None:
        raise _damaged(shown, None, "is signed, but its headers do not end")
    text: list[bytes] = []
    for at, line in enumerate(lines[start + 1 :], start=start + 1):
        if line.rstrip() == _SIGNATURE:
            if not any(later.rstrip() == _END for later in lines[at + 1 :]):
                raise _damaged(shown, at + 1, "the signature is truncated")
            return b"\n".join(text) + b"\n"
        # A line that begins with a dash is written with `- ` before it.
        if line.startswith(b"-") and not line.startswith(b"- "):
            raise _damaged(shown, at + 1, "a line of the signed text begins with a bare dash")
        text.append(line.removeprefix(b"- "))
    raise _damaged(shown, None, "is signed, but the signature is missing: truncated")


def _damaged(shown: str, line: int | None, fault: str) -> DamagedSourceError:
    return DamagedSourceError(path=shown, location="", line=line, fault=fault)
