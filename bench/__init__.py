"""Workloads, measurements and the demonstration, all run against the real services."""
