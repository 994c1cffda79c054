"""Where the local stack keeps what it makes: under `.local/` of the checkout, or in `LIENGIA_LOCAL`."""

import os
from pathlib import Path

CHECKOUT = Path(__file__).resolve().parents[2]
LOCAL = Path(os.environ.get("LIENGIA_LOCAL") or CHECKOUT / ".local").absolute()
SECRETS = LOCAL / "secrets"
LOGS = LOCAL / "logs"
