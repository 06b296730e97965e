"""Read models: one file each with its table, its fold and its readers; every row is added once and never changed."""
