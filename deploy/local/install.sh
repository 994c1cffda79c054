#!/bin/sh
# Make .venv and install the locked, hashed dependencies. Run again, it does only what is missing.
set -u

fail() {
    echo "$1" >&2
    exit 1
}

suits() {
    "$1" -c 'import ensurepip, sys, venv; sys.exit(sys.version_info < (3, 11))' >/dev/null 2>&1
}

if [ ! -x .venv/bin/python ]; then
    for candidate in python3 python3.13 python3.12 python3.11; do
        if suits "$candidate"; then
            chosen=$candidate
            break
        fi
    done
    [ -n "${chosen:-}" ] || fail "No Python 3.11 or newer with venv and pip was found: install one (on Debian: python3 and python3-venv) and run make again."
    echo "      Python environment: .venv ($("$chosen" --version))"
    "$chosen" -m venv .venv || fail "The environment .venv could not be made: see the message above, then run make again."
fi

echo "      Dependencies: installing what requirements.lock pins (the first time: about 300 MB)"
.venv/bin/python -m pip install --disable-pip-version-check --no-input --require-hashes --only-binary :all: \
    --requirement requirements.lock ||
    fail "Installing the dependencies failed: check the network (or a proxy's settings) and run make again; what is there is kept."
touch .venv/.installed
