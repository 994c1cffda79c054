"""A report comes in, whatever road it came by."""
