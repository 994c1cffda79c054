"""What is done with the ledger: appending, proving, receipts."""
