"""Ports on 127.0.0.1: finding free ones and saying clearly which one is taken."""

import socket
from collections.abc import Sequence
from contextlib import ExitStack

from deploy.local.failure import CannotStart

HOST = "127.0.0.1"


def free_ports(count: int) -> list[int]:
    """`count` different ports nobody listens on. All are held while choosing, so that they differ."""
    with ExitStack() as held:
        sockets = [held.enter_context(socket.socket()) for _ in range(count)]
        for sock in sockets:
            sock.bind((HOST, 0))
        return [int(sock.getsockname()[1]) for sock in sockets]


def claim_all(asked: Sequence[tuple[int, str, str]]) -> None:
    """`claim` each (port, who, setting); raise CannotStart when two ask for the same port."""
    owners: dict[int, str] = {}
    for port, who, setting in asked:
        if port in owners:
            raise CannotStart(
                f"{owners[port]} and {who} are both to have port {port}: "
                f"choose another for {who} with {setting}=<port>."
            )
        owners[port] = who
        claim(port, who, setting)


def claim(port: int, who: str, setting: str) -> None:
    """Raise CannotStart when `port` is taken; `setting` is the variable that chooses another."""
    with socket.socket() as sock:
        sock.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            sock.bind((HOST, port))
        except OSError as error:
            raise CannotStart(
                f"Port {port} ({who}) is in use: stop what listens there, "
                f"or choose another with {setting}=<port>."
            ) from error
