"""`python -m services.mediation` serves; `indexes` creates indexes."""

import sys

from services.mediation.config import MediationSettings
from services.mediation.main import NAME, create, prepare
from shared.service import command

if __name__ == "__main__":
    sys.exit(command(NAME, MediationSettings, create, prepare, sys.argv[1:]))
