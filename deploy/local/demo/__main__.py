"""`python -m deploy.local.demo` (make demo): play the story into the system that make up started."""

import sys
from datetime import datetime
from zoneinfo import ZoneInfo

from deploy.local.demo import statistics
from deploy.local.demo.doors import AREA, Doors
from deploy.local.demo.story import Story
from deploy.local.demo.watcher import Watcher
from deploy.local.failure import CannotStart


def main() -> None:
    now = datetime.now(ZoneInfo("Asia/Ho_Chi_Minh"))
    doors = Doors()
    Story(doors, Watcher(doors, now.date()), now).play()
    statistics.load(doors)
    tips, analytics = doors.services["tips"].url, doors.services["analytics"].url
    print("\nWorth opening:")
    print(f"  {analytics}/                        the dashboard, live")
    print(f"  {analytics}/statistics              attested figures with quote and qualifier")
    print(f"  {analytics}/indicators?area={AREA}  the ward's figures (needs a token: make token)")
    print(f"  {tips}/docs                         every call of tips")
    print(f"  {tips}/asyncapi.json                every event")


if __name__ == "__main__":
    try:
        main()
    except CannotStart as failure:
        sys.exit(str(failure))
