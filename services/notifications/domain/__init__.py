"""Decisions of notifications: pure functions of state, command and clock reading."""
