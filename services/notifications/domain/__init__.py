"""What an alert and a subscription are, and every decision about them. Pure."""
