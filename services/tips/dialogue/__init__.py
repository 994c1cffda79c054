"""Messages between officers and the reporter."""
