"""`python -m deploy.local.up` (make up): the whole system on this machine until Ctrl-C."""

import json
import os
import platform
import signal
import sys
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from types import FrameType

from deploy.local.alone import hold
from deploy.local.failure import CannotStart
from deploy.local.issuer import EVERYWHERE, SCOPES, Issuer
from deploy.local.kafka.jars import class_path
from deploy.local.places import LOCAL, LOGS, SECRETS
from deploy.local.ports import HOST, claim_all
from deploy.local.service_secrets import service_secrets
from deploy.local.services import ENVIRONMENTS, Service, base_environment, port_from, services
from deploy.local.stack import Stack, given

_STEPS = 6
_WATCH_EVERY = 0.25


class Stopped(BaseException):
    """Ctrl-C or SIGTERM, wherever we are."""


def main() -> int:
    """Exit status 0 after Ctrl-C or SIGTERM, 1 with one sentence when something could not start or died."""
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, _raise_stopped)
    stack = Stack(LOCAL)
    status = 0
    with ExitStack() as held:
        try:
            held.enter_context(hold(LOCAL))
            _start(stack)
            _watch(stack)
        except Stopped:
            print("\nStopping…", flush=True)
        except CannotStart as failure:
            print(f"\n{failure}", file=sys.stderr, flush=True)
            status = 1
        finally:
            for number in (signal.SIGINT, signal.SIGTERM):
                signal.signal(number, signal.SIG_IGN)
            stack.stop()
    if status == 0:
        print(f"Everything has stopped; the data stays in {LOCAL}.", flush=True)
    return status


def _raise_stopped(_number: int, _frame: FrameType | None) -> None:
    raise Stopped


def _start(stack: Stack) -> None:
    began = time.monotonic()
    with _step(1, f"Environment: Python {platform.python_version()}, Kafka's parts, free ports"):
        wanted = services()
        mongo_port = port_from("LIENGIA_PORT_MONGO", 27017)
        kafka_ports = (
            port_from("LIENGIA_PORT_KAFKA", 9092),
            port_from("LIENGIA_PORT_KAFKA_CONTROLLER", 9093),
        )
        _claim_all(wanted, mongo_port, kafka_ports)
        if not given("KAFKA_BOOTSTRAP_SERVERS"):
            class_path()
        issuer = Issuer(SECRETS)
    with _step(2, f"mongod on port {mongo_port}, one user per database"):
        urls = _mongo(stack, wanted, mongo_port)
    bootstrap = given("KAFKA_BOOTSTRAP_SERVERS") or f"{HOST}:{kafka_ports[0]}"
    environments = _environments(wanted, urls, bootstrap, issuer.jwks_file)
    indexes = (["-m", "deploy.local.indexes"], {ENVIRONMENTS: json.dumps(environments)})
    topics = (["-m", "shared.topics"], {**base_environment(), "KAFKA_BOOTSTRAP_SERVERS": bootstrap})
    with ExitStack() as meanwhile:
        # Indexes need no Kafka, which takes its time to start.
        meanwhile.enter_context(stack.jobs({"indexes": indexes}))
        with _step(3, f"Apache Kafka on port {kafka_ports[0]}"):
            if not given("KAFKA_BOOTSTRAP_SERVERS"):
                stack.start_kafka(*kafka_ports)
        with _step(4, "Topics and indexes"):
            with stack.jobs({"topics": topics}):
                pass
            meanwhile.close()
    with _step(5, "Services: " + ", ".join(service.name for service in wanted)):
        stack.start_services([(service, environments[service.name]) for service in wanted])
    print(f"[{_STEPS}/{_STEPS}] Ready after {time.monotonic() - began:.1f} s", flush=True)
    _invite(wanted, issuer)


def _claim_all(wanted: list[Service], mongo_port: int, kafka_ports: tuple[int, int]) -> None:
    """Find out before anything runs that a port is taken, or asked for twice."""
    asked = [(service.port, service.name, service.setting) for service in wanted]
    if not given("MONGO_URL"):
        asked.append((mongo_port, "mongod", "LIENGIA_PORT_MONGO"))
    if not given("KAFKA_BOOTSTRAP_SERVERS"):
        asked.append((kafka_ports[0], "Kafka", "LIENGIA_PORT_KAFKA"))
        asked.append((kafka_ports[1], "Kafka's controller", "LIENGIA_PORT_KAFKA_CONTROLLER"))
    claim_all(asked)


def _mongo(stack: Stack, wanted: list[Service], port: int) -> dict[str, str]:
    """The URL of each service's own user; with MONGO_URL, that one for all."""
    if url := given("MONGO_URL"):
        return {service.name: url for service in wanted}
    running = stack.start_mongod(port)
    return {service.name: running.url_for(service.name) for service in wanted}


def _environments(
    wanted: list[Service], urls: dict[str, str], bootstrap: str, jwks_file: Path
) -> dict[str, dict[str, str]]:
    return {
        service.name: service.environment(
            mongo_url=urls[service.name],
            kafka=bootstrap,
            jwks_file=jwks_file,
            own=service_secrets(service.name, SECRETS),
        )
        for service in wanted
    }


def _invite(wanted: list[Service], issuer: Issuer) -> None:
    print()
    for service in wanted:
        print(f"  {service.name:14}{service.page}")
    print(f"  {'logs':14}{LOGS}/")
    print("\nA development token for every scope and area, good for 12 hours (make token prints another):\n")
    print(f"  {issuer.token(SCOPES, [EVERYWHERE])}\n")
    print("Ctrl-C stops everything. In another terminal: make demo", flush=True)


def _watch(stack: Stack) -> None:
    """Until a signal, a dead child, or the death of the make that started us."""
    parent = os.getppid()
    while True:
        stack.check()
        if "MAKELEVEL" in os.environ and os.getppid() != parent:
            raise Stopped
        time.sleep(_WATCH_EVERY)


@contextmanager
def _step(number: int, title: str) -> Iterator[None]:
    print(f"[{number}/{_STEPS}] {title}", flush=True)
    began = time.monotonic()
    yield
    print(f"      done in {time.monotonic() - began:.1f} s", flush=True)


if __name__ == "__main__":
    sys.exit(main())
