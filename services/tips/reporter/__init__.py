"""What a reporter does by receipt code."""
