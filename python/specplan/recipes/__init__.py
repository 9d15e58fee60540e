"""Recipes by content: what a change of a recipe does to the hashes of specs."""
