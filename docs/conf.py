"""How Sphinx makes the site of these pages: `make docs`."""

from __future__ import annotations

import importlib.metadata
from typing import TYPE_CHECKING

from pygments.lexers.special import TextLexer

if TYPE_CHECKING:
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

myst_enable_extensions = ["colon_fence", "smartquotes"]
myst_heading_anchors = 3
suppress_warnings = ["misc.highlighting_failure", "myst.header"]

autodoc_typehints = "none"
autodoc_member_order = "alphabetical"
napoleon_google_docstring = True
napoleon_use_ivar = True
nitpicky = False


def setup(app: Sphinx) -> None:
    """Let blocks of Mermaid stay as they are written: nothing of the site is fetched."""
    app.add_lexer("mermaid", TextLexer)
