"""Texts that people write or that harm: names, abstract specs, patterns, numbers."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from random import Random

__all__ = ["abstract_spec", "condition", "hostile", "noisy", "number", "word"]

#: Names that the seeds have, and some that they do not.
NAMES: Final = (
    *("app", "library", "tool", "zlib-ng", "hypre", "mfem", "gcc", "openmpi", "mpi", "c", "cxx"),
    *("py-pluggy", "e4s", "radiuss", "root", "gnu", "old", "absent", "1st", "App", "all", "none"),
)
VERSIONS: Final = (
    *("1", "1.0", "2.1.3", "9", "=1.0", "1:", ":2", "1:2", "1.0:1.9,2.1:", ":", "develop", "main"),
    *(
        "git.main",
        "git.main=1.2",
        "1.0-rc1",
        "2025.09.1",
        "1..2",
        ".",
        "99999999999999999999",
        "1:0",
    ),
    *("a" * 40, "git." + "b" * 40 + "=1.0", "=:", "1,", ",", "1.0.", "v1", "stable:develop"),
)
VARIANTS: Final = (
    *("+shared", "~shared", "-shared", "++cuda", "~~cuda", "libs=shared,static", "libs:=shared"),
    *("libs==static", "cuda_arch=80", "cuda_arch=*", "cuda_arch=none", "build_type=Release"),
    *("cflags=-O2", "cflags='-O2 -g'", "cflags==-O3", 'ldflags="-L/x -ly"', "x=", "=x", "+", "~"),
    *("dev_path=/src", "patches=abc", "commit=" + "c" * 40, "namespace=builtin", "x=*,a", "+x~x"),
)
PLACES: Final = (
    *("target=zen2", "target=zen2:", "target=:zen4", "target=x86_64_v3,zen2", "target=x86_64:zen4"),
    *("os=rhel8", "os=ubuntu24.04", "platform=linux", "arch=linux-rhel8-zen2", "target=unknown"),
    *(
        "arch=-rhel8-",
        "arch=linux-None-zen2",
        "target=:",
        "os=",
        "target=zen2:zen2",
        "arch=a-b-c-d",
    ),
)
SIGILS: Final = ("%", "%%", "^", "^^", " %", " ^", "% ", "^ ", "%c=", "%c,cxx=", "^mpi=", "%mpi=")
BRACKETS: Final = (
    *("^[virtuals=mpi] ", "%[virtuals=c,cxx when=+mpi] ", "^[when='%gcc' deptypes=link] "),
    *("%[deptypes=build] ", "^[] ", "^[virtuals=] ", "^[x=y] ", "^[when=", "%[when='+x'] ", "^[]"),
)

#: What leads elsewhere, is obeyed by a terminal or by the log of a CI job, or is odd.
HOSTILE: Final = (
    *("", " ", "\t", "\n", "\r", "\r\n", "\0", "\x1b[31mred", "\x7f", "\x85", "\u2028", "\ufeff"),
    *("::error::x", "  ::set-output name=x::y", "##[error]x", "::add-mask::x", "%0A::error::x"),
    *(
        "../../etc/passwd",
        "/etc/passwd",
        "~",
        "~root/x",
        "$HOME",
        "${HOME}",
        "$x",
        "$",
        "file:///x",
    ),
    *(
        "http://127.0.0.1:1/x",
        "https://u:pw@127.0.0.1:1/",
        "http://[::1",
        "s3://b/k",
        "oci+http://127.0.0.1:1/y",
    ),
    *("|", "`x`", "<script>", "<!--", "](x)", "\\", '"', "'", "*", "[", "{", "}", "&a", "*a", "!x"),
    *("null", "true", "NaN", "1e400", "-", "--", "---", "...", "=", "+x", "-x", "@x", "#x", "<<"),
    *(
        "\u00e9",
        "\u202e",
        "\U0001f600",
        "\ud800",
        "e\u0301",
        "\u00df",
        "\u0130",
        "a" * 33,
        "a" * 5000,
    ),
    *(
        "a b",
        "a,b",
        "a;b",
        "a:b",
        "a=b",
        "a/b",
        "-o",
        "--no-config",
        "%",
        "%s",
        "{x}",
        "{0}",
        "\\x",
    ),
)
NUMBERS: Final = (
    *("0", "-0", "1", "-1", "0.1", "0.30000000000000004", "1.5", "1e5", "1e-5", "1e400", "-1e400"),
    *("1e-400", "1e-999999999", "99.99", "100", "100.1", "2147483648", "9223372036854775808"),
    *("18446744073709551616", "NaN", "Infinity", "-Infinity", "1" + "0" * 400, "0x10", "1_000"),
    *("", "+1", "01", "1.", ".5", "1e", "\u0661"),
)


def word(draw: Random) -> str:
    """Return what might be a name."""
    return draw.choice(HOSTILE) if draw.random() < 0.1 else draw.choice(NAMES)


def hostile(draw: Random) -> str:
    """Return a text that no one expects."""
    return draw.choice(HOSTILE)


def number(draw: Random) -> str:
    """Return what might be a number."""
    if draw.random() < 0.5:
        return str(draw.randrange(-3, 100))
    return draw.choice(NUMBERS)


def abstract_spec(draw: Random, depth: int = 0) -> str:
    """Return what is mostly an abstract spec."""
    text = draw.choice(NAMES) if draw.random() < 0.9 else ""
    for _ in range(draw.choice((0, 1, 1, 2, 3))):
        kind = draw.random()
        if kind < 0.3:
            text += f"@{draw.choice(VERSIONS)}"
        elif kind < 0.65:
            variant = draw.choice(VARIANTS)
            text += variant if variant[0] in "+~-" else f" {variant}"
        elif kind < 0.8:
            text += f" {draw.choice(PLACES)}"
        elif kind < 0.83:
            text += "/" + draw.choice(("abcdefg", "a" * 32, "", "ABC", "a1"))
        elif depth < 3:
            text += draw.choice(BRACKETS) if draw.random() < 0.3 else draw.choice(SIGILS)
            text += abstract_spec(draw, depth + 1)
    return noisy(draw, text) if draw.random() < 0.1 else text


def condition(draw: Random, depth: int = 0) -> str:
    """Return what is mostly a condition of an environment."""
    kind = draw.randrange(10)
    if kind < 3 and depth < 4:
        joint = draw.choice((" and ", " or ", " == ", " != ", " in ", " is ", " is not ", ","))
        return f"{condition(draw, depth + 1)}{joint}{condition(draw, depth + 1)}"
    if kind < 4 and depth < 4:
        return draw.choice(("not ", "(", "-", "bool(", "len(", "str(")) + condition(draw, depth + 1)
    return draw.choice(
        (
            *(
                "True",
                "False",
                "None",
                "os",
                "platform",
                "target",
                "hostname",
                "1",
                "''",
                "x",
                "[]",
            ),
            *("os == 'rhel8'", "platform == 'linux'", "target in ['zen2']", "'CI' in env", "env"),
            *(
                "env['CI']",
                "env.get('CI', None)",
                "re.match('^x', hostname)",
                "re.match('a?'*30, os)",
            ),
            *("arch.satisfies('target=zen2:')", f"arch.satisfies('{abstract_spec(draw)}')", "re"),
            *(
                "target.startswith('z')",
                "os.split('.')[0]",
                "__import__('os')",
                "lambda: 0",
                "a.b.c",
            ),
            *(
                "1 if os else 2",
                "f'{os}'",
                "os[0]",
                "os[::-1]",
                "9**9**9",
                "'a'*10**9",
                "[0]*10**9",
            ),
        )
    )


def noisy(draw: Random, text: str) -> str:
    """Return a text with some characters changed."""
    for _ in range(draw.choice((1, 1, 2, 5))):
        cut = draw.randrange(len(text) + 1)
        kind = draw.randrange(4)
        if kind == 0:
            text = text[:cut] + draw.choice(HOSTILE) + text[cut:]
        elif kind == 1:
            text = text[:cut] + text[cut + draw.choice((1, 1, 3)) :]
        elif kind == 2:
            text = text[:cut] + draw.choice("@:,+~^%[]{}()=/\"' $*-._#\\!|&<>0aZ") + text[cut:]
        else:
            text = text[cut:] + text[:cut]
    return text
