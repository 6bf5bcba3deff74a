"""What we can prove: a signed, append-only log of every intent and every outcome.

Format and promises: RFC 6962 Merkle tree, C2SP tlog-tiles, signed-note and tlog-checkpoint, RFC 8785 leaves.
`log` writes, `verify` reads and imports nothing of the writer.
"""
