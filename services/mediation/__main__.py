"""`python -m services.mediation` serves; `python -m services.mediation indexes` creates indexes."""

import asyncio
import sys

from services.mediation.config import MediationSettings
from services.mediation.main import NAME, create, prepare
from shared import logs
from shared.settings import load
from shared.web import serve


def main(arguments: list[str]) -> int:
    if arguments not in ([], ["indexes"]):
        print("usage: python -m services.mediation [indexes]", file=sys.stderr)
        return 2
    settings = load(MediationSettings)
    logs.configure(NAME, settings.log_level)
    if arguments == ["indexes"]:
        asyncio.run(prepare(settings))
        return 0
    serve(create(settings), settings)
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
