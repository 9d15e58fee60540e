"""The smallest set of builds, with order and reasons."""
