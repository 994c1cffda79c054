"""What time does with a tip."""
