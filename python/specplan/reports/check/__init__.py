"""What is wrong with sources, in every format."""
