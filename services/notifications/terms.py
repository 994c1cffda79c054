"""Words for the codes in an event's data, by the name of the field, Vietnamese first."""

from collections.abc import Mapping
from typing import Final

from shared.dispute_words import DISPUTE_TYPES
from shared.words import Words

TERMS: Final[Mapping[str, Words]] = {
    "classification": {
        "crime_report": ("tố giác tội phạm", "a crime report"),
        "admin_violation": ("vi phạm hành chính", "an administrative violation"),
        "dispute": ("mâu thuẫn", "a dispute"),
        "emergency": ("việc khẩn cấp", "an emergency"),
        "information": ("thông tin", "information"),
    },
    "dispute_type": DISPUTE_TYPES,
    "clock": {
        "report_up": ("báo cáo lên cấp trên", "Reporting up"),
        "handover": ("chuyển giao", "Handing over"),
        "decide": ("quyết định", "The decision"),
        "reply": ("trả lời người báo tin", "The reply to the reporter"),
        "appeal": ("khiếu nại", "The appeal window"),
    },
    "outcome": {
        "successful": ("thành công", "successful"),
        "ended": ("không thành", "without agreement"),
        "out_of_scope": ("ngoài phạm vi", "out of scope"),
    },
    "severity": {
        "extreme": ("đặc biệt nghiêm trọng", "extreme"),
        "severe": ("nghiêm trọng", "severe"),
        "moderate": ("mức vừa", "moderate"),
        "minor": ("mức nhẹ", "minor"),
        "unknown": ("chưa rõ mức độ", "of unknown severity"),
    },
    "urgency": {
        "immediate": ("cần hành động ngay", "act now"),
        "expected": ("cần hành động sớm", "act soon"),
        "future": ("sắp tới", "in the near future"),
        "past": ("đã qua", "past"),
        "unknown": ("chưa rõ thời điểm", "at an unknown time"),
    },
}
