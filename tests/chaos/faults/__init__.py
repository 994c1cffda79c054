"""Every fault there is, by name, in the order in which they are played."""

from tests.chaos.faults.d1_kills import KILLS
from tests.chaos.outcome import Fault

FAULTS: dict[str, Fault] = {fault.name: fault for fault in (KILLS,)}
