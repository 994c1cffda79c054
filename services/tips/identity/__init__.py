"""The vault: who reported is opened with a reason, by two people, for a limited time."""
