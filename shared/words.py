"""Words for people, Vietnamese first: indicators, units, categories, qualifiers; numbers and times as each
language writes them.
"""

import re
from collections.abc import Mapping
from datetime import datetime
from typing import Final, Literal, Protocol
from zoneinfo import ZoneInfo

from babel.numbers import format_decimal

from shared.contracts.vocabulary import Qualifier

Language = Literal["vi", "en"]
Words = Mapping[str, tuple[str, str]]

QUALIFIERS: Final[Mapping[Qualifier, tuple[str, str]]] = {
    Qualifier.EXACT: ("{}", "{}"),
    Qualifier.MORE_THAN: ("trên {}", "over {}"),
    Qualifier.APPROX_BELOW: ("gần {}", "nearly {}"),
    Qualifier.APPROX: ("khoảng {}", "about {}"),
    Qualifier.ORDER_OF_MAGNITUDE: ("cỡ {}", "in the order of {}"),
}
MAGNITUDES: Final[Mapping[tuple[float, float], tuple[str, str]]] = {
    (10, 99): ("hàng chục", "tens of"),
    (100, 999): ("hàng trăm", "hundreds of"),
    (1_000, 9_999): ("hàng nghìn", "thousands of"),
    (10_000, 99_999): ("hàng vạn", "tens of thousands of"),
    (1_000_000, 9_999_999): ("hàng triệu", "millions of"),
}
UNITS: Final[Words] = {
    "agreement": ("thỏa thuận", "agreements"),
    "alert": ("cảnh báo", "alerts"),
    "attendance": ("lượt người", "attendances"),
    "boarding_house": ("nhà trọ", "boarding houses"),
    "broadcast": ("lượt tin bài", "broadcasts"),
    "case": ("vụ", "cases"),
    "company": ("công ty", "companies"),
    "criterion": ("tiêu chí", "criteria"),
    "deadline": ("thời hạn", "deadlines"),
    "document": ("tệp tài liệu", "documents"),
    "establishment": ("cơ sở", "establishments"),
    "group": ("tổ", "groups"),
    "hotspot": ("điểm, tụ điểm", "hotspots"),
    "household": ("hộ", "households"),
    "incident": ("sự việc", "incidents"),
    "kg": ("kg", "kg"),
    "leaflet": ("tờ rơi", "leaflets"),
    "model": ("mô hình", "models"),
    "percent": ("%", "%"),
    "person": ("người", "persons"),
    "point": ("điểm", "points"),
    "project": ("dự án", "projects"),
    "rating": ("lượt đánh giá", "ratings"),
    "residential_area": ("khu dân cư", "residential areas"),
    "session": ("buổi", "sessions"),
    "site": ("vị trí", "sites"),
    "tip": ("tin báo", "tips"),
    "unit": ("đơn vị", "units"),
    "university": ("trường đại học", "universities"),
    "year": ("năm", "years"),
}
INDICATORS: Final[Words] = {
    "tip.received": ("Tin báo đã tiếp nhận", "Tips received"),
    "incident.reported": ("Sự việc được báo (đã trừ tin trùng)", "Incidents reported (duplicates taken off)"),
    "tip.duplicate": ("Tin trùng", "Duplicate tips"),
    "tip.classified": ("Tin đã phân loại", "Tips classified"),
    "tip.resolved": ("Đã giải quyết", "Resolved"),
    "tip.handed_over": ("Đã chuyển giao", "Handed over"),
    "tip.unfounded": ("Không có căn cứ", "Unfounded"),
    "tip.out_of_scope": ("Ngoài phạm vi", "Out of scope"),
    "tip.referred": ("Đã chuyển hòa giải", "Referred to mediation"),
    "tip.replied": ("Đã trả lời người báo tin", "Reporter answered"),
    "tip.closed": ("Đã đóng", "Closed"),
    "tip.reopened": ("Mở lại theo khiếu nại", "Reopened on contest"),
    "deadline.warned": ("Sắp hết thời hạn", "Deadlines near"),
    "deadline.breached": ("Quá hạn", "Deadlines missed"),
    "tip.rated": ("Lượt đánh giá", "Ratings"),
    "rating.mean": ("Điểm đánh giá trung bình", "Mean rating"),
    "mediation.requested": ("Vụ đề nghị hòa giải", "Cases brought to mediation"),
    "mediation.started_in_time": ("Bắt đầu hòa giải đúng hạn", "Mediation started in time"),
    "mediation.started_late": ("Bắt đầu hòa giải trễ hạn", "Mediation started late"),
    "mediation.concluded": ("Vụ đã kết thúc", "Cases concluded"),
    "mediation.successful": ("Hòa giải thành", "Settled"),
    "mediation.ended": ("Không đạt thỏa thuận", "Ended without agreement"),
    "mediation.out_of_scope": ("Ngoài phạm vi hòa giải", "Outside mediation's scope"),
    "mediation.successful_share": ("Tỷ lệ hòa giải thành", "Share settled"),
    "mediation.agreements_performed": ("Đã thực hiện thỏa thuận", "Agreements performed"),
    "mediation.agreements_partly_performed": ("Thực hiện một phần thỏa thuận", "Agreements partly performed"),
    "mediation.agreements_breached": ("Vi phạm thỏa thuận", "Agreements breached"),
    "mediation.agreements_held_share": (
        "Tỷ lệ thỏa thuận được giữ sau 90 ngày",
        "Share of agreements that hold after 90 days",
    ),
    "alert.issued": ("Cảnh báo đã phát", "Alerts issued"),
    "alert.cancelled": ("Cảnh báo đã hủy", "Alerts cancelled"),
    "area.households": ("Số hộ", "Households"),
    "area.residents": ("Nhân khẩu", "Residents"),
    "area.temporary_residents": ("Người đăng ký tạm trú", "Temporary residents"),
    "area.temporary_residents_peak": ("Người tạm trú, lúc cao điểm", "Temporary residents, peak"),
    "area.karaoke_venues": ("Quán karaoke", "Karaoke venues"),
    "area.food_venues": ("Cơ sở kinh doanh ăn uống", "Food venues"),
    "area.pawnshops": ("Hiệu cầm đồ", "Pawnshops"),
    "area.companies": ("Công ty", "Companies"),
    "area.projects": ("Dự án", "Projects"),
    "area.lpg_sites": ("Cơ sở sản xuất, cung ứng khí hóa lỏng", "Liquefied gas sites"),
    "area.students": ("Sinh viên", "Students"),
    "area.conditional_businesses": ("Cơ sở kinh doanh có điều kiện", "Conditional businesses"),
    "area.boarding_houses": ("Nhà trọ", "Boarding houses"),
    "area.universities": ("Trường đại học", "Universities"),
    "area.hotspots": ("Điểm, tụ điểm phức tạp", "Hotspots"),
    "group.count": ("Tổ liên gia tự quản", "Household groups"),
    "group.member_households": ("Hộ tham gia tổ liên gia", "Member households"),
    "commitment.household_coverage_pct": ("Hộ ký cam kết", "Households that pledged"),
    "outreach.sessions": ("Buổi tuyên truyền", "Outreach sessions"),
    "outreach.participants": ("Lượt người dự tuyên truyền", "Outreach attendances"),
    "outreach.areas_reached": ("Khu dân cư được tuyên truyền", "Residential areas reached"),
    "outreach.leaflets": ("Tờ rơi", "Leaflets"),
    "outreach.documents": ("Tệp tài liệu", "Documents"),
    "outreach.loudspeaker_items": ("Tin bài trên loa truyền thanh", "Loudspeaker items"),
    "model.active": ("Mô hình đang hoạt động", "Active models"),
    "model.launched": ("Mô hình ra mắt", "Models launched"),
    "model.public_fire_points": ("Điểm chữa cháy công cộng", "Public fire points"),
    "case.criminal_solved": ("Vụ phạm pháp hình sự được khám phá", "Criminal cases solved"),
    "case.serious_solved": ("Trọng án được khám phá", "Serious cases solved"),
    "case.weapons": ("Vụ về vũ khí", "Weapons cases"),
    "case.fireworks": ("Vụ về pháo", "Fireworks cases"),
    "case.social_order": ("Vụ vi phạm trật tự xã hội", "Social order cases"),
    "case.social_order.delta_yoy": (
        "Vụ vi phạm trật tự xã hội, so năm trước",
        "Social order cases, on the year",
    ),
    "seizure.fireworks_kg": ("Pháo thu giữ", "Fireworks seized"),
    "period.length": ("Thời gian tổng kết", "Time covered"),
    "programme.pilot_units": ("Đơn vị thí điểm", "Pilot units"),
    "scorecard.criteria_total": ("Tiêu chí trong bộ tiêu chí", "Criteria in the set"),
    "tip.resolved_on_time_pct": ("Tin báo, tố giác được giải quyết kịp thời", "Tips resolved in time"),
    "service.online_filing_pct": ("Hồ sơ nộp trực tuyến", "Filed online"),
}
CATEGORIES: Final[Words] = {
    "theft_burglary": ("Trộm cắp, đột nhập", "Theft, burglary"),
    "robbery_snatching": ("Cướp, cướp giật", "Robbery, snatching"),
    "assault": ("Hành hung", "Assault"),
    "domestic_violence": ("Bạo lực gia đình", "Domestic violence"),
    "child_abuse": ("Xâm hại trẻ em", "Child abuse"),
    "fraud_online": ("Lừa đảo trên mạng", "Online fraud"),
    "fraud_offline": ("Lừa đảo trực tiếp", "Fraud in person"),
    "illegal_lending": ("Cho vay nặng lãi", "Illegal lending"),
    "drugs": ("Ma túy", "Drugs"),
    "gambling": ("Cờ bạc", "Gambling"),
    "weapons_fireworks": ("Vũ khí, pháo", "Weapons, fireworks"),
    "trafficking": ("Mua bán người", "Trafficking"),
    "fire_hazard": ("Nguy cơ cháy nổ", "Fire hazard"),
    "traffic_danger": ("Nguy hiểm giao thông", "Traffic danger"),
    "noise": ("Tiếng ồn", "Noise"),
    "vandalism": ("Phá hoại tài sản", "Vandalism"),
    "environmental_dumping": ("Đổ rác, xả thải trái phép", "Dumping"),
    "sidewalk_encroachment": ("Lấn chiếm vỉa hè", "Sidewalk encroachment"),
    "workplace_accident": ("Tai nạn lao động", "Workplace accident"),
    "missing_person": ("Người mất tích", "Missing person"),
    "lost_found": ("Mất, nhặt được đồ", "Lost and found"),
    "infrastructure_hazard": ("Hạ tầng mất an toàn", "Infrastructure hazard"),
    "neighbour_dispute": ("Mâu thuẫn láng giềng", "Neighbour dispute"),
    "officer_misconduct": ("Cán bộ vi phạm", "Officer misconduct"),
    "other_incident": ("Sự việc khác", "Other incident"),
}
_PLACE: Final = {"vi": 0, "en": 1}


