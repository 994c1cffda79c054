"""The code by which a reporter finds their tip again."""
