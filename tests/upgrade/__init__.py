"""Stores as earlier programs wrote them, opened by this one."""
