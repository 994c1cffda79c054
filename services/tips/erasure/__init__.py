"""How long a tip is kept, and how it is forgotten."""
