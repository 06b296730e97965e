"""The doors: each route parses, asks a report, answers."""
