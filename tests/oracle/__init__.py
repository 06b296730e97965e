"""A tiny second opinion on every rule: plain Python, integer cents, nothing shared with the services."""
