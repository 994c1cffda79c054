"""Where the local stack keeps what it makes. All of it lies under `.local/` of the checkout."""

from pathlib import Path

CHECKOUT = Path(__file__).resolve().parents[2]
LOCAL = CHECKOUT / ".local"
SECRETS = LOCAL / "secrets"
LOGS = LOCAL / "logs"
