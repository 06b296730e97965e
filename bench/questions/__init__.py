"""One question a module; each yields figures, every one beside its limit from the same run."""
