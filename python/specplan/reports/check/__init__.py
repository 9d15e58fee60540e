"""Checks, in every format."""
