"""Random histories, the rules engine and the oracle side by side."""
