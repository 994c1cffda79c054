"""What messages say: one sentence per event type, made of the event's data alone."""

from typing import Final

from shared.words import Words

# Event type without `liengia.` and `.v1`. Names in braces are fields that `usecases.telling` fills.
SENTENCES: Final[Words] = {
    "tip.received": ("Tin báo mới: {category}, địa bàn {area}.", "New tip: {category}, area {area}."),
    "tip.classified": (
        "Tin báo đã được phân loại là {classification}: {category}, địa bàn {area}.",
        "A tip was classified as {classification}: {category}, area {area}.",
    ),
    "tip.declined": (
        "Tin báo ngoài phạm vi: {category}, địa bàn {area}.",
        "A tip is out of scope: {category}, area {area}.",
    ),
    "tip.assigned": (
        "Tin báo đã được giao xử lý: {category}, địa bàn {area}.",
        "A tip was assigned: {category}, area {area}.",
    ),
    "tip.attended": (
        "Lực lượng đã đến hiện trường: {category}, địa bàn {area}.",
        "Somebody reached the scene: {category}, area {area}.",
    ),
    "tip.referred_to_mediation": (
        "Tin báo đã chuyển hòa giải: {dispute_type}, địa bàn {area}.",
        "A tip was referred to mediation: {dispute_type}, area {area}.",
    ),
    "tip.returned": (
        "Tin báo trở lại từ hòa giải: {category}, địa bàn {area}.",
        "A tip came back from mediation: {category}, area {area}.",
    ),
    "tip.handed_over": (
        "Tin báo đã chuyển giao: {category}, địa bàn {area}.",
        "A tip was handed over: {category}, area {area}.",
    ),
    "tip.resolved": (
        "Tin báo đã giải quyết: {category}, địa bàn {area}.",
        "A tip was resolved: {category}, area {area}.",
    ),
    "tip.found_unfounded": (
        "Tin báo không có căn cứ: {category}, địa bàn {area}.",
        "A tip was found unfounded: {category}, area {area}.",
    ),
    "tip.replied": (
        "Người báo tin đã được trả lời: {category}, địa bàn {area}.",
        "The reporter was answered: {category}, area {area}.",
    ),
    "tip.closed": (
        "Tin báo đã đóng: {category}, địa bàn {area}.",
        "A tip was closed: {category}, area {area}.",
    ),
    "tip.rated": (
        "Người báo tin đánh giá {rating}/5: {category}, địa bàn {area}.",
        "The reporter rated {rating} of 5: {category}, area {area}.",
    ),
    "tip.handover_result": (
        "Đã có kết quả từ cơ quan nhận chuyển giao: {category}, địa bàn {area}.",
        "The authority gave its result: {category}, area {area}.",
    ),
    "tip.reopened": (
        "Tin báo được mở lại theo khiếu nại: {category}, địa bàn {area}.",
        "A tip was reopened on contest: {category}, area {area}.",
    ),
    "tip.message_posted": (
        "Có tin nhắn mới trong hộp thư của một tin báo: {category}, địa bàn {area}.",
        "There is a new message in a tip's mailbox: {category}, area {area}.",
    ),
    "tip.information_added": (
        "Tin báo có thêm tài liệu: {category}, địa bàn {area}.",
        "Evidence was added to a tip: {category}, area {area}.",
    ),
    "tip.duplicate_linked": (
        "Hai tin báo trùng đã được nối: {category}, địa bàn {area}.",
        "A tip was linked as a duplicate: {category}, area {area}.",
    ),
    "tip.duplicate_unlinked": (
        "Đã bỏ nối tin trùng: {category}, địa bàn {area}.",
        "A duplicate link was removed: {category}, area {area}.",
    ),
    "tip.deadline_extended": (
        "Đã gia hạn {clock} đến {due}: {category}, địa bàn {area}.",
        "{clock} was extended to {due}: {category}, area {area}.",
    ),
    "tip.deadline_warning": (
        "Sắp hết hạn {clock}, hạn {due}: {category}, địa bàn {area}.",
        "{clock} is nearly due, at {due}: {category}, area {area}.",
    ),
    "tip.deadline_breached": (
        "Quá hạn {clock}, hạn {due}: {category}, địa bàn {area}.",
        "{clock} is overdue since {due}: {category}, area {area}.",
    ),
    "tip.erased": (
        "Nội dung một tin báo đã được xóa theo quy định: {category}, địa bàn {area}.",
        "A tip's content was erased: {category}, area {area}.",
    ),
    "identity.accessed": (
        "Danh tính người báo tin đã được hai cán bộ mở: {category}, địa bàn {area}.",
        "Two officers opened a reporter's identity: {category}, area {area}.",
    ),
    "mediation.requested": (
        "Yêu cầu hòa giải mới: {dispute_type}, địa bàn {area}.",
        "New mediation case: {dispute_type}, area {area}.",
    ),
    "mediation.scope_decided": (
        "Đã xét phạm vi hòa giải: {dispute_type}, địa bàn {area}.",
        "The scope of a mediation was decided: {dispute_type}, area {area}.",
    ),
    "mediation.accepted": (
        "Các bên đã đồng ý hòa giải: {dispute_type}, địa bàn {area}.",
        "All parties agreed to mediation: {dispute_type}, area {area}.",
    ),
    "mediation.assigned": (
        "Đã phân công hòa giải viên: {dispute_type}, địa bàn {area}.",
        "A mediator was named: {dispute_type}, area {area}.",
    ),
    "mediation.session_held": (
        "Đã hòa giải buổi thứ {session}: {dispute_type}, địa bàn {area}.",
        "Mediation session {session} was held: {dispute_type}, area {area}.",
    ),
    "mediation.concluded": (
        "Việc hòa giải kết thúc, {outcome}: {dispute_type}, địa bàn {area}.",
        "A mediation ended, {outcome}: {dispute_type}, area {area}.",
    ),
    "mediation.followup_due": (
        "Đến hạn đôn đốc lần {follow_up}, hạn {due}: {dispute_type}, địa bàn {area}.",
        "Follow-up {follow_up} is due at {due}: {dispute_type}, area {area}.",
    ),
    "mediation.agreement_performed": (
        "Thỏa thuận đã được thực hiện: {dispute_type}, địa bàn {area}.",
        "An agreement was performed: {dispute_type}, area {area}.",
    ),
    "mediation.agreement_partly_performed": (
        "Thỏa thuận được thực hiện một phần: {dispute_type}, địa bàn {area}.",
        "An agreement was partly performed: {dispute_type}, area {area}.",
    ),
    "mediation.agreement_breached": (
        "Thỏa thuận không được thực hiện: {dispute_type}, địa bàn {area}.",
        "An agreement was breached: {dispute_type}, area {area}.",
    ),
    "mediation.closed": (
        "Vụ hòa giải đã khép lại: {dispute_type}, địa bàn {area}.",
        "A mediation case was closed: {dispute_type}, area {area}.",
    ),
    "mediation.rated": (
        "Việc hòa giải được đánh giá {rating}/5: {dispute_type}, địa bàn {area}.",
        "A mediation was rated {rating} of 5: {dispute_type}, area {area}.",
    ),
    "mediation.erased": (
        "Nội dung một vụ hòa giải đã được xóa theo quy định, địa bàn {area}.",
        "The content of a mediation was erased, area {area}.",
    ),
    "campaign.approved": ("Chiến dịch mới, địa bàn {area}.", "A campaign was approved, area {area}."),
    "campaign.completed": (
        "Chiến dịch đã gửi xong cho {delivered}/{targeted} người nhận, địa bàn {area}.",
        "A campaign reached {delivered} of {targeted} recipients, area {area}.",
    ),
    "alert.issued": (
        "CẢNH BÁO {severity}, {urgency}: {hazard}, địa bàn {areas}, có hiệu lực đến {due}.",
        "ALERT, {severity}, {urgency}: {hazard}, area {areas}, in force until {due}.",
    ),
    "alert.updated": (
        "CẬP NHẬT CẢNH BÁO {severity}, {urgency}: {hazard}, địa bàn {areas}, có hiệu lực đến {due}.",
        "ALERT UPDATED, {severity}, {urgency}: {hazard}, area {areas}, in force until {due}.",
    ),
    "alert.cancelled": (
        "HỦY CẢNH BÁO: {hazard}, địa bàn {areas}.",
        "ALERT CANCELLED: {hazard}, area {areas}.",
    ),
    "delivery.batch_completed": (
        "Đã gửi {delivered}/{targeted} tin, địa bàn {area}.",
        "{delivered} of {targeted} notices were delivered, area {area}.",
    ),
    "delivery.failed": (
        "Một tin không gửi được, địa bàn {area}.",
        "A notice could not be delivered, area {area}.",
    ),
    "outreach.session_recorded": (
        "Đã có buổi tuyên truyền, địa bàn {area}.",
        "An outreach session was held, area {area}.",
    ),
    "pledge.recorded": ("Đã ghi nhận ký cam kết, địa bàn {area}.", "Pledges were recorded, area {area}."),
    "dialogue.held": (
        "Buổi lắng nghe ý kiến: {issues} vấn đề, {answered} đã trả lời, địa bàn {area}.",
        "Public dialogue: {issues} issues, {answered} answered, area {area}.",
    ),
    "patrol.recorded": ("Đã có buổi tuần tra, địa bàn {area}.", "A patrol was recorded, area {area}."),
    "group.meeting_held": (
        "Tổ liên gia đã họp, địa bàn {area}.",
        "A household group held a meeting, area {area}.",
    ),
    "model.launched": ("Mô hình mới ra mắt, địa bàn {area}.", "A community model was launched, area {area}."),
    "model.asset_added": (
        "Mô hình có thêm {quantity} thiết bị, địa bàn {area}.",
        "A community model has {quantity} more assets, area {area}.",
    ),
    "statistic.reported": (
        "Số liệu được công bố: {indicator}: {quantity_in_words}, {period}, địa bàn {area}.",
        "Figure reported: {indicator}: {quantity_in_words}, {period}, area {area}.",
    ),
    "trend.detected": (
        "Xu hướng tăng: {category}, {observed} sự việc trong {window_days} ngày, địa bàn {area}.",
        "Rising trend: {category}, {observed} incidents in {window_days} days, area {area}.",
    ),
    "hotspot.detected": (
        "Tụ điểm: {category}, {observed} sự việc trong {window_days} ngày, địa bàn {area}.",
        "Hotspot: {category}, {observed} incidents in {window_days} days, area {area}.",
    ),
    "group.inactive": (
        "Một tổ liên gia {days} ngày chưa họp và có thể cần hỗ trợ, địa bàn {area}.",
        "A household group has not met for {days} days and may need support, area {area}.",
    ),
    "plan.task_due": (
        "Việc trong chương trình phối hợp đến hạn ngày {due}, địa bàn {area}.",
        "A task of a coordination plan is due on {due}, area {area}.",
    ),
    "plan.task_overdue": (
        "Việc trong chương trình phối hợp quá hạn từ ngày {due}, địa bàn {area}.",
        "A task of a coordination plan is overdue since {due}, area {area}.",
    ),
    "plan.task_done": (
        "Việc trong chương trình phối hợp đã xong, địa bàn {area}.",
        "A task of a coordination plan was done, area {area}.",
    ),
    "scorecard.signed": (
        "Bảng chấm điểm đã ký, {period}, địa bàn {area}.",
        "A scorecard was signed, {period}, area {area}.",
    ),
    "report.published": (
        "Báo cáo đã công bố, {period}, địa bàn {area}.",
        "A report was published, {period}, area {area}.",
    ),
}
