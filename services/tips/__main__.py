"""`python -m services.tips` serves; `indexes` creates indexes; `new-submission-key` prints a private JWK;
`rewrap-keys` wraps every data key anew under the current key-encryption key and says what is left.
"""

import asyncio
import json
import sys
from dataclasses import asdict

from services.tips.config import TipsSettings
from services.tips.intake.submission_key import new_submission_key
from services.tips.main import NAME, create, prepare, rewrap_keys
from shared.service import command
from shared.settings import load


def main(arguments: list[str]) -> int:
    if arguments == ["new-submission-key"]:
        print(new_submission_key())
        return 0
    if arguments == ["rewrap-keys"]:
        done = asyncio.run(rewrap_keys(load(TipsSettings)))
        print(json.dumps(asdict(done)))
        return 1 if done.left else 0
    return command(NAME, TipsSettings, create, prepare, arguments)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
