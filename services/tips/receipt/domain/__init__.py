"""Spelling and reading receipt codes: pure."""
