"""The ledger: takes events, decides, journals and seals them in a transparency log."""
