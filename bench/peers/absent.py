"""A peer that is not installed here."""


class Absent(Exception):
    """Says what would have to be installed."""
