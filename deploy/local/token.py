"""`python -m deploy.local.token --scopes "tips:read" --areas 99/99001`: print a development token."""

import argparse

from deploy.local.issuer import EVERYWHERE, SCOPES, Issuer
from deploy.local.places import SECRETS


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m deploy.local.token", description=__doc__)
    parser.add_argument("--scopes", default=" ".join(SCOPES), help="space separated; default: every scope")
    parser.add_argument("--areas", nargs="*", default=[EVERYWHERE], help="path prefixes; default: everywhere")
    parser.add_argument("--sub", default="developer", help="who the token speaks for")
    wanted = parser.parse_args()
    print(Issuer(SECRETS).token(wanted.scopes.split(), wanted.areas, wanted.sub))


if __name__ == "__main__":
    main()
