"""Reporting: follows the log, projects it and answers the Council's questions."""
