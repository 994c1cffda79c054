"""MongoDB for notifications."""
