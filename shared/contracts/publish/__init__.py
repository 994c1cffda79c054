"""What is derived from the contracts: JSON Schemas, the AsyncAPI document, the README's topic block; and
the lock on change.
"""
