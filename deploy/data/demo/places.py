"""Three cities for the demo company: districts with their streets and rough coordinates, names in their own scripts.

A place is (name, region class, latitude, longitude, streets). The first is where the main warehouse stands, the last where
the depot does. Customers are (name, slug of the mail domain, kind, grade); all of them are invented.
"""

BEIJING = {
    "code": "bj", "name": "北京", "country": "CN", "zone": "Asia/Shanghai", "language": "LANGUAGE_ZH", "calendar": "office-cn",
    "currency": "CNY", "series": "CN", "minor_per_euro_cent": 7.8, "round": 100, "person": "{family}{given}", "foreigner": "Helen Foster",
    "channels": ["CHANNEL_WECHAT", "CHANNEL_SMS", "CHANNEL_EMAIL"], "site_name": "{customer}（{place}）", "address": "北京市{place}{street}{number}号",
    "places": [
        ("朝阳区", "CITY", 39.9219, 116.4436, ["建国路", "朝阳北路", "广顺北大街"]), ("海淀区", "CITY", 39.9593, 116.2981, ["中关村大街", "学院路", "知春路"]),
        ("西城区", "CITY", 39.9122, 116.3660, ["金融大街", "复兴门内大街", "阜成门外大街"]), ("东城区", "CITY", 39.9289, 116.4160, ["东直门内大街", "安定门外大街", "王府井大街"]),
        ("丰台区", "CITY", 39.8585, 116.2871, ["南四环西路", "丰台北路", "科丰路"]), ("石景山区", "CITY", 39.9056, 116.2229, ["石景山路", "鲁谷路", "八角西街"]),
        ("亦庄", "AROUND", 39.7950, 116.5060, ["荣华中路", "科创街", "宏达北路"]), ("通州区", "AROUND", 39.9090, 116.6560, ["新华大街", "通胡大街", "玉带河东街"]),
        ("大兴区", "AROUND", 39.7267, 116.3416, ["兴华大街", "黄村西大街", "金星路"]), ("昌平区", "AROUND", 40.2207, 116.2312, ["鼓楼南街", "回龙观西大街", "府学路"]),
        ("顺义区", "AROUND", 40.1301, 116.6545, ["府前街", "光明南街", "顺平路"]), ("怀柔区", "ELSEWHERE", 40.3160, 116.6317, ["青春路", "府前西街"]),
        ("密云区", "ELSEWHERE", 40.3769, 116.8432, ["鼓楼东大街", "新中街"]), ("房山区", "ELSEWHERE", 39.7486, 116.1432, ["良乡拱辰大街", "燕山岗南路"])],
    "customers": [
        ("和润医院", "herun", "hospital", "A"), ("远望大厦物业", "yuanwang", "office", "A"), ("星河数据中心", "xinghe", "data-centre", "A"),
        ("长风机械制造", "changfeng", "factory", "B"), ("云栖酒店", "yunqi", "hotel", "B"), ("晨光食品", "chenguang", "factory", "B"),
        ("同济国际医疗", "tongji-intl", "hospital", "A"), ("万家百货", "wanjia", "shop", "C"), ("北辰商务中心", "beichen", "office", "B"),
        ("华泽制药", "huaze", "factory", "B"), ("启明学校", "qiming", "office", "C"), ("锦程物流", "jincheng", "factory", "C"),
        ("安泰数据", "antai", "data-centre", "A"), ("松鹤养老院", "songhe", "hotel", "C"), ("蓝海影院", "lanhai", "shop", "C"),
        ("盛达电子", "shengda", "factory", "B"), ("玉泉医院", "yuquan", "hospital", "A"), ("金秋超市", "jinqiu", "shop", "C"),
        ("天际科技园", "tianji", "office", "B"), ("禾丰乳业", "hefeng", "factory", "B")],
    "families": "王 李 张 刘 陈 杨 赵 黄 周 吴".split(), "givens": "建国 晓燕 志强 丽华 文博 雨桐 海涛 思远 秀英".split(),
    "engineers": [("李伟", "li-wei"), ("张磊", "zhang-lei"), ("王芳", "wang-fang"), ("赵强", "zhao-qiang"), ("陈静", "chen-jing"),
                  ("刘洋", "liu-yang"), ("孙鹏", "sun-peng"), ("周敏", "zhou-min")]}

