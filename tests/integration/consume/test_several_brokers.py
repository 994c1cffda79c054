"""Bootstrap servers are a list, as operators write it, of which some may be away."""

from deploy.local.kafka import RunningKafka
from deploy.local.ports import free_ports
from shared.consume import Facts
from tests.support.consume_probe import SEEN, message, row
from tests.support.consume_real import RealWorld
from tests.support.stack import FreshDatabase, GivenKafka
from tests.support.waiting import eventually


async def test_a_consumer_given_two_brokers_reads_although_one_is_away(
    kafka: RunningKafka | GivenKafka, fresh_database: FreshDatabase
) -> None:
    (nobody,) = free_ports(1)
    both = f"127.0.0.1:{nobody},{kafka.bootstrap}"
    world = await RealWorld(both, fresh_database.url, fresh_database.name).open()
    await world.start({SEEN: [Facts(world.facts, row)]})
    await world.publish([message("probe_a", 1)])

    async def stored() -> bool:
        return set(await world.rows()) == {"probe_a:1"}

    await eventually(stored, within=30)
    await world.close()
