"""Run the notebook of the documentation, and show it as a page of the site.

    python docs/notebook.py [FILE]

runs `notebook.ipynb` in `examples/` and writes it back with what its cells show, or writes that
to FILE. It stands in for Jupyter where a cell shows its last expression, so that the tests need
nothing of Jupyter's; `conf.py` has the page made of the file as it is, without running it.
"""

from __future__ import annotations

import ast
import json
import os
import sys
from pathlib import Path
from typing import Any

HERE = Path(__file__).resolve().parent
NOTEBOOK = HERE / "notebook.ipynb"

#: What a block of code stands between.
_FENCE = "```"


def main() -> None:
    """Run the notebook and write it."""
    target = Path(sys.argv[1]).resolve() if len(sys.argv) > 1 else NOTEBOOK
    os.chdir(HERE.parent / "examples")
    document = json.loads(NOTEBOOK.read_text(encoding="utf-8"))
    run(document)
    target.write_text(json.dumps(document, indent=1, ensure_ascii=False) + "\n", encoding="utf-8")


def run(document: dict[str, Any]) -> None:
    """Run all cells of code, and put what they show into the document."""
    names: dict[str, object] = {}
    cells = [each for each in document["cells"] if each["cell_type"] == "code"]
    for number, cell in enumerate(cells, 1):
        *before, last = ast.parse(text_of(cell["source"])).body
        exec(compile(ast.Module(before, []), f"cell {number}", "exec"), names)  # noqa: S102 - it is our own
        cell["execution_count"], cell["outputs"] = number, []
        if not isinstance(last, ast.Expr):
            exec(compile(ast.Module([last], []), f"cell {number}", "exec"), names)  # noqa: S102 - likewise
            continue
        value = eval(compile(ast.Expression(last.value), f"cell {number}", "eval"), names)  # noqa: S307 - likewise
        shown = {"text/plain": lines_of(repr(value))}
        if hasattr(value, "_repr_html_"):
            shown = {"text/html": lines_of(value._repr_html_()), **shown}
        output = {"data": shown, "execution_count": number, "metadata": {}}
        cell["outputs"] = [{**output, "output_type": "execute_result"}]


def page(document: dict[str, Any]) -> str:
    """Return a notebook, with what its cells show, as a page of Markdown."""
    parts = []
    for cell in document["cells"]:
        source = text_of(cell["source"])
        if cell["cell_type"] == "markdown":
            parts.append(source)
            continue
        parts.append(f"{_FENCE}python\n{source}\n{_FENCE}")
        for output in cell["outputs"]:
            if html := output["data"].get("text/html"):
                parts.append(f'{_FENCE}{{raw}} html\n<div class="shown">{text_of(html)}</div>\n{_FENCE}')
            else:
                parts.append(f"{_FENCE}text\n{text_of(output['data']['text/plain'])}\n{_FENCE}")
    return "\n\n".join(parts) + "\n"


def text_of(lines: list[str] | str) -> str:
    """Return a text of a notebook, which may be a list of lines there."""
    return lines if isinstance(lines, str) else "".join(lines)


def lines_of(text: str) -> list[str]:
    """Return a text as a notebook has it, so that changes show line by line."""
    return text.splitlines(keepends=True)


if __name__ == "__main__":
    main()
