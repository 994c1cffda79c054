"""What can be done with figures, statistics and areas; stores and clock come in as arguments."""
