"""The ledger over HTTP: every endpoint parses, asks the journal, answers."""
