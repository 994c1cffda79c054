"""What can be done here, one module per feature. Store and clock come in as arguments."""
