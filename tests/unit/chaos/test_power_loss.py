"""What strace tells is read as it is written, and an answer without its sync is found."""

from tests.chaos.faults.power_loss import syncs, unsynced

TRACE = """\
100.500000 fdatasync(18</data/journal/WiredTigerLog.0000000001>) = 0 <0.002000>
101.000000 fsync(19</data/WiredTiger.turtle>) = 0 <0.001000>
102.500000 fdatasync(18</data/journal/WiredTigerLog.0000000001>) = -1 EIO (Input/output error) <0.001000>
103.500000 fdatasync(18</data/journal/WiredTigerLog.0000000001>) = 0 <0.900000>
"""


def test_an_answer_counts_only_after_a_sync_of_the_journal_that_succeeded_in_time() -> None:
    seen = syncs(TRACE)
    assert [round(ended - began, 3) for began, ended, _ in seen] == [0.002, 0.001, 0.9]
    synced, other_file, failed, too_late = (100.4, 100.6), (100.9, 101.1), (102.4, 102.6), (103.4, 104.0)
    assert unsynced([synced, other_file, failed, too_late], seen) == [other_file, failed, too_late]
