"""Coverage: which wants of a cell are covered, and which are gaps."""
