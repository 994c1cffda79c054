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
    print(f"  {at['analytics']}/                        the dashboard, live")
    print(f"  {at['analytics']}/statistics              attested figures with quote and qualifier")
    print(f"  {at['analytics']}/indicators?area={AREA}  the ward's figures (needs a token: make token)")
    print(f"  {at['notifications']}/alerts?current=true what the public is warned of now")
    print(f"  {at['tips']}/docs                         every call of tips; each service has such a page")
    print(f"  {at['tips']}/asyncapi.json                every event")


if __name__ == "__main__":
    try:
        main()
    except CannotStart as failure:
        sys.exit(str(failure))
