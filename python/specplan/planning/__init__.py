"""The least that must be built, in which order and why."""
