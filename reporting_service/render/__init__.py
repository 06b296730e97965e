"""Forms of a report: each takes the report document and adds nothing to it."""
