"""Faults in sources."""
