"""`python -m deploy.local.kafka`: fetch what the broker is made of, once, without starting it."""

import sys

from deploy.local.failure import CannotStart
from deploy.local.kafka.jars import class_path

if __name__ == "__main__":
    try:
        class_path()
    except CannotStart as failure:
        sys.exit(str(failure))
