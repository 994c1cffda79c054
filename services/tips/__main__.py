"""`python -m services.tips` serves; `indexes` creates indexes; `new-submission-key` prints a private JWK."""

import sys

from services.tips.config import TipsSettings
from services.tips.intake.submission_key import new_submission_key
from services.tips.main import NAME, create, prepare
from shared.service import command


def main(arguments: list[str]) -> int:
    if arguments == ["new-submission-key"]:
        print(new_submission_key())
        return 0
    return command(NAME, TipsSettings, create, prepare, arguments)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
