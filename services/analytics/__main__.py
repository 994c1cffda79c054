"""`python -m services.analytics` serves; `python -m services.analytics indexes` makes indexes and seeds the
areas.
"""

import asyncio
import sys

from services.analytics.config import AnalyticsSettings
from services.analytics.main import create, prepare
from shared import logs
from shared.settings import load
from shared.web import serve


def main(arguments: list[str]) -> int:
    if arguments not in ([], ["serve"], ["indexes"]):
        print("usage: python -m services.analytics [serve|indexes]", file=sys.stderr)
        return 2
    settings = load(AnalyticsSettings)
    logs.configure("analytics", settings.log_level)
    if arguments == ["indexes"]:
        print(f"analytics: indexes made, {asyncio.run(prepare(settings))} areas seeded")
        return 0
    serve(create(settings), settings)
    return 0


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
