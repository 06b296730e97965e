"""Formats of the transparency log and their checks: canonical bytes, Merkle tree, tiles, notes, checkpoints, proofs."""
