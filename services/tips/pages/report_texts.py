"""The fixed sentences of `/report` and of the receipt."""

from collections.abc import Mapping
from typing import Final

from shared.words import Language

REPORT: Final[Mapping[Language, Mapping[str, str]]] = {
    "vi": {
        "title": "Báo tin",
        "lead": "Kể lại một việc đã hoặc đang xảy ra. Không cần đăng nhập, không cần tên. "
        "Bạn nhận một mã để xem tin được xử lý đến đâu.",
        "have_code": "Đã báo tin? Xem tin bằng mã",
        "leave": "Rời trang nhanh",
        "leave_help": "Mở trang thời tiết thay cho trang này. Lịch sử duyệt web vẫn còn dòng “Báo tin”.",
        "who": "Ai sẽ biết bạn là ai?",
        "who_help": "Bạn chọn ở bước sau. Dù chọn cách nào, tin đều được xử lý với thời hạn như nhau.",
        "anonymous": "Ẩn danh",
        "anonymous_sees": "Không ai biết, kể cả chúng tôi. Không lưu tên, số điện thoại, địa chỉ mạng "
        "hay tên máy của bạn. "
        "Cán bộ chỉ đọc điều bạn kể. Chỉ trao đổi được qua mã tra cứu.",
        "protected": "Bảo mật",
        "protected_sees": "Tên và số liên lạc được niêm phong; cán bộ xử lý không đọc được. "
        "Chỉ mở khi có lý do ghi rõ, hai người cùng duyệt, trong thời hạn ngắn, và mỗi lần mở đều "
        "được ghi lại.",
        "open": "Công khai với cán bộ",
        "open_sees": "Cán bộ được giao xử lý tin được biết tên và số liên lạc để gọi lại cho bạn. "
        "Ngoài ra không ai khác.",
        "what": "Việc gì đã xảy ra?",
        "what_help": "Chạm vào một nhóm, rồi chọn việc gần đúng nhất. Cán bộ sẽ sửa lại nếu cần.",
        "province": "Tỉnh, thành phố nơi xảy ra",
        "choose": "Chọn…",
        "elsewhere": "Trang này nhận tin ở {}. Việc xảy ra nơi khác: hãy báo công an nơi đó.",
        "other_kind": "Chọn việc khác",
        "other_kind_help": "Những gì đã gõ sẽ mất.",
        "call_now": "Đang xảy ra, hoặc có người gặp nguy hiểm?",
        "call_help": "Gọi ngay. Tin gửi ở đây có thể vài giờ sau mới có người đọc.",
        "never_mediated": "Việc này không bao giờ bị chuyển sang hòa giải: không ai bắt bạn ngồi lại "
        "với người gây ra.",
        "number_111": "bảo vệ trẻ em",
        "your_story": "Bạn thấy gì?",
        "text": "Kể lại chuyện đã xảy ra",
        "text_help": "Ai làm gì, ở đâu, diễn ra thế nào. Viết thường, viết tắt, không dấu đều được.",
        "required": "(cần có)",
        "optional": "Không biết thì để trống.",
        "when": "Xảy ra khi nào?",
        "day": "Ngày",
        "hour": "Khoảng mấy giờ",
        "where": "Xảy ra ở đâu?",
        "ward": "Phường, xã",
        "unit_no": "Tổ dân phố hoặc thôn số",
        "unit_no_help": "Chỉ ghi số, ví dụ 4.",
        "place": "Chỗ nào, gần đâu",
        "place_help": "Ví dụ: hẻm 45 Nguyễn Du, trước chợ.",
        "point": "Vị trí gần đúng",
        "point_help": "Hai số như 10.771, 106.701, làm tròn khoảng 100 m. Chỉ cán bộ được đọc.",
        "locate": "Điền vị trí của tôi",
        "identity": "Ai được biết bạn là ai?",
        "contact": "Cách liên lạc với bạn",
        "contact_help": "Để trống cũng được: bạn vẫn đọc trả lời và nhắn thêm bằng mã tra cứu.",
        "name": "Tên",
        "phone": "Số điện thoại",
        "email": "Thư điện tử",
        "send": "Gửi tin",
        "send_help": "Chỉ gửi một lần dù bạn bấm nhiều lần. Sau đó bạn nhận mã tra cứu.",
        "keep": "Giữ bản nháp trên máy này",
        "keep_help": "Nhiều nhất một ngày, và xóa ngay khi gửi xong hoặc khi bạn rời trang nhanh. Ai "
        "dùng chung máy có thể đọc được: đừng chọn nếu bạn ngại.",
        "waiting": "Mất kết nối. Hãy để trang này mở: tin sẽ tự gửi đi, một lần, khi có mạng trở lại.",
        "draft_here": "Máy này đang giữ một bản nháp chưa gửi.",
        "draft_go_on": "Viết tiếp",
        "draft_forget": "Xóa bản nháp",
        "crowded": "Từ mạng này đang có nhiều tin gửi đến. Tin của bạn vẫn được nhận: máy bạn tính "
        "trong vài giây rồi "
        "tự gửi. Nếu không thấy gì, đợi {} giây rồi bấm “Gửi tin” lần nữa.",
        "faults": "Còn vài chỗ cần sửa. Chưa có gì được gửi đi.",
        "fault_choice": "Hãy chọn một trong các mục.",
        "fault_province": "Hãy chọn tỉnh, thành phố rồi chọn lại việc đã xảy ra.",
        "fault_text": "Hãy kể vài câu về chuyện đã xảy ra (nhiều nhất 8.000 chữ).",
        "fault_answer": "Hãy trả lời câu này (nhiều nhất 300 chữ).",
        "fault_day": "Ngày chưa đúng, hoặc ở tương lai.",
        "fault_hour": "Ghi giờ thì ghi cả ngày, và chưa đến thì chưa ghi được.",
        "fault_ward": "Hãy chọn phường, xã nơi xảy ra.",
        "fault_unit_no": "Chỉ ghi số, từ 1 đến 999.",
        "fault_place": "Dài quá 500 chữ.",
        "fault_point": "Ghi hai số như 10.771, 106.701, hoặc để trống.",
        "fault_identity": "Bạn chọn ẩn danh nhưng có ghi cách liên lạc. Hãy xóa đi, hoặc chọn “Bảo mật”.",
        "fault_open": "Chọn cách này thì hãy ghi tên hoặc cách liên lạc, hoặc chọn cách khác.",
        "fault_name": "Tên dài quá 200 chữ.",
        "fault_phone": "Số điện thoại chưa đúng.",
        "fault_email": "Địa chỉ thư chưa đúng.",
        "busy": "Máy chủ đang bận nên tin chưa được nhận. Những gì bạn gõ vẫn còn đây: hãy bấm “Gửi "
        "tin” lần nữa sau ít giây.",
        "sent_before": "Tin này đã được nhận ở lần gửi trước, với nội dung khi đó. Những gì bạn vừa "
        "gõ chưa được gửi. "
        "Muốn nói thêm, hãy dùng mã tra cứu đã nhận. Nếu không có mã, bấm “Gửi tin” lần nữa để gửi "
        "thành một tin mới.",
        "back": "Quay lại",
        "duty": "Trực ban",
    },
    "en": {
        "title": "Report",
        "lead": "Tell us of something that happened or is happening. No account, no name needed. "
        "You get a code with which you see what becomes of it.",
        "have_code": "Reported already? Follow it by its code",
        "leave": "Leave quickly",
        "leave_help": "Opens the weather in place of this page. The browser's history still has a "
        "line “Report”.",
        "who": "Who will know who you are?",
        "who_help": "You choose in the next step. Whatever you choose, the same deadlines hold.",
        "anonymous": "Anonymous",
        "anonymous_sees": "Nobody, not even we. No name, telephone, network address or device is kept. "
        "Officers read what you tell, nothing else. You can be reached through your code only.",
        "protected": "Protected",
        "protected_sees": "Your name and contact are sealed; the officers who work on it cannot read them. "
        "They are opened only for a written reason, by two people, for a short time, and every look "
        "is recorded.",
        "open": "Open to officers",
        "open_sees": "The officers who work on it may know your name and number to call you back. "
        "Nobody else.",
        "what": "What happened?",
        "what_help": "Open a group and choose what comes closest. An officer corrects it where needed.",
        "province": "Province or city where it happened",
        "choose": "Choose…",
        "elsewhere": "This page takes reports in {}. For other places, tell the police there.",
        "other_kind": "Choose something else",
        "other_kind_help": "What you typed will be lost.",
        "call_now": "Is it happening now, or is somebody in danger?",
        "call_help": "Call at once. What is sent here may be read only hours later.",
        "never_mediated": "This is never sent to mediation: nobody makes you sit down with whoever did it.",
        "number_111": "protection of children",
        "your_story": "What did you see?",
        "text": "Tell what happened",
        "text_help": "Who did what, where and how. Write as you like, with or without marks.",
        "required": "(needed)",
        "optional": "Leave empty what you do not know.",
        "when": "When did it happen?",
        "day": "Day",
        "hour": "About what time",
        "where": "Where did it happen?",
        "ward": "Ward or commune",
        "unit_no": "Number of the residential group or village",
        "unit_no_help": "The number only, such as 4.",
        "place": "Which spot, near what",
        "place_help": "Such as: alley 45 Nguyễn Du, before the market.",
        "point": "Rough position",
        "point_help": "Two numbers such as 10.771, 106.701, rounded to about 100 m. Only officers read it.",
        "locate": "Fill in my position",
        "identity": "Who may know who you are?",
        "contact": "How to reach you",
        "contact_help": "May stay empty: with your code you read the answer and write more.",
        "name": "Name",
        "phone": "Telephone",
        "email": "E-mail",
        "send": "Send",
        "send_help": "It is sent once, however often you press. Then you get your code.",
        "keep": "Keep a draft on this device",
        "keep_help": "For a day at most, and gone once it is sent or you leave quickly. Whoever "
        "shares the device can read it: do not choose this if you mind.",
        "waiting": "The connection is lost. Leave this page open: the report is sent by itself, once, "
        "when the network is back.",
        "draft_here": "This device keeps a draft that was not sent.",
        "draft_go_on": "Go on writing",
        "draft_forget": "Forget the draft",
        "crowded": "Many reports come from this network. Yours is taken all the same: your device "
        "computes for a few "
        "seconds and sends it. If nothing happens, wait {} seconds and press “Send” again.",
        "faults": "A few things need a correction. Nothing has been sent yet.",
        "fault_choice": "Please choose one of these.",
        "fault_province": "Please choose the province, then again what happened.",
        "fault_text": "Please tell in a few sentences what happened (at most 8,000 characters).",
        "fault_answer": "Please answer this (at most 300 characters).",
        "fault_day": "This is no day, or lies in the future.",
        "fault_hour": "A time needs its day, and cannot lie in the future.",
        "fault_ward": "Please choose the ward or commune where it happened.",
        "fault_unit_no": "A number only, from 1 to 999.",
        "fault_place": "Longer than 500 characters.",
        "fault_point": "Two numbers such as 10.771, 106.701, or nothing.",
        "fault_identity": "You chose anonymous but gave a contact. Please remove it, or choose “Protected”.",
        "fault_open": "With this choice give a name or a contact, or choose another.",
        "fault_name": "The name is longer than 200 characters.",
        "fault_phone": "This is no telephone number.",
        "fault_email": "This is no e-mail address.",
        "busy": "The server is busy and has not taken the report. What you typed is still here: press "
        "“Send” again in a few seconds.",
        "sent_before": "This report was taken when you sent it before, as it was then. What you have "
        "typed now was not sent. "
        "To say more, use the code that you got. Without the code, press “Send” once more to send it "
        "as a new report.",
        "back": "Go back",
        "duty": "Duty desk",
    },
}

