"""What can be done with tips, one module per feature. Store, clock and keys come in as arguments."""
