"""What stands behind each figure of the report: the events that make it, or the figures it is computed from."""
