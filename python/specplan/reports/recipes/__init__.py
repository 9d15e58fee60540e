"""Changes of recipes as text, Markdown, JSON and annotations of GitHub."""

from specplan.reports.recipes.github import github
from specplan.reports.recipes.json_document import json_document
from specplan.reports.recipes.markdown import markdown
from specplan.reports.recipes.text import text

__all__ = ["github", "json_document", "markdown", "text"]
