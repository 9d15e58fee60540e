"""Reviews as text, Markdown, JSON and annotations of GitHub."""
