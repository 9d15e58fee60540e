"""The rows of sources, the states they are asked in, and what is looked up in them."""
