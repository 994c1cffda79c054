"""`/ledger` for residents: words and template over the base of `shared/web/pages`."""