RECEIPT: Final[Mapping[Language, Mapping[str, str]]] = {
    "vi": {
        "title": "Đã nhận tin của bạn",
        "thanks": "Cảm ơn bạn. Tin đã được nhận lúc {}.",
        "code": "Mã tra cứu của bạn",
        "code_help": "Hãy chép lại hoặc chụp màn hình ngay: mã chỉ hiện một lần ở đây và không ai tìm "
        "lại được cho bạn. "
        "Ai có mã này đều đọc được tin, nên đừng đưa cho người khác.",
        "read_aloud": "Viết hoa, viết thường, có dấu hay không dấu đều được. Có thể đọc qua điện thoại.",
        "qr": "Mã QR chứa đúng chín chữ này, không có địa chỉ trang.",
        "print": "In trang này",
        "next": "Tiếp theo là gì?",
        "law": "Theo luật, tính từ lúc nhận tin, chúng tôi phải:",
        "by": "trước {}",
        "provisional": "(tạm tính, vì lịch nghỉ của năm đó chưa công bố)",
        "reply_after": "Khi đã có kết quả, bạn được trả lời. Bạn có thể chấm điểm, và một lần đề nghị "
        "cán bộ khác xem lại.",
        "follow": "Xem tin bằng mã",
        "follow_help": "Vào trang “Xem tin” bất cứ lúc nào để đọc trả lời và nhắn thêm. Chúng tôi có "
        "thể hỏi bạn ở đó.",
        "leave": "Rời trang nhanh",
        "done": "Máy dùng chung? Chép mã xong hãy đóng thẻ này.",
        "another": "Báo việc khác",
    },
    "en": {
        "title": "Your report was received",
        "thanks": "Thank you. It was received at {}.",
        "code": "Your code",
        "code_help": "Write it down or take a picture now: it is shown here only and nobody can find "
        "it again for you. "
        "Whoever has it can read the report, so give it to nobody.",
        "read_aloud": "Capital or small letters, with or without marks: all the same. It can be said "
        "on the telephone.",
        "qr": "The QR code holds these nine words and no address.",
        "print": "Print this page",
        "next": "What happens next?",
        "law": "By law, counted from receipt, we must:",
        "by": "by {}",
        "provisional": "(provisional: the calendar of that year is not published yet)",
        "reply_after": "Once there is an outcome you get an answer. You may rate it, and once ask "
        "that another officer looks again.",
        "follow": "Follow it by its code",
        "follow_help": "Open “Follow a report” at any time to read the answer and to write more. We "
        "may ask you something there.",
        "leave": "Leave quickly",
        "done": "A shared device? Close this tab once you have the code.",
        "another": "Report something else",
    },
}
