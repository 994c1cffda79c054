"""A tip is linked to another that tells of the same incident."""
