"""What a clock says of itself, in Vietnamese and English, from its own values."""

import re
from datetime import datetime
from typing import Literal

from services.tips.tip.domain.rules import Calendar, ClockRule
from services.tips.tip.domain.state import Clock

Both = dict[str, str]
OfMediation = Literal["met", "goes_on", "resumed"]

_DUTY = {
    "report_up": ("báo cáo và phân loại tin báo", "report the tip up and classify it"),
    "handover": ("xác minh ban đầu và chuyển giao tin báo", "check the tip and hand it over"),
    "decide": ("ra quyết định giải quyết tin báo", "decide on the tip"),
    "reply": ("trả lời người báo tin", "answer the reporter"),
    "appeal_window": ("được đề nghị xem xét lại kết quả", "may contest the outcome"),
}
_OWNER = {
    "ward_police": ("Công an phường", "The ward police"),
    "investigation_agency": ("Cơ quan điều tra", "The investigation agency"),
    "reporter": ("Người báo tin", "The reporter"),
}
_STARTS = {
    "received": ("tiếp nhận tin", "the tip was received"),
    "outcome": ("có kết quả xử lý", "there was an outcome"),
    "reply": ("trả lời người báo tin", "the reporter was answered"),
}
_AGAIN = ("người báo tin đề nghị xem xét lại", "the reporter contested the outcome")
_UNITS = {
    "Y": ("năm", "year"),
    "MONTH": ("tháng", "month"),
    "W": ("tuần", "week"),
    "D": ("ngày", "day"),
    "H": ("giờ", "hour"),
    "M": ("phút", "minute"),
    "S": ("giây", "second"),
}
_DAYS = (
    ("thứ Hai", "Monday"),
    ("thứ Ba", "Tuesday"),
    ("thứ Tư", "Wednesday"),
    ("thứ Năm", "Thursday"),
    ("thứ Sáu", "Friday"),
    ("thứ Bảy", "Saturday"),
    ("Chủ nhật", "Sunday"),
)
_GROUND = {
    "complex": ("vụ việc phức tạp", "a complex matter"),
    "procuracy": ("Viện kiểm sát gia hạn", "extended by the procuracy"),
}

_MEDIATION = {
    "met": (
        "Việc chuyển sang hòa giải ở cơ sở được tính là đã chuyển giao.",
        "Referring it to mediation counts as handing it over.",
    ),
    "goes_on": (
        "Thời hạn này vẫn tiếp tục trong khi hòa giải.",
        "This clock goes on during mediation.",
    ),
    "resumed": (
        "Hòa giải cho biết vụ việc ngoài phạm vi, nên lần chuyển sang hòa giải không được tính "
        "và thời hạn tiếp tục như ban đầu.",
        "Mediation found the matter out of its scope, so the referral does not count "
        "and the clock goes on as it began.",
    ),
}


def duty(clock: str) -> Both:
    """What must be done within a clock, without by whom and by when."""
    vi, en = _pair(_DUTY, clock)
    return {"vi": vi, "en": en}


def why(clock: Clock, state: str, calendar: Calendar, of_mediation: OfMediation | None = None) -> Both:
    """`{vi, en}`: sentences that a resident and an officer can both check with a calendar on the wall."""
    sentences = [_base(clock, calendar), _counting(clock)]
    sentences += [
        (
            f"Gia hạn đến {extension.until:%d/%m/%Y}: {_pair(_GROUND, extension.ground)[0]}.",
            f"Extended to {extension.until:%d/%m/%Y}: {_pair(_GROUND, extension.ground)[1]}.",
        )
        for extension in clock.extensions
    ]
    if clock.unrolled != clock.due:
        sentences.append(_rolled(clock, calendar))
    if clock.provisional:
        sentences.append(
            (
                "Hạn này là tạm tính vì lịch nghỉ của năm đó chưa công bố.",
                "This deadline is provisional: the calendar of that year is not published yet.",
            )
        )
    if of_mediation is not None:
        sentences.append(_MEDIATION[of_mediation])
    sentences.append(_standing(clock, state, calendar))
    return {"vi": " ".join(pair[0] for pair in sentences), "en": " ".join(pair[1] for pair in sentences)}