class Quantity(Protocol):
    """A reported figure. `low` and `high` bound an order of magnitude, both included."""

    @property
    def value(self) -> float | int | None: ...
    @property
    def unit(self) -> str: ...
    @property
    def qualifier(self) -> Qualifier: ...
    @property
    def low(self) -> float | int | None: ...
    @property
    def high(self) -> float | int | None: ...


def word(words: Words, name: str, language: Language) -> str:
    """The word for `name`; a name we have no word for is shown as it is."""
    return words[name][_PLACE[language]] if name in words else name


def number(value: float | int, language: Language) -> str:
    """15000 is 15.000 in Vietnamese and 15,000 in English; a decimal comma and a decimal point likewise."""
    return format_decimal(value, locale=language)


def qualified(value: float | int, qualifier: Qualifier, language: Language) -> str:
    """A number with its qualifier: `trên 15.000`."""
    return QUALIFIERS[qualifier][_PLACE[language]].format(number(value, language))


def quantity(figure: Quantity, language: Language) -> str:
    """A reported figure with its qualifier, never without: `trên 15.000 lượt người`, `hàng trăm tin báo
    (100–999)`.
    """
    unit = word(UNITS, figure.unit, language)
    space = "" if unit == "%" else " "
    if figure.value is not None:
        return f"{qualified(figure.value, figure.qualifier, language)}{space}{unit}"
    if figure.low is None or figure.high is None:
        return "—"
    bounds = f"{number(figure.low, language)}–{number(figure.high, language)}"
    if (figure.low, figure.high) in MAGNITUDES:
        return f"{MAGNITUDES[figure.low, figure.high][_PLACE[language]]} {unit} ({bounds})"
    return f"{bounds} {unit}"


