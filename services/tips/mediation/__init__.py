"""To mediation and back."""
