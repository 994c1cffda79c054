"""What use cases of every feature work with. Store, clock and keys come in as arguments."""