def moment_in_words(at: datetime, language: Language, zone: ZoneInfo) -> str:
    """21:00 ngày 14/09/2026, 21:00 on 2026-09-14."""
    return at.astimezone(zone).strftime("%H:%M ngày %d/%m/%Y" if language == "vi" else "%H:%M on %Y-%m-%d")


def period_in_words(text: str, language: Language) -> str:
    """`2013-01-01/2023-08-11` as 01/01/2013 – 11/08/2023; calendar periods in words."""
    if "/" in text:
        start, end = (_day(part, language) for part in text.split("/"))
        return start if start == end else f"{start} – {end}"
    year, _, rest = text.partition("-")
    if not rest:
        return f"năm {year}" if language == "vi" else year
    if quarter := re.fullmatch(r"Q(\d)", rest):
        return f"quý {quarter[1]} năm {year}" if language == "vi" else f"quarter {quarter[1]} of {year}"
    if week := re.fullmatch(r"W(\d+)", rest):
        return f"tuần {int(week[1])} năm {year}" if language == "vi" else f"week {int(week[1])} of {year}"
    return f"tháng {int(rest)} năm {year}" if language == "vi" else text


def _day(text: str, language: Language) -> str:
    year, month, day = text.split("-")
    return f"{day}/{month}/{year}" if language == "vi" else text
