"""What is wrong with sources."""
