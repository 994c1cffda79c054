"""The sentences of the page that explains the ledger."""

from collections.abc import Mapping
from typing import Final

from shared.words import Language

LEDGER: Final[Mapping[Language, Mapping[str, str]]] = {
    "vi": {
        "title": "Sổ cái: không tin báo nào bị giấu",
        "lead": "Mỗi tin báo được nhận và mỗi bước xử lý đều để lại một con dấu trong sổ cái này. Ai "
        "cũng kiểm tra được sổ, và không ai, kể cả chúng tôi, có thể lặng lẽ xóa hay sửa một "
        "con dấu.",
        "how": "Sổ hoạt động thế nào",
        "how_seal": "Con dấu là 32 byte vô nghĩa với người ngoài: không có tên, nội dung, loại việc, địa "
        "bàn hay giờ giấc. Chỉ bằng chứng bạn giữ cho biết con dấu nào là của tin bạn báo.",
        "how_bind": "Cứ {minutes} phút một lần, các con dấu mới được buộc vào tất cả con dấu trước đó và "
        "được ký. Rút một con dấu cũ ra thì chữ ký không còn khớp.",
        "how_fill": "Mỗi lần đều thêm cùng một số con dấu; chỗ trống được lấp bằng con dấu ngẫu nhiên. Vì"
        " vậy sổ không cho biết có bao nhiêu tin báo, hay tin đến lúc nào.",
        "yours": "Lấy bằng chứng của tin bạn báo",
        "yours_help": "Nhập mã tra cứu, bạn sẽ nhận một tệp. Hãy giữ tệp đó: về sau bạn kiểm tra được mà "
        "không cần hỏi lại chúng tôi. Tệp có mã riêng của từng bước, nên chỉ đưa cho người "
        "bạn tin.",
        "promise": "Một bước mới có thể cần tới {minutes} phút mới vào sổ; nếu tệp ghi còn chờ, hãy lấy "
        "lại sau.",
        "code": "Mã tra cứu (chín chữ)",
        "fetch": "Tải bằng chứng",
        "unknown": "Mã này không đúng. Hãy xem lại từng chữ.",
        "check": "Tự kiểm tra",
        "check_first": "Lưu dấu chốt hiện tại ở dưới và khóa của sổ, hoặc nhờ người bạn tin giữ hộ.",
        "check_then": "Trên một máy có phần mềm này (mã nguồn mở), chạy lệnh dưới đây. Máy đó không cần tin"
        " chúng tôi.",
        "check_set_back": "Nếu sổ từng bị lùi lại hay viết lại, lệnh sẽ nói ra. Phần mềm khác đọc chuẩn C2SP "
        "tlog-tiles cũng kiểm tra được.",
        "now": "Dấu chốt hiện tại",
        "none": "Sổ chưa có dấu chốt nào. Hãy xem lại sau ít phút.",
        "signed": "{count} con dấu, ký lúc",
        "key": "Khóa của sổ",
        "leave": "Rời trang nhanh",
        "limits": "Điều sổ không cho thấy",
        "limits_text": "Sổ cho thấy tin đã được nhận và các bước đã được ghi, không bị xóa hay sửa. Sổ không"
        " cho thấy việc xử lý có đúng hay không: nếu chưa đồng ý, bạn có quyền đề nghị xem "
        "xét lại.",
    },
    "en": {
        "title": "The ledger: no report is hidden",
        "lead": "Every report that is received and every step taken leaves a seal in this ledger. "
        "Anybody can check it, and nobody, we included, can quietly remove or change a seal.",
        "how": "How it works",
        "how_seal": "A seal is 32 bytes that mean nothing to others: no name, no text, no kind of "
        "incident, no place and no time. Only your proof tells which seals are those of your "
        "report.",
        "how_bind": "Every {minutes} minutes the new seals are bound to all seals before them, and "
        "signed. Take an old seal out, and the signature no longer fits.",
        "how_fill": "The same number of seals is added each time; what is missing is filled with random "
        "ones. So the ledger does not tell how many reports there are, nor when they came.",
        "yours": "Get the proof of your report",
        "yours_help": "Enter your code and you get a file. Keep it: you can check it later without asking "
        "us. It holds the private codes of each step, so give it only to somebody you trust.",
        "promise": "A new step may take up to {minutes} minutes to enter the ledger; if the file says "
        "that it still waits, fetch it again later.",
        "code": "Your code (nine words)",
        "fetch": "Download the proof",
        "unknown": "This code is not right. Look at each word again.",
        "check": "Check it yourself",
        "check_first": "Keep the present checkpoint below and the ledger's key, or ask somebody you trust "
        "to.",
        "check_then": "On a machine with this software (it is open source) run the command below. That "
        "machine need not trust us.",
        "check_set_back": "If the ledger was ever set back or rewritten, the command says so. Other software "
        "that reads C2SP tlog-tiles can check it, too.",
        "now": "The present checkpoint",
        "none": "There is no checkpoint yet. Look again in a few minutes.",
        "signed": "{count} seals, signed",
        "key": "The ledger's key",
        "leave": "Leave quickly",
        "limits": "What it does not show",
        "limits_text": "The ledger shows that a report was received and that steps were written down, and "
        "neither removed nor changed. It does not show that they were right: you may ask for "
        "another look.",
    },
}
