"""`ledger import`: a file of facts checked whole, then posted over HTTP in atomic batches; safe to run again."""
