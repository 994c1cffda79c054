"""Every fault there is, by name, in the order in which they are played."""

from tests.chaos.faults.d1_kills import KILLS
from tests.chaos.faults.d2_primary import PRIMARY
from tests.chaos.faults.d3_wiped import WIPED
from tests.chaos.faults.d4_poison import POISON
from tests.chaos.faults.d5_slow_consumer import SLOW
from tests.chaos.faults.d6_clocks import CLOCKS
from tests.chaos.faults.d7_disk import DISK
from tests.chaos.faults.d8_links import LINKS
from tests.chaos.faults.d9_rolling import ROLLING
from tests.chaos.faults.d10_backup import BACKUP
from tests.chaos.faults.power_loss import POWER
from tests.chaos.outcome import Fault

_ALL = (KILLS, PRIMARY, WIPED, POISON, SLOW, CLOCKS, DISK, LINKS, ROLLING, BACKUP, POWER)
FAULTS: dict[str, Fault] = {fault.name: fault for fault in _ALL}
