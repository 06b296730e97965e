"""Overload, slow clients and large bodies: what they do to others."""
