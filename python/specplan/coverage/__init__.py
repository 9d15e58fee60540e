"""Coverage: the covered wants of a cell, and its gaps."""