HO_CHI_MINH = {
    "code": "hcm", "name": "TP. Hồ Chí Minh", "country": "VN", "zone": "Asia/Ho_Chi_Minh", "language": "LANGUAGE_VI", "calendar": "office-vn",
    "currency": "VND", "series": "VN", "minor_per_euro_cent": 285, "round": 1000, "person": "{family} {given}", "foreigner": "Oliver Grant",
    "channels": ["CHANNEL_ZALO", "CHANNEL_SMS", "CHANNEL_EMAIL"], "site_name": "{customer} – {place}", "address": "{number} {street}, {place}",
    "places": [
        ("Quận 1", "CITY", 10.7756, 106.7009, ["Nguyễn Huệ", "Lê Lợi", "Hai Bà Trưng"]), ("Quận 3", "CITY", 10.7843, 106.6844, ["Võ Văn Tần", "Nam Kỳ Khởi Nghĩa", "Cách Mạng Tháng Tám"]),
        ("Quận 5", "CITY", 10.7540, 106.6634, ["Trần Hưng Đạo", "Nguyễn Trãi", "An Dương Vương"]), ("Quận 7", "CITY", 10.7340, 106.7218, ["Nguyễn Văn Linh", "Huỳnh Tấn Phát", "Nguyễn Thị Thập"]),
        ("Bình Thạnh", "CITY", 10.8106, 106.7091, ["Điện Biên Phủ", "Xô Viết Nghệ Tĩnh", "Phan Đăng Lưu"]), ("Tân Bình", "CITY", 10.8015, 106.6526, ["Cộng Hòa", "Trường Chinh", "Hoàng Văn Thụ"]),
        ("Phú Nhuận", "CITY", 10.7992, 106.6803, ["Phan Xích Long", "Nguyễn Văn Trỗi", "Lê Văn Sỹ"]), ("TP. Thủ Đức", "AROUND", 10.8494, 106.7537, ["Võ Văn Ngân", "Xa lộ Hà Nội", "Kha Vạn Cân"]),
        ("Bình Chánh", "AROUND", 10.6874, 106.5938, ["Quốc lộ 50", "Trần Đại Nghĩa", "Nguyễn Hữu Trí"]), ("Hóc Môn", "AROUND", 10.8863, 106.5922, ["Quang Trung", "Lê Thị Hà", "Tô Ký"]),
        ("Củ Chi", "AROUND", 10.9733, 106.4933, ["Quốc lộ 22", "Tỉnh lộ 8"]), ("Biên Hòa, Đồng Nai", "ELSEWHERE", 10.9574, 106.8427, ["Phạm Văn Thuận", "Đồng Khởi"]),
        ("Thủ Dầu Một, Bình Dương", "ELSEWHERE", 10.9804, 106.6519, ["Đại lộ Bình Dương", "Yersin"]), ("Tân An, Long An", "ELSEWHERE", 10.5359, 106.4137, ["Hùng Vương", "Nguyễn Đình Chiểu"])],
    "customers": [
        ("Bệnh viện An Phúc", "anphuc", "hospital", "A"), ("Bệnh viện Quốc tế Sao Mai", "saomai", "hospital", "A"), ("Tòa nhà Bến Thành Sông", "benthanhsong", "office", "A"),
        ("Dệt may Hòa Bình Xanh", "hoabinhxanh", "factory", "B"), ("Khách sạn Hoa Sứ", "hoasu", "hotel", "B"), ("Thủy sản Nam Hải", "namhai", "factory", "B"),
        ("Trung tâm dữ liệu Lạc Việt", "lacviet", "data-centre", "A"), ("Siêu thị Ngày Mới", "ngaymoi", "shop", "C"), ("Cao ốc Ánh Dương", "anhduong", "office", "B"),
        ("Dược phẩm Tâm Đức", "tamduc", "factory", "B"), ("Trường quốc tế Cầu Vồng", "cauvong", "office", "C"), ("Kho vận Phương Đông", "phuongdong", "factory", "C"),
        ("Data Center Sài Gòn Sao", "saigonsao", "data-centre", "A"), ("Resort Biển Ngọc", "bienngoc", "hotel", "C"), ("Rạp phim Thiên Nga", "thiennga", "shop", "C"),
        ("Điện tử Minh Khôi", "minhkhoi", "factory", "B"), ("Bệnh viện Đa khoa Hồng Ân", "hongan", "hospital", "A"), ("Cà phê Đồi Gió", "doigio", "shop", "C"),
        ("Khu công nghệ Tân Tiến", "tantien", "office", "B"), ("Sữa Đồng Xanh", "dongxanh", "factory", "B")],
    "families": ["Nguyễn", "Trần", "Lê", "Phạm", "Hoàng", "Huỳnh", "Phan", "Vũ", "Đặng", "Bùi"],
    "givens": ["Văn Minh", "Thị Lan", "Quốc Bảo", "Thanh Hương", "Đức Anh", "Ngọc Mai", "Hữu Phước", "Thu Trang", "Gia Huy"],
    "engineers": [("Nguyễn Văn Hùng", "nguyen-hung"), ("Trần Quốc Dũng", "tran-dung"), ("Lê Thị Hoa", "le-hoa"), ("Phạm Minh Tuấn", "pham-tuan"),
                  ("Võ Thanh Sơn", "vo-son"), ("Đỗ Anh Khoa", "do-khoa"), ("Bùi Thị Ngọc", "bui-ngoc"), ("Hồ Đức Long", "ho-long")]}

