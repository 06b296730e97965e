"""What the machine could do at most: the same bytes without the ledger."""
