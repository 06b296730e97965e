"""The journal: one writer that checks keys, decides, appends, seals and commits in one transaction."""