MILAN = {
    "code": "mi", "name": "Milano", "country": "IT", "zone": "Europe/Rome", "language": "LANGUAGE_IT", "calendar": "office-milan",
    "currency": "EUR", "series": "IT", "minor_per_euro_cent": 1, "round": 5, "person": "{given} {family}", "foreigner": "Grace Palmer",
    "channels": ["CHANNEL_EMAIL", "CHANNEL_SMS"], "site_name": "{customer} – {place}", "address": "{street} {number}, {place}",
    "places": [
        ("Milano Centro", "CITY", 45.4642, 9.1900, ["Via Torino", "Corso Venezia", "Via Manzoni"]), ("Milano Porta Nuova", "CITY", 45.4840, 9.1903, ["Viale della Liberazione", "Via Melchiorre Gioia", "Corso Como"]),
        ("Milano Città Studi", "CITY", 45.4780, 9.2300, ["Via Celoria", "Piazza Leonardo da Vinci", "Via Pacini"]), ("Milano Lambrate", "CITY", 45.4836, 9.2475, ["Via Rubattino", "Via Conte Rosso", "Via Ventura"]),
        ("Milano Bovisa", "CITY", 45.5030, 9.1600, ["Via Durando", "Via Candiani", "Via Lambruschini"]), ("Milano Ripamonti", "CITY", 45.4350, 9.2010, ["Via Ripamonti", "Via Quaranta", "Via Lorenzini"]),
        ("Sesto San Giovanni", "AROUND", 45.5344, 9.2378, ["Viale Italia", "Via Carducci", "Viale Gramsci"]), ("Rho", "AROUND", 45.5299, 9.0402, ["Corso Europa", "Via Magenta", "Via Buonarroti"]),
        ("Monza", "AROUND", 45.5845, 9.2744, ["Via Lecco", "Viale Sicilia", "Via Borgazzi"]), ("San Donato Milanese", "AROUND", 45.4170, 9.2680, ["Via Emilia", "Via Gramsci", "Viale De Gasperi"]),
        ("Legnano", "AROUND", 45.5960, 8.9140, ["Corso Sempione", "Via Novara", "Via Barlocco"]), ("Bergamo", "ELSEWHERE", 45.6983, 9.6773, ["Via Zanica", "Via Borgo Palazzo"]),
        ("Pavia", "ELSEWHERE", 45.1847, 9.1582, ["Viale Cremona", "Via Ferrata"]), ("Lodi", "ELSEWHERE", 45.3138, 9.5030, ["Viale Milano", "Via San Bassiano"])],
    "customers": [
        ("Clinica San Fedele", "sanfedele", "hospital", "A"), ("Torre Aurora Immobiliare", "torreaurora", "office", "A"), ("Officine Rossi", "officinerossi", "factory", "B"),
        ("Grand Hotel Navigli", "hotelnavigli", "hotel", "B"), ("Cartiera del Lambro", "cartieralambro", "factory", "B"), ("Dolciaria Bianchi", "dolciariabianchi", "factory", "B"),
        ("Data Nord", "datanord", "data-centre", "A"), ("Mercati Verdi", "mercativerdi", "shop", "C"), ("Palazzo Brera Uffici", "palazzobrera", "office", "B"),
        ("Farmaceutici Moretti", "farmamoretti", "factory", "B"), ("Istituto Leonardo", "istitutoleonardo", "office", "C"), ("Logistica Ticino", "logisticaticino", "factory", "C"),
        ("Cloud Lombardia", "cloudlombardia", "data-centre", "A"), ("Residenza Le Querce", "lequerce", "hotel", "C"), ("Cinema Stella", "cinemastella", "shop", "C"),
        ("Elettromeccanica Ferri", "elettroferri", "factory", "B"), ("Ospedale Santa Chiara Nuova", "santachiara", "hospital", "A"), ("Libreria del Duomo", "libreriaduomo", "shop", "C"),
        ("Parco Tecnologico Adda", "parcoadda", "office", "B"), ("Latteria Valtrompia", "latteriavt", "factory", "B")],
    "families": "Ferrari Esposito Colombo Ricci Marino Greco Conti Galli Fontana Villa".split(), "givens": "Marco Giulia Luca Francesca Andrea Chiara Paolo Elena Davide".split(),
    "engineers": [("Matteo Brambilla", "brambilla"), ("Sara Lombardi", "lombardi"), ("Giorgio Riva", "riva"), ("Alessia Fumagalli", "fumagalli"),
                  ("Stefano Cattaneo", "cattaneo"), ("Laura Bernardi", "bernardi"), ("Roberto Sala", "sala"), ("Federica Mauri", "mauri")]}

TERRITORIES = {"beijing": BEIJING, "ho-chi-minh": HO_CHI_MINH, "milan": MILAN}
