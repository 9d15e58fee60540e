"""The cost of a change of recipes, for the reviewer of its pull request."""
