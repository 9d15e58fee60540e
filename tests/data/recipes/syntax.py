# All kinds of syntax: how each is written is what counts.
import os, sys as system
from . import sibling
from ..up.two import (a as b, c)


@decorated
@decorated.again(1, *two, three=3, **four)
class Syntax(Base, Other, metaclass=Meta, **more):
    x: int
    (y): "int" = 3
    z.w: int = 4
    first, second = third = 1, 2
    only, = [1]
    first, *rest = (yield_ for yield_ in range(3))
    empty = ()
    numbers = [1, 1.5, 1e400, -1e400, 1j, 0x10, 1_000, 0b11, True, None, ...]
    texts = ['single\'s', "double\"s", 'both\'"', "tab\there", b"bytes\x00", "über", "\u200b", u"old"]
    raw = r"\d+" "joined" 'up'
    multi = """several
lines"""
    formatted = f"{a}{b!r:>{width}}{c:{d}.{e}}{'q'}{{literal}}" f'{x["k"]}'
    more = f"it's {a} \"quoted\"\n", f'{ {1: 2}[1] }', f"{a:%Y-%m}", f"", f"""three
{lines}"""
    nested = f"{f'{inner}' + 'x'}", f"{(lambda x: x)(1)}", f"{[i for i, j in k]}"
    walrus = [w for v in u if (w := v)]
    power = -2 ** -2 ** x, (-2) ** 2, (a ** b) ** c, a ** (b ** c), +-~x, not (a and b)
    compare = a < b <= c != d is not e not in f, (a < b) < c, not a in b
    logic = a or b and c or (d or e), (a and b) or c, a and (b or c) and (d and e)
    chosen = a if b else c if d else e, (a if b else c) if d else e
    sums = a - (b - c) - d, a * (b + c) / d // e % f @ g, a << b + c, a | b ^ c & d, (a | b) & c
    sliced = a[1], a[1:2], a[::2], a[:, 1:], a[(1, 2)], a[1,], a[()], a[b:c, ...]
    calls = f(x for x in y), f((x for x in y), 1), f(*a, b, *c, d=e, **g), 3 .real, 3.0.real, True.real
    lambdas = lambda: 0, lambda x, /, y=1, *z, k, m=2, **n: (x, y), lambda *, k: k
    comps = {x for x in y}, {x: y for x, y in z if x if y}, {**a, "b": c}, {*a, *b}, {}
    del a, b[1], c.d

    def positional(self, a, b=1, /, c: int = 2, *args: str, d, e=3, **kw: dict) -> "None":
        global g1, g2
        for i, (j, k) in enumerate(self):
            if i: continue
            elif j: break
            else: pass
        else:
            return
        while (line := self.read()) and True: yield line
        with open(a) as f, (yield) as (g, h), lock: pass
        try:
            raise
        except (ValueError, TypeError) as error:
            raise RuntimeError("x") from error
        except OSError: pass
        except: raise
        else: return 1, 2
        finally: assert a, "message"
        a += 1; b @= 2; c **= yield; d //= 3; e >>= 4
        x = yield
        y = yield a, b
        z = (yield from c)
        def inner():
            nonlocal a
            "a string"
            return (yield)
        return lambda: (yield)

    async def later(self):
        """The docstring of this one stays."""
        async for x in y:
            await z
        async with a as b: pass
        return [await x async for x in y], await (a + b), -await c, await d ** 2

    def matched(self, command):
        match command:
            case 1 | -2.5 | "text": pass
            case [Point(x=0, y=y), *rest] if y > 0: pass
            case {"key": value, **others}: pass
            case (None | True) as found: pass
            case str() | a.b: pass
            case _: pass

    def docstring_alone(self):
        "nothing else"


if __name__ == "__main__": main()
else:
    "in a branch a string stays"
