"""The ledger: an append-only Merkle log of what was received and done, by which anybody can see that nothing
was hidden afterwards.
"""
