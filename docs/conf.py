"""How Sphinx makes the site of these pages: `make docs`."""

from __future__ import annotations

import importlib.metadata
import json
import sys
from pathlib import Path
from typing import TYPE_CHECKING

from myst_parser.parsers.sphinx_ import MystParser
from pygments.lexers.special import TextLexer

sys.path.insert(0, str(Path(__file__).parent))
import notebook

if TYPE_CHECKING:
    from docutils import nodes
    from sphinx.application import Sphinx

project = "specplan"
author = "the specplan developers"
project_copyright = "the specplan developers"
release = importlib.metadata.version("specplan")

extensions = ["myst_parser", "sphinx.ext.autodoc", "sphinx.ext.napoleon"]
exclude_patterns = ["*.py", "specplan.data"]

html_theme = "furo"
html_title = "specplan"
html_show_sourcelink = False
html_show_copyright = False
html_static_path = ["_static"]
html_css_files = ["site.css"]
html_js_files = ["offline.js"]

myst_enable_extensions = ["colon_fence", "smartquotes"]
myst_heading_anchors = 3
suppress_warnings = ["misc.highlighting_failure", "myst.header"]

autodoc_typehints = "none"
autodoc_member_order = "alphabetical"
napoleon_google_docstring = True
napoleon_use_ivar = True
nitpicky = False


class NotebookParser(MystParser):
    """Notebooks, shown with what their cells gave when the tests ran them last."""

    supported = ("notebook",)

    def parse(self, inputstring: str, document: nodes.document) -> None:
        """Read a notebook as the page of Markdown that it makes."""
        super().parse(notebook.page(json.loads(inputstring)), document)


def setup(app: Sphinx) -> None:
    """Let blocks of Mermaid stay as they are written: nothing of the site is fetched."""
    app.add_lexer("mermaid", TextLexer)
    app.add_source_suffix(".ipynb", "notebook")
    app.add_source_parser(NotebookParser)
