"""`/track`: a resident follows a report by its passphrase, and talks with the officers."""
