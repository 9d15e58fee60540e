"""What cells have of what they should have."""
