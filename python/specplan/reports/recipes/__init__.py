"""Changes of recipes as text, Markdown, JSON and annotations of GitHub."""

from specplan.reports.recipes.github import github
from specplan.reports.recipes.json_document import json_document
from specplan.reports.recipes.outline import outline, records

__all__ = ["github", "json_document", "outline", "records"]
