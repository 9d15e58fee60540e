"""The public face for scripts: it makes a request of keywords, and a room answers it."""
