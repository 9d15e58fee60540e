"""What is tried: a folder of files, of which one is damaged, and what is asked of it."""

from __future__ import annotations

import base64
import gzip
import json
import zlib
from dataclasses import dataclass
from random import Random
from typing import TYPE_CHECKING, Any, Final

from tests.fuzz import texts, trees
from tests.fuzz.questions import questions
from tests.fuzz.seeds import Seed, environment, seeds
from tests.samples import lock

if TYPE_CHECKING:
    from pathlib import Path

__all__ = ["Case", "Cases"]

#: The building blocks of Spack's files.
_WORDS: Final = (
    *(b'"hash":', b'"name":', b'"spec":', b'"nodes":[', b'"_meta":', b"null", b"{}", b"[]", b'"8"'),
    *(b"---\n", b"spack:\n", b"specs:\n", b"- ", b": ", b"\n  ", b"when: ", b"matrix:", b"<<: "),
    *(b"\xff", b"\xef\xbb\xbf", b"\0", b"\r\n", b"\x80", b"[" * 99, b"{" * 99, b"'", b'"', b"\\u"),
    *(b"&a ", b"*a", b"!!x ", b"|\n", b">-\n", b"? ", b"%YAML", b"1e999", b"-----BEGIN PGP", b"#"),
)


@dataclass(frozen=True)
class Case:
    """One input, with all that is asked of it.

    Attributes:
        name: Its origin.
        files: Files by their place below a folder.
        asked: Command lines; ``@`` stands for the folder.
        specs: Abstract specs that are parsed and held against each other.
    """

    name: str
    files: dict[str, bytes]
    asked: list[list[str]]
    specs: list[str]

    @property
    def size(self) -> int:
        """How many bytes the files have once they are unpacked."""
        return sum(len(_unpacked(content)) for content in self.files.values())

    def write(self, folder: Path) -> None:
        """Write the files below a folder; what no file system can hold is left away."""
        for relative, content in self.files.items():
            path = folder / relative
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(content)

    def to_json(self) -> str:
        """Return a text from which the same case can be made."""
        files = {name: base64.b64encode(content).decode() for name, content in self.files.items()}
        parts = {"name": self.name, "files": files, "asked": self.asked, "specs": self.specs}
        return json.dumps(parts, indent=1)

    @classmethod
    def from_json(cls, text: str) -> Case:
        """Make a case from what :meth:`to_json` returned."""
        parts = json.loads(text)
        files = {name: base64.b64decode(content) for name, content in parts["files"].items()}
        return cls(parts["name"], files, parts["asked"], parts["specs"])


class Cases:
    """Endless cases, each the same for its number and seed.

    Args:
        seed: Another seed gives other cases.
    """

    def __init__(self, seed: int) -> None:
        self._seed = seed
        self._seeds = seeds()
        self._small = [each for each in self._seeds if len(each.content) < _SMALL]
        roles = dict.fromkeys(each.role for each in self._seeds)
        self._by_role = [
            [each for each in self._small if each.role == role] or [*self._seeds] for role in roles
        ]
        self._trees = [each.tree for each in self._small if each.tree is not None]

    def case(self, number: int) -> Case:
        """Return the case of a number."""
        draw = Random(f"{self._seed}:{number}")
        # Half of the cases are of a role that is drawn first, as most files have one role.
        some = self._small if draw.random() < 0.95 else self._seeds
        chosen = draw.choice(draw.choice(self._by_role) if draw.random() < 0.5 else some)
        files = dict(_BESIDE)
        files |= {f"in/{relative}": content for relative, content in chosen.beside.items()}
        files[f"in/{chosen.relative}"] = self._damaged(draw, chosen)
        specs = [texts.abstract_spec(draw) for _ in range(3)]
        asked = questions(draw, chosen.role, f"@/in/{chosen.place}")
        return Case(f"{number} from {chosen.name}", files, asked, specs)

    def _damaged(self, draw: Random, chosen: Seed) -> bytes:
        content = chosen.content
        if chosen.role == "environment" and draw.random() < 0.5:
            made = environment(draw)
            if draw.random() < 0.3:
                made = trees.changed(draw, made, self._trees)
            content = _encoded(trees.yaml_text(draw, made))
        elif chosen.tree is not None and draw.random() < 0.7:
            content = _spelt(draw, chosen, trees.changed(draw, chosen.tree, self._trees))
        if draw.random() < (0.15 if chosen.tree is not None else 0.9):
            content = _bitten(draw, content, draw.choice(self._small).content)
        if draw.random() < 0.03:
            content = gzip.compress(content, mtime=0)
            if draw.random() < 0.5:
                content = _bitten(draw, content, content)
        return content


#: Cases of larger files take the time of many others, so they are rare.
_SMALL: Final = 20_000


def _beside() -> dict[str, bytes]:
    sound = {each.name: each for each in seeds()}
    return {
        "cache.json": sound["index 8"].content,
        "spack.lock": json.dumps(lock(6)).encode(),
        "costs.json": sound["costs"].content,
        "pipeline.yml": sound["pipeline"].content,
        "spack.yaml": b"spack: {specs: [app, library@2:], view: false}\n",
        "in/beside.yaml": b"packages: {all: {require: [os=rhel8]}}\n",
    }


_BESIDE: Final = _beside()


def _encoded(text: str) -> bytes:
    return text.encode("utf-8", "surrogatepass")


def _spelt(draw: Random, chosen: Seed, tree: Any) -> bytes:
    if chosen.spelling == "yaml":
        return _encoded(trees.yaml_text(draw, tree))
    if chosen.spelling == "toml":
        return _encoded(trees.toml_text(tree))
    if chosen.spelling == "page":
        if not isinstance(tree, dict) or draw.random() < 0.2:
            return _encoded(f"---\n{trees.yaml_text(draw, tree)}\n---\n")
        lines = (f"{key}: {trees.json_text(each)}\n" for key, each in tree.items())
        return _encoded(f"---\n{''.join(lines)}---")
    return _encoded(trees.json_text(tree))


def _bitten(draw: Random, content: bytes, other: bytes) -> bytes:
    """Return bytes with some of them changed."""
    for _ in range(draw.choice((1, 1, 2, 4, 16))):
        cut = draw.randrange(len(content) + 1)
        length = draw.choice((1, 1, 2, 8, 64))
        kind = draw.randrange(7)
        if kind == 0:
            content = content[:cut]
        elif kind == 1:
            content = content[:cut] + content[cut + length :]
        elif kind == 2:
            content = content[:cut] + content[cut : cut + length] * 2 + content[cut + length :]
        elif kind == 3:
            content = content[:cut] + bytes([draw.randrange(256)]) + content[cut + 1 :]
        elif kind == 4:
            start = draw.randrange(len(other) + 1)
            content = content[:cut] + other[start : start + length * 4] + content[cut:]
        elif kind == 5:
            content = content[:cut] + _encoded(texts.hostile(draw)) + content[cut:]
        else:
            content = content[:cut] + draw.choice(_WORDS) + content[cut:]
    return content


def _unpacked(content: bytes) -> bytes:
    if not content.startswith(b"\x1f\x8b"):
        return content
    try:
        return gzip.decompress(content)
    except (OSError, EOFError, zlib.error):
        return content
