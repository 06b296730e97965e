"""The vendored fonts, and which characters they can show."""
