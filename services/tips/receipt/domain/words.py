"""The 512 words of receipt codes: Vietnamese syllables of everyday things, written for this platform.

Chosen so that they are easy to say on the telephone and differ when marks are lost; no word is rude,
frightening or about crime, with its marks or without. The order is part of the code: never insert, remove or
move a word.
"""

WORDS: tuple[str, ...] = tuple(
    """
bạc bãi bàn bảng bánh bắp bầu bay bến bếp bia biếc biển bình bơi bông bột bức bún bước buồm búp bút bưu
cam cành cao cát cau cày chả chai chàm chăn chanh chào cháu chè chén chèo chép chiêng chiếu chín choàng
chơi chong chú chùa chùm chung chuối chuồn chuông chuột chụp chuyền cốc cối cốm cồn cổng cột cua cúc
cung cuốc cuộn cừu dân dây đèn dép đĩa diêm diều đỉnh dịp dịu đồi đơn dòng dừa đức đước dương duyên gác
gạch gai gấm gần gánh gạo gấu ghe ghềnh ghép ghi gia giấc giàn giang giày giếng giò giỏi giòn giọng giọt
giữ giữa giường giúp góc gọi gốm góp gửi gừng guốc gương hạc hân hành hào hát hẹ hẻm hến hiên hiếu hình
hồ hoa hoài hoàng hoạt học hôm hồng họp hứa huệ húng hương hươu huyền kem ken kênh kéo kết khá khách
khăn khánh khâu khay khế khen khéo kho khoác khoai khoan khoang khoanh khỏe khôn khu khúc khung khuôn
khuy khuya khuyên kiến kiệu kim kính ký lạch lai lam lan làng lập lạt lau lê lên lều lịch liên liễu lim
linh loa lộc lội lòng lúa luân lục lược lưới lượn luống lướt lựu lũy luyện lý mạch mai mắm mang mát
mây mẹ mềm men mèo mì mía miền miếng minh mít mộc mới một mùa múc mùi mừng muối muôn muỗng mượt nai nam
nan nắng nắp nâu nem nền neo nếp nét nêu ngà ngải ngàn ngành ngao ngày nghe nghêu nghỉ nghĩa
nghiệp nghìn ngô ngoại ngọc ngon ngỗng ngọt ngựa nguồn nguyên nguyệt nhà nhạc nhài nhãn nhanh nhặt nhảy
nhẹ nhị nhiên nhiều nhím nhìn nhịp nho nhóm như nhựa nhuần nhung nhuộm nhụy nia niềm niêu nơ nồi nón
nong nụ nứa núi nuôi nương phách phẩm phần phẳng phẩy phên phi phiên phiếu phím phin phố phơi phòng phú
phụng phước phượng phút quà quanh quạt quay quê quen quý quyên quýt rạch rạp rau rây rễ rèm rèn reo rêu
riêng rổ rơm rong rợp rùa rừng rước rươi ruộng sả sắc sách sân sáng sao sáp sâu sẻ sen sênh sếu siêng
siêu sim sinh soạn sóc sỏi sớm son song sứ sữa sum suối sườn sương tách tài tám tập tàu tay tem tên tép
tết tha thác thạch thái thanh thảo thấp thay thẻ thêm thêu thi thìa thích thiên thiệp thìn thỏ thoa
thoảng thóc thơm thôn thông thớt thưa thuận thực thuê thùng thuở thủy thuyền tích tiên tiếng tiêu tim
tin tình toa toán tôm tông tốt trà trai trám trang tranh trầu tre trên treo trí triền triều trình tro
trời trụ trưa trung trước trường truyện tuần túi tùng tuổi tường tuyến tuyết vạc vải vạn vàng vành vạt
ve vị viên việt vịnh vịt vở vóc vòi vòm vốn võng vợt vựa vui vùng vườn xanh xao xay xe xem xẻng xếp xinh
xoài xoan xoay xoè xôi xóm xong xốp xứ xưa xuân xuôi ếch yến
""".split()  # noqa: SIM905 - one line of the list per line of the file reads better
)
