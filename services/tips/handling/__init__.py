"""What officers do with a tip, from classifying to closing."""
