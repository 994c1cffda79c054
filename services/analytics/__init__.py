"""Areas, indicators and attested statistics: what is happening, is it unusual, and how sure are we."""
