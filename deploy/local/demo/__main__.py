"""`python -m deploy.local.demo` (make demo): play the stories into the system that make up started."""

import sys
from datetime import datetime
from zoneinfo import ZoneInfo

from deploy.local.demo import alert, statistics
from deploy.local.demo.burglary import Burglary
from deploy.local.demo.dispute import Dispute
from deploy.local.demo.doors import AREA, Doors
from deploy.local.demo.portal import portal
from deploy.local.demo.talks import Talks
from deploy.local.demo.watcher import Watcher
from deploy.local.failure import CannotStart

_WORTH_OPENING = (
    ("tips", "/report", "where residents report, and /track where they follow it"),
    ("tips", "/ledger", "the proof that no report was hidden"),
    ("analytics", "/", "the dashboard, live"),
    ("analytics", "/statistics", "attested figures with quote and qualifier"),
    ("analytics", f"/indicators?area={AREA}", "the ward's figures (needs a token: make token)"),
    ("mediation", "/board", "open cases of mediation (needs a token, too)"),
    ("notifications", "/bulletin", "what everybody may read: alerts and attested figures"),
    ("notifications", "/feeds/public.json", "the same for feed readers"),
    ("tips", "/docs", "every call of tips; each service has such a page"),
    ("tips", "/asyncapi.json", "every event"),
)


def main() -> None:
    now = datetime.now(ZoneInfo("Asia/Ho_Chi_Minh"))
    doors = Doors()
    watcher = Watcher(doors, now.date())
    Burglary(doors, watcher, now).play()
    with portal(doors) as city:
        dispute = Dispute(doors, watcher, now)
        join_code = dispute.play_until_referred()
        Talks(doors, watcher, now).play(dispute.tip_id, join_code)
        dispute.the_reporter_reads_the_answer()
        alert.play(doors, watcher, now)
        city.show_what_arrived()
    statistics.load(doors)
    at = {name: service.url for name, service in doors.services.items()}
    print("\nWorth opening:")
    for service, path, what in _WORTH_OPENING:
        print(f"  {at[service] + path:<49} {what}")


if __name__ == "__main__":
    try:
        main()
    except CannotStart as failure:
        sys.exit(str(failure))
