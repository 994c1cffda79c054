"""Hashes, proofs, names and formats of the ledger. Pure: standard library only."""
