"""Reports: one question each, asked of a view, answered with typed figures; no web, no SQL."""
