"""A system whose services speak to MongoDB and to Kafka over links that may be broken."""

from pathlib import Path
from urllib.parse import urlsplit, urlunsplit

from deploy.local.kafka import Door
from deploy.local.ports import HOST, free_ports
from tests.support.links import Link, Links
from tests.support.system import SERVICES, System


class LinkedSystem(System):
    """`mongo_links`: one of each service to the database; `kafka_link`: the one of all to the broker. Whoever
    looks from outside goes straight to both."""

    def __init__(self, folder: Path) -> None:
        self.links = Links()
        (door,) = free_ports(1)
        self.kafka_link = self.links.link(door)
        self.mongo_links: dict[str, Link] = {}
        super().__init__(folder, doors=[Door(door, self.kafka_link.port)])
        self.mongo_links = {name: self.links.link(self.mongo.port) for name in SERVICES}

    def environment(self, name: str, port: int) -> dict[str, str]:
        given = super().environment(name, port)
        linked = given["MONGO_URL"].replace(f"{HOST}:{self.mongo.port}", self._host(self.mongo_links[name]))
        return {
            **given,
            # Else the driver asks the member for the set's addresses and goes round the link.
            "MONGO_URL": _direct(linked),
            "KAFKA_BOOTSTRAP_SERVERS": self._host(self.kafka_link),
        }

    def heal(self) -> None:
        for link in (self.kafka_link, *self.mongo_links.values()):
            self.links.turn(link, "pass")
        super().heal()

    def stop(self) -> None:
        super().stop()
        self.links.close()

    def _host(self, link: Link) -> str:
        return f"{HOST}:{link.port}"


def _direct(url: str) -> str:
    parts = urlsplit(url)
    options = [one for one in parts.query.split("&") if not one.startswith("replicaSet=")]
    return urlunsplit(parts._replace(query="&".join([*options, "directConnection=true"])))
