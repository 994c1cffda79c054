"""`python -m services.notifications` serves; `indexes` creates indexes."""

import sys

from services.notifications.config import NotificationsSettings
from services.notifications.main import NAME, create, prepare
from shared.service import command

if __name__ == "__main__":
    sys.exit(command(NAME, NotificationsSettings, create, prepare, sys.argv[1:]))
