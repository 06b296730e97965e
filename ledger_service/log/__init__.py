"""The transparency log as others read it: checkpoints, tiles and proofs of what the journal sealed."""