def why_waiting(rule: ClockRule) -> Both:
    """The same for a clock that has not started."""
    begins = _STARTS[rule.starts]
    length = _length(rule.within, rule.working_days)
    return {
        "vi": f"Chưa bắt đầu: thời hạn {length[0]} tính từ khi {begins[0]}.",
        "en": f"Not started: {length[1]}, counted from when {begins[1]}.",
    }


def _base(clock: Clock, calendar: Calendar) -> tuple[str, str]:
    owner, duty = _pair(_OWNER, clock.owner), _pair(_DUTY, clock.name)
    again = clock.round > 1 and clock.starts == "received"
    begins = _AGAIN if again else _STARTS[clock.starts]
    length = _length(clock.within, clock.working_days)
    must = ("", "") if clock.owner == "reporter" else ("phải ", "must ")
    remote = (" (địa bàn xa)", " (remote area)") if clock.remote else ("", "")
    at = _moment(clock.started_at, calendar)
    return (
        f"{owner[0]} {must[0]}{duty[0]} trong {length[0]}{remote[0]} "
        f"kể từ khi {begins[0]} lúc {at} (quy tắc {clock.profile}).",
        f"{owner[1]} {must[1]}{duty[1]} within {length[1]}{remote[1]} "
        f"of {at}, when {begins[1]} (rule {clock.profile}).",
    )


def _counting(clock: Clock) -> tuple[str, str]:
    if "T" in clock.within and not clock.extensions:
        return ("Giờ tính liên tục, cả đêm và ngày nghỉ.", "Hours run on through nights and holidays.")
    return (
        "Không tính ngày bắt đầu; hạn kết thúc vào cuối ngày cuối cùng.",
        "The first day is not counted; the deadline is the end of the last day.",
    )


def _rolled(clock: Clock, calendar: Calendar) -> tuple[str, str]:
    last, moved = calendar.local(clock.unrolled), calendar.local(clock.due)
    was, now = _DAYS[last.weekday()], _DAYS[moved.weekday()]
    return (
        f"Ngày cuối {was[0]} {last:%d/%m/%Y} là ngày nghỉ nên hạn chuyển sang {now[0]} {moved:%d/%m/%Y}.",
        f"The last day, {was[1]} {last:%d/%m/%Y}, is not a working day, "
        f"so the deadline moved to {now[1]} {moved:%d/%m/%Y}.",
    )


def _standing(clock: Clock, state: str, calendar: Calendar) -> tuple[str, str]:
    due = _moment(clock.due, calendar)
    if clock.met_at is None:
        if state == "running":
            return (f"Hạn: {due}.", f"Due {due}.")
        if state == "met":
            return (f"Đã kết thúc lúc {due}.", f"It ended at {due}.")
        return (f"Đã quá hạn từ {due}.", f"Overdue since {due}.")
    met = _moment(clock.met_at, calendar)
    if state == "met":
        return (f"Đã thực hiện lúc {met}, trước hạn {due}.", f"Done at {met}, before it was due at {due}.")
    return (f"Thực hiện lúc {met}, trễ so với hạn {due}.", f"Done at {met}, late: it was due at {due}.")


def _length(within: str, working_days: bool) -> tuple[str, str]:
    dates, _, hours = within.removeprefix("P").partition("T")
    parts = [(count, "MONTH" if unit == "M" else unit) for count, unit in re.findall(r"(\d+)([A-Z])", dates)]
    parts += re.findall(r"(\d+)([A-Z])", hours)
    kind = (" làm việc", "working ") if working_days else ("", "")
    vi = " ".join(f"{count} {_UNITS[unit][0]}" for count, unit in parts) + kind[0]
    en = " ".join(f"{count} {kind[1]}{_UNITS[unit][1]}{'' if count == '1' else 's'}" for count, unit in parts)
    return vi, en


def _moment(moment: datetime, calendar: Calendar) -> str:
    return f"{calendar.local(moment):%H:%M %d/%m/%Y}"


def _pair(words: dict[str, tuple[str, str]], name: str) -> tuple[str, str]:
    """A profile may name a clock, owner or ground that has no wording yet: then its identifier is shown."""
    return words.get(name, (name, name))
