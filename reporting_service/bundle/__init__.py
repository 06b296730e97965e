"""The audit bundle: one file from which a stranger with the log's public key checks everything."""
