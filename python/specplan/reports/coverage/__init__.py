"""Coverage, differences and found specs, in every format."""
