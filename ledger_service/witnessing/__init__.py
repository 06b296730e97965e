"""Witnesses: others who cosign the log's checkpoints, so that even the key's holder cannot show two pasts."""
