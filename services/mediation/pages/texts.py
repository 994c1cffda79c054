"""The fixed sentences of the board, and words for what stands on it."""

from collections.abc import Mapping
from typing import Final

from shared.words import Language, Words

TEXTS: Final[Mapping[Language, Mapping[str, str]]] = {
    "vi": {
        "title": "Bảng việc hòa giải",
        "sign_in": "Dành cho tổ trưởng tổ hòa giải",
        "open": "Mở bảng",
        "needs_script": "Bảng này cần bật JavaScript, vì chỉ mở bằng mã truy cập.",
        "area_help": "Ví dụ 99/99001/tdp-2; để trống là mọi địa bàn của bạn",
        "show": "Lọc",
        "refresh": "Làm mới",
        "nobody": "Trên bảng không có tên hay lời của ai: có thể để ở nơi đông người.",
        "as_of": "Tính đến",
        "open_cases": "Việc đang mở",
        "overdue": "Quá hạn",
        "without_mediator": "Chưa có hòa giải viên",
        "requested": "Nhận lúc",
        "where": "Địa bàn",
        "due": "Hạn",
        "no_deadline": "Chưa có hạn",
        "actions": "Việc có thể làm tiếp",
        "nothing": "Không có việc nào đang mở.",
        "more": "Chỉ hiện những việc mới nhất. Hãy lọc theo địa bàn để thấy phần còn lại.",
        "say_422": "Mã địa bàn chưa đúng dạng.",
        "say_away": "Chưa lấy được bảng mới, sẽ thử lại. Bảng dưới đây có thể đã cũ.",
    },
    "en": {
        "title": "Mediation board",
        "sign_in": "For the head of a mediation team",
        "open": "Open the board",
        "needs_script": "The board needs JavaScript, since it opens with a token only.",
        "area_help": "Such as 99/99001/tdp-2; left empty it is all your areas",
        "show": "Filter",
        "refresh": "Refresh",
        "nobody": "Nobody's name or words stand on the board: it may hang where people come and go.",
        "as_of": "As of",
        "open_cases": "Open cases",
        "overdue": "Overdue",
        "without_mediator": "No mediator yet",
        "requested": "Came in",
        "where": "Area",
        "due": "Due",
        "no_deadline": "No deadline yet",
        "actions": "What may be done next",
        "nothing": "No case is open.",
        "more": "Only the newest cases are shown. Filter by area to see the rest.",
        "say_422": "The area key is not in the right form.",
        "say_away": "The board could not be fetched; trying again. What stands below may be old.",
    },
}
STATES: Final[Words] = {
    "requested": ("Mới nhận, cần xét phạm vi", "New: look at the scope"),
    "awaiting_advice": ("Đang xin ý kiến về phạm vi", "Waiting for advice on the scope"),
    "consent_pending": ("Đang hỏi ý kiến các bên", "Asking the parties"),
    "accepted": ("Các bên đã đồng ý, cần phân công", "Agreed: name a mediator"),
    "assigned": ("Đã phân công, chờ buổi đầu", "Assigned: hold the first session"),
    "in_session": ("Đang hòa giải", "Talks under way"),
    "following_up": ("Theo dõi thực hiện thỏa thuận", "Following up the agreement"),
}
DEADLINES: Final[Words] = {
    "start": ("Bắt đầu hòa giải", "Start the talks"),
    "answer": ("Chờ trả lời", "Wait for the answer"),
    "follow_up": ("Đôn đốc thỏa thuận", "Look at the agreement"),
}
ACTIONS: Final[Words] = {
    "scope-check": ("Xét phạm vi", "Check the scope"),
    "parties": ("Thêm bên", "Add a party"),
    "attempts": ("Ghi lần liên hệ", "Note an attempt"),
    "consents": ("Ghi ý kiến của bên", "Note a party's answer"),
    "assignments": ("Phân công", "Assign"),
    "objections": ("Ghi đề nghị thay người", "Note an objection"),
    "sessions": ("Ghi buổi hòa giải", "Record a session"),
    "outcome": ("Ghi kết quả", "Record the outcome"),
    "withdraw": ("Rút yêu cầu", "Withdraw"),
    "follow-ups": ("Ghi lần đôn đốc", "Record a follow-up"),
}
