"""The sentences that every page has. Those named `say_…` are for scripts: see `sign_in.html`."""

from collections.abc import Mapping
from typing import Final

from shared.words import Language

COMMON: Final[Mapping[Language, Mapping[str, str]]] = {
    "vi": {
        "skip": "Đến nội dung chính",
        "emergency": "Đây không phải đường dây khẩn cấp. Việc khẩn cấp hãy gọi",
        "police": "công an",
        "fire": "cứu hỏa",
        "ambulance": "cấp cứu",
        "other_language": "English",
        "about": "Liên Gia: phần mềm nguồn mở cho an ninh, trật tự ở khu dân cư.",
        "for_developers": "Tài liệu API",
        "area": "Mã địa bàn",
        "area_form": "Mã như 99, 99/99001 hoặc 99/99001/tdp-2",
        "token": "Mã truy cập",
        "token_help": "Mã chỉ được giữ trong thẻ trình duyệt này và mất khi đóng thẻ.",
        "sign_out": "Đăng xuất",
        "say_401": "Mã truy cập không đúng hoặc đã hết hạn.",
        "say_403": "Mã này không được xem địa bàn đó.",
        "say_422": "Có mục chưa đúng dạng.",
        "say_away": "Chưa lấy được dữ liệu, sẽ thử lại.",
    },
    "en": {
        "skip": "Skip to the main content",
        "emergency": "This is not an emergency line. In an emergency call",
        "police": "police",
        "fire": "fire",
        "ambulance": "ambulance",
        "other_language": "Tiếng Việt",
        "about": "Liên Gia: open-source software for neighbourhood safety.",
        "for_developers": "API documentation",
        "area": "Area key",
        "area_form": "A key such as 99, 99/99001 or 99/99001/tdp-2",
        "token": "Access token",
        "token_help": "It is kept in this browser tab only and lost when the tab is closed.",
        "sign_out": "Sign out",
        "say_401": "The token is wrong or has expired.",
        "say_403": "This token may not see that area.",
        "say_422": "Something is not in the right form.",
        "say_away": "Nothing could be fetched; trying again.",
    },
}
