"""What a statement already says."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from classifier.slots import amounts_in
from classifier.text import normalise
from domain.values import Slots
from tests.finding import slots_in

TODAY = date(2026, 11, 23)


def slots(text):
    return slots_in(text, TODAY)


@pytest.mark.parametrize(
    ("text", "cny"),
    [
        ("要了两万块钱", 20000),
        ("要1.2万感谢费", 12000),
        ("收了我3000", 3000),
        ("一户收1,500元", 1500),
        ("罚了５００块", 500),
        ("让我交三千五的赞助费", 3500),
        ("前后给了一万二", 12000),
        ("转了2w给他", 20000),
        ("5k现金", 5000),
        ("两三千块钱", 3000),
        ("三五万就能办", 50000),
        ("要五千到八千才给办", 8000),
        ("收3-5万", 50000),
        ("三千来块", 3000),
        ("一百八十块", 180),
        ("二百五十元", 250),
        ("五百块", 500),
        ("拖欠货款一百二十万元", 1200000),
        ("工程款260万拖了三年", 2600000),
        ("标的1.5亿元", 150000000),
        ("每车五十，一天二十车", 50),
        ("贷款30万，行长要两万好处费", 20000),
        ("收了我八万，又要五万", 80000),
        ("一次三百，前后一共收了一万二", 12000),
        ("每月交五百，总共六千", 6000),
        ("红包200", 200),
        ("我让他收30，每月一次", 30),
        ("罚美容店5,000，理由是过期", 5000),
        ("花了960，第三天领证", 960),
        ("还差十一万尾款", 110000),
        ("逼着买他的三百八一根", 380),
        ("理发店一个月120，没文件", 120),
    ],
)
def test_an_amount_is_read_in_yuan(text, cny):
    assert slots(text).amount_cny == cny


@pytest.mark.parametrize(
    "text",
    [
        "跑了三百次",
        "打12345没人接",
        "等了20个工作日",
        "2023年办的证",
        "来了3个人",
        "一共50亩地",
        "要好几千",
        "给半年时间",
        "车牌12345号",
        "没说要多少钱",
        "三番五次来要钱",
    ],
)
def test_a_number_that_is_no_money_is_no_amount(text):
    assert slots(text).amount_cny is None


@pytest.mark.parametrize(
    ("text", "when"),
    [
        ("2026年11月3号上午来的", "2026年11月3号"),
        ("2025.6.1来查", "2025.6.1"),
        ("去年3月要的", "去年3月"),
        ("今年春节前来拿烟", "今年春节前"),
        ("9月15日上午", "9月15日上午"),
        ("上个月底来的", "上个月底"),
        ("腊月二十三来的", "腊月二十三"),
        ("昨天下午", "昨天下午"),
        ("三个月前", "三个月前"),
        ("周五下午来的", "周五下午"),
        ("上个月二十号我去办证", "上个月二十号"),
        ("二十号我去窗口交的表", "二十号"),
        ("15号上午来查", "15号上午"),
        ("本月十八日,他又来", "本月十八日"),
    ],
)
def test_a_moment_is_copied_as_written(text, when):
    assert slots(text).when == when


def test_a_moment_after_the_report_is_passed_over():
    assert slots("说2027年3月才给，去年5月就交了钱").when == "去年5月"
    assert slots("去年5月交的钱，说本月30日给").when == "去年5月"
    assert slots("说本月三十日给").happened is None


def test_a_year_alone_is_a_moment():
    assert slots("2026年交的钱").when == "2026年"


@pytest.mark.parametrize(
    "text", ["有人要钱", "去三号窗口", "住12号楼", "二十号人围着", "坐15号线去的", "我是36号,排着队"]
)
def test_a_text_without_a_moment_has_none(text):
    assert slots(text).when is None


@pytest.mark.parametrize(
    ("text", "day"),
    [
        ("二十号我去的", "2026-11-20"),
        ("28号去的", "2026-10-28"),
        ("上个月二十号", "2026-10-20"),
        ("31号上午来查", "2026-10-31"),
    ],
)
def test_a_day_without_its_month_is_the_last_that_has_passed(text, day):
    assert slots(text).happened == day


@pytest.mark.parametrize(
    ("text", "where"),
    [
        ("在政务大厅5号窗口", "政务大厅5号窗口"),
        ("上个月在柳泉镇王庄村堵路", "柳泉镇王庄村"),
        ("我们柳泉镇的事", "柳泉镇"),
        ("在高速路口拦车", "高速路口"),
        ("到他办公室给的", "他办公室"),
        ("3号窗口的人", "3号窗口"),
    ],
)
def test_a_place_is_copied_as_written(text, where):
    assert slots(text).where == where


@pytest.mark.parametrize("text", ["他来了站门口看看就走", "已到账的六家里没有我", "我去给孩子办事七个窗口就开了一个"])
def test_what_only_ends_like_a_place_is_none(text):
    assert slots(text).where is None


@pytest.mark.parametrize(
    ("text", "demand"),
    [
        ("开口要十万", "十万"),
        ("让我交三千五的赞助费", "交三千五的赞助费"),
        ("要1.2万感谢费才办", "1.2万感谢费才办"),
        ("收了我两条烟", "两条烟"),
        ("他收了我爸两千块红包", "两千块红包"),
        ("借走俺老公三万没还", "三万没还"),
        ("逼着我们买他家的水泥，不买不办", "买他家的水泥"),
        ("不给两条烟就要罚五千", "两条烟"),
        ("说不交三千块押金，就别想开门", "三千块押金"),
        ("不给好处就拖着", "好处"),
        ("所长张口五千八，少一分不行", "五千八"),
        ("来一趟收走我二十斤黄牛肉", "二十斤黄牛肉"),
        ("窗口说还要村委会主任签字", "村委会主任签字"),
        ("开口要“辛苦费”两千", "“辛苦费”两千"),
        ("他要一万 我哪里拿得出来 孩子还要上学", "一万"),
        ("没有人要我钱，后来换了个人，张嘴要三条烟", "三条烟"),
    ],
)
def test_what_was_asked_for_is_copied(text, demand):
    assert slots(text).demand == demand


@pytest.mark.parametrize(
    "text",
    [
        "只要材料齐就行",
        "窗口没人",
        "不要紧",
        "不给个说法就不走",
        "不交齐材料就不收",
        "不给一次说清就让回去",
        "材料收了六十多天没有下文",
        "把我的本子从窗口里扔了出来",
        "到现在没有人问我要过钱",
        "我还要在这条街上做生意",
        "要三个月才能排到",
        "车让交警队拖走了",
        "让我去找住建局",
        "我们要一个说法",
        "尾款要了两年没要回来",
        "我们都按要求交了",
        "现在要吃三样药，一天要跑两趟医院",
    ],
)
def test_where_nothing_was_asked_for_there_is_no_demand(text):
    assert slots(text).demand is None


def test_kinds_of_proof_are_listed_once_and_in_order():
    assert slots("有录音和转账记录，录音很清楚").evidence == "录音、转账记录"


@pytest.mark.parametrize(
    "text",
    [
        "不给收据",
        "没有录音",
        "发票也没开",
        "没开票据",
        "监控坏了",
        "他让我拿发票报销",
        "拿着发票去报销他不给报",
        "他叫我开张发票,写成会议费",
        "让我们虚开发票",
        "去大厅领发票,叫我改天",
        "发票增量三个月没批",
        "让自己去找发票抵一抵",
    ],
)
def test_proof_the_writer_was_not_given_is_none(text):
    assert slots(text).evidence is None


@pytest.mark.parametrize("text", ["有发票为证", "发票我留着", "缴费的发票在我手里", "他给我开了发票", "附购买发票"])
def test_an_invoice_that_the_writer_has_is_proof(text):
    assert slots(text).evidence == "发票"


def test_the_person_is_the_official_accused():
    assert slots("住建局王局长要了我两万").person == "王局长"


def test_an_empty_text_says_nothing():
    assert slots("") == Slots()


@given(st.text(alphabet="0123456789一二三四五六七八九十百千万亿半几多两块元钱要收罚-到,.年月日号", max_size=30))
def test_any_heap_of_numerals_can_be_read(text):
    amount = slots(text).amount_cny

    assert amount is None or amount >= 0


@pytest.mark.parametrize(
    ("text", "cny"),
    [
        ("先打一万到我表弟卡上", 10000),
        ("到手四万七千五", 47500),
        ("补助1万4", 14000),
        ("先付三成，九百余万", 9000000),
        ("吃了一千一，第五天来立的杆", 1100),
        ("金额三千四。", 3400),
        ("收八百包办", 800),
        ("一个品种一千九，我有十一个品种", 1900),
        ("2600一块", 2600),
        ("每斤两块三。", 2.3),
        ("总投资1.1亿元", 110000000),
        ("尾款12万6千", 126000),
        ("中介开价1500，保证五天", 1500),
        ("撤了就按500罚", 500),
        ("一辆车50", 50),
    ],
)
def test_sums_are_read_as_they_are_spoken(text, cny):
    assert slots(text).amount_cny == cny


@pytest.mark.parametrize(
    "text",
    ["一块吃饭", "打12345投诉", "承包一百八十亩", "十千伏专线", "两千多只鸡", "拿着一样的材料", "47块牌子", "四百余人"],
)
def test_what_is_counted_or_dialled_is_no_sum(text):
    assert slots(text).amount_cny is None


@pytest.mark.parametrize(
    ("text", "goods"),
    [("不塞两条烟就不办", "两条烟"), ("拎了两瓶好酒一箱羊腿去", "两瓶好酒、一箱羊腿"), ("送了一条路", None)],
)
def test_goods_are_kept_as_written(text, goods):
    assert slots(text).goods == goods


@pytest.mark.parametrize(
    ("text", "person"),
    [
        ("片区的老蒋收三百", "老蒋"), ("姓苗的挨家卖灯箱", "姓苗的"), ("经办人蒋某打电话说", "经办人蒋某"),
        ("徐师傅要烟", "徐师傅"), ("执行员让我先借他三千", "执行员"),
    ],
)  # fmt: skip
def test_a_person_is_found_by_what_people_call_him(text, person):
    assert slots(text).person == person


@pytest.mark.parametrize("text", ["小区门口的大路", "小学老师", "老板娘", "大石头挡路", "姓名电话都写了"])
def test_ordinary_words_are_no_persons(text):
    assert slots(text).person in {None, "老师", "老板娘"}


def test_what_a_moment_means_stands_beside_it():
    found = slots("去年3月12号他来的")

    assert (found.when, found.happened) == ("去年3月12号", "2025-03-12")


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("8600交了,半年一滴水没见", [8600]),
        ("吃了一顿,1460,他带了一桌人", [1460]),
        ("甩过来一个收款码,我扫了1888", [1888]),
        ("虫草含片408一盒,我拿了两盒", [408]),
        ("一套7350,别家一套才2100", [7350, 2100]),
        ("二百六一块,不买他的不行", [260]),
        ("四百一台,扫完放行", [400]),
        ("工程款廿八万没给", [280_000]),
        ("底薪3000加提成", [3000]),
        ("出让金1260万一次过交了", [12_600_000]),
        ("一年1万2定金", [12_000]),
        ("收一笔“候考服务”三十", [30]),
        ("送货一趟要五蚊", [5]),
        ("代办80一个人", [80]),
        ("未付:646,800元", [646_800]),
        ("塞给他两张500的购物卡", [500]),
        ("880网购的净水器漏水", [880]),
        ("他家那款😤1560,网上才600", [1560, 600]),
        ("一单三毛", [0.3]),
        ("每月129元套餐", [129]),
        ("货款24万一分没给", [240_000]),
        ("一方贵三十", [30]),
        ("四十八一块的牌子", [48]),
        ("贴张纸320,我看着他泡的茶", [320]),
        ("一户一百块门票钱", [100]),
        ("每个摊赞助两百还要出十把椅子", [200]),
        ("一人一百八,全县三千多司机", [180]),
        ("网上标的¥2380,到手翻新", [2380]),
        ("茶水钱捌仟,少一分不办", [8000]),
        ("误工加车票早过千元", [1000]),
        ("连工带料万把块", [10_000]),
        ("他家一百五,市面上九十", [150, 90]),
        ("在他手上买份3600的意外险", [3600]),
        ("车胎爆了1450谁赔", [1450]),
        ("张口二十万包改", [200_000]),
        ("要两千,不给两千不盖章", [2000]),
    ],
)
def test_a_bare_price_is_a_sum(text, expected):
    assert amounts_in(normalise(text)) == expected


@pytest.mark.parametrize(
    "text",
    [
        "打了一次12345",
        "打110报警没人来",
        "给12345打了一个",
        "2024交的材料",
        "四千册教材验收了",
        "报装一个40千瓦的表",
        "从五一锁到现在",
        "十一月十五供的暖",
        "走G207国道被拦",
        "一块一块搬",
        "手机13800001111",
        "去楼上302盖章",
        "凭证号0417、0418",
        "卡号末四位8802",
        "二〇二一年开工",
        "千万别耽误",
        "万一没人管",
        "出过好几个万元户",
        "省道238的大坑",
        "街上两百家店",
        "一天跑两百票件",
        "摊派三百杯奶茶",
        "八月十五来一趟,腊月二十三来一趟",
        "8:40,110,派出所没来人",
        "2022.6 签的协议,2023.11 开的会",
        "收到请回复123456",
        "隔壁三家也这样",
    ],
)
def test_a_number_that_counts_something_else_is_none(text):
    assert amounts_in(normalise(text)) == []
