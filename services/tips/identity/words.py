"""What a reporter is told of why their identity was opened: Vietnamese first, then English."""

from services.tips.tip.domain.state import LegalBasis
from shared.contracts.vocabulary import AccessPurpose

PURPOSE: dict[AccessPurpose, tuple[str, str]] = {
    AccessPurpose.CONTACT_REPORTER: ("để liên lạc với bạn", "to get in touch with you"),
    AccessPurpose.PROTECT_REPORTER: ("để bảo vệ bạn", "to protect you"),
    AccessPurpose.INVESTIGATION: ("để điều tra vụ việc", "to investigate the matter"),
    AccessPurpose.COURT_ORDER: ("theo yêu cầu của tòa án", "because a court ordered it"),
    AccessPurpose.OTHER: ("vì lý do khác, đã ghi vào hồ sơ", "for another reason, which is on file"),
}

LEGAL_BASIS: dict[LegalBasis, tuple[str, str]] = {
    LegalBasis.REPORTER_CONSENT: ("bạn đã đồng ý", "you agreed"),
    LegalBasis.PROTECTION_OF_LIFE: ("bảo vệ tính mạng, sức khỏe", "protection of life and health"),
    LegalBasis.CRIMINAL_PROCEDURE: ("pháp luật tố tụng hình sự", "criminal procedure law"),
    LegalBasis.DENUNCIATION_LAW: ("Luật Tố cáo", "the Law on Denunciation"),
    LegalBasis.COURT_ORDER: ("quyết định của tòa án", "an order of a court"),
}


def told(purpose: AccessPurpose, basis: LegalBasis) -> dict[str, str]:
    """`{vi, en}`: that two officers opened it, what for, and on what basis."""
    (for_vi, for_en), (on_vi, on_en) = PURPOSE[purpose], LEGAL_BASIS[basis]
    return {
        "vi": f"Danh tính của bạn đã được một cán bộ xem {for_vi}, với sự chấp thuận của cán bộ thứ hai. "
        f"Căn cứ: {on_vi}.",
        "en": f"An officer saw who you are {for_en}, with the approval of a second officer. Basis: {on_en}.",
    }
