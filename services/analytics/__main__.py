"""`python -m services.analytics` serves; `indexes` makes indexes and seeds the areas."""

import sys

from services.analytics.config import AnalyticsSettings
from services.analytics.main import NAME, create, prepare
from shared.service import command

if __name__ == "__main__":
    sys.exit(command(NAME, AnalyticsSettings, create, prepare, sys.argv[1:]))
