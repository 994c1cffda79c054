"""`python -m services.tips` serves; `indexes` creates indexes; `new-submission-key` prints a private JWK."""

import asyncio
import sys

from services.tips.config import TipsSettings
from services.tips.main import NAME, create, prepare
from services.tips.submission_key import UnusableKey, new_submission_key
from shared import logs
from shared.settings import load
from shared.web import serve


def main(arguments: list[str]) -> int:
    match arguments:
        case []:
            settings = load(TipsSettings)
            try:
                app = create(settings)
            except UnusableKey as fault:
                print(f"TIPS_SUBMISSION_KEY_FILE: {fault}", file=sys.stderr)
                return 2
            logs.configure(NAME, settings.log_level)
            serve(app, settings)
        case ["indexes"]:
            asyncio.run(prepare(load(TipsSettings)))
        case ["new-submission-key"]:
            print(new_submission_key())
        case _:
            print("usage: python -m services.tips [indexes | new-submission-key]", file=sys.stderr)
            return 2
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
