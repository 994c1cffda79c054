"""What can be done with cases and teams. Clock, stores and secrets come in as arguments."""
