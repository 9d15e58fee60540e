"""Plans, in every format."""
