"""`/report`: a resident's page, from the choice of what happened to the receipt."""
