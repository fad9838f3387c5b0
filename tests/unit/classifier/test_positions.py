"""Persons by position. Both errors of article 15 are tested: a leader accused and missed, a leader mentioned and taken for accused."""

import pytest

from classifier.positions import doubtful_upward, named_person
from domain.routing import must_not_collect
from domain.terms import Rank, RouteRule
from tests.finding import mentions_in, titles_in


def doubtful_upward_in(text):
    return doubtful_upward(titles_in(text))


def named_person_in(text):
    return named_person(titles_in(text))


def persons(text):
    return mentions_in(text).positions


def grievance(text):
    return mentions_in(text, kind="unit_levy").positions


def one(text):
    (person,) = persons(text)
    return person


def test_a_page_of_nothing_but_titles_is_looked_at_from_both_ends():
    titles = titles_in("县委书记" * 3000 + "，举报县长贪污")

    assert 100 < len(titles) < 300
    assert (titles[0].written, titles[-1].written) == ("县委书记", "县长")


LEADERS_ACCUSED = """
县长收受开发商贿赂
举报县长贪污
我要举报我们县县长贪污受贿
有人举报县长，一直没人查
反映县委书记的问题
反映副县长刘某违规插手土地招拍挂
给县长送了五万块钱
我们给县长和县委书记各送了十万
过年给副县长家送了两万
我把十万现金送到副县长办公室
到县长家里送了十万
我们请副县长吃饭花了八千
县长和开发商勾结
和县长勾结
县长给他小舅子打招呼中了标
李县长让他儿子承包河道清淤
副县长指使城管局拆我的房
县长让住建局卡我们手续
被县长亲自带队强拆了我的厂房
县长来调研时收了两箱酒
县长要我公司出二十万赞助他的活动
县委书记在会上骂我们企业主，还暗示要赞助
县长李某某，多次收受我公司现金
王某某是县委常委，他让我出20万
县长，索贿十万
县长：收了我十万
“县长”索贿十万
縣長收了我五萬
县 长收了钱，县长 收了 我 五万
举报人：王某，被举报人：县长李某
县委王书记收了开发商的钱
人大赵主任入股石料厂
县政协的钱主席拿干股
组织部李部长卖官收钱
分管城建的副县长在开发商那里有干股
我举报的是县长
我要告县长
后台是县长
县长是他们的保护伞
听说县长收了开发商的钱
连县长都收钱
原县委书记收了我的金条
现任县长张某伙同住建局长倒卖土地
书记县长都拿了好处
县领导包庇砂石厂
县里的书记收钱卖项目
咱们县的县长姓李的拿了施工队二十万
县长大人收了多少黑钱你们查不查
常务副县长索要干股
分管农业的副县长找我借了十万不还
县委副书记让我给他亲戚安排工程
人大主任入股石料厂
县人大副主任收受礼金
政协主席包庇他侄子
政协副主席收钱
法院院长收了对方的钱
法院的院长让执行局压着我的案子
检察长办案收钱
检察院检察长收黑钱
公安局长包庇他弟弟
公安局的一把手护着赌场
我要举报公安局，局长收了钱把人放了
开发区党工委书记要干股
组织部长卖官
宣传部长找我要赞助五万
政法委书记干预办案
举报县委常委会研究人事时收钱
市长收了钱
县长把工程都给了他同学
县长帮供货商揽工程
副处级干部王某收钱
""".strip().splitlines()

HEADS_ACCUSED = """
县纪委书记收了开发商的别墅
纪委书记张某收钱
你们纪委书记收了他们的钱所以不查
你们书记收了人家的钱
举报县监委主任给亲戚打招呼
监委主任是保护伞
县纪委一把手收礼
纪委陈书记收了人家两万
县监委孙主任收了礼
""".strip().splitlines()

LEADERS_ONLY_MENTIONED = """
县长热线打不通
县长信箱写了三封信没人回
县长公开电话打不通
县长接待日我去了也没解决
向县长热线举报派出所所长收钱
我在县长留言板写过，副所长还是收钱
法院院长接待日排不上号
我在县长办公室门口等了一天，所长收钱
我向县长反映过，没人管
向县长举报派出所所长收钱
向县纪委书记反映住建局窗口要红包
向县纪委陈书记反映住建局窗口要红包
镇纪委陈书记收了我一条烟
市纪委陈书记收了我一条烟
请县委王书记给我们做主
我跟县长说过局长收钱的事
再不解决我就找县长
我向县长和县委书记反映过，局长收钱
告到县长那里也没用
去年找过县长两次，县长让信访局处理，信访局推给国土局
请县长管管住建局乱收费
希望县委书记关注，村支书收了我们的钱
请转县长阅示
尊敬的县长您好，城管局收了我三千
县长同志：我要举报所长收钱
县长，我要举报住建局长收钱
县委书记、县长：你们好，我举报派出所所长收钱
县委书记来调研过
副县长带队来我们厂检查安全生产，第二天消防就来罚款
县长强调不准收红包，可是科长照收
县委书记说谁收红包就处理谁
县长要求查处乱罚款
县长派人来调查住建局收钱的事
县长批评了住建局乱收费
县长批示了还是没人管，局长要五万
县长签了字的会议纪要他们不认
县长说要给企业减负，下面还是收钱
县长在大会上表态要给企业撑腰，可是没人管
县长答应的奖励一直没给
县长知道局长收钱
县长不知道这事，是局长要的钱
打着县长的旗号要我们交钱
他自称认识县长，要十万才给办
我舅舅认识县长
我给县长送过锦旗
我给县长写信反映所长收钱
把举报材料送到县长办公室
我不是告县长，我告的是局长收钱
跟县长没关系，是科长要的钱
县长被人骗了
县长把项目给了发改局去办，所长收钱
有人要当县长
副县长分管的住建局窗口收钱
市里领导来检查之前镇里让我们交钱
镇党委书记收了烟
柳泉镇党委书记让我们送钱
镇长收了烟
村书记收了我们的钱
村长收了钱
我们县长期不修路，水利局收了钱不打井
县长途汽车站乱收费
超市长期收不合格的货
县医院院长收回扣
敬老院院长收钱
小学校长收钱
局长收了钱
公安局副局长要我十万
法院副院长收了钱
副检察长收钱
县委办主任收购物卡
县委组织部的人收钱
政协办公室的人收钱
""".strip().splitlines()

DOUBTFUL = """
县长的小舅子强揽我们工程
县长秘书收了我一万
县委书记的司机开公车拉私活
举报县委书记的儿子强买强卖
人大主任的外甥承包了河道
县里一把手是他亲戚
他背后有县领导
县长不作为
县长来我厂调研，走的时候拿了两箱酒
县长的车是我们公司买的
县领导的钱是我亲手送的
副县长每年过节都要去他家送礼
县纪委书记压着不查
""".strip().splitlines()


@pytest.mark.parametrize("text", LEADERS_ACCUSED)
def test_a_county_leader_who_is_accused_is_recognised(text):
    assert must_not_collect(persons(text)) is RouteRule.COUNTY_LEADER


@pytest.mark.parametrize("text", HEADS_ACCUSED)
def test_the_head_of_the_commission_who_is_accused_is_recognised(text):
    assert must_not_collect(persons(text)) is RouteRule.OWN_PRINCIPAL


@pytest.mark.parametrize("text", LEADERS_ONLY_MENTIONED)
def test_a_leader_who_is_only_mentioned_or_not_meant_at_all_stops_nobody(text):
    assert must_not_collect(persons(text)) is None


@pytest.mark.parametrize("text", DOUBTFUL)
def test_a_leader_named_without_evidence_either_way_is_neither_accused_nor_passed_over(text):
    assert must_not_collect(persons(text)) is None
    assert doubtful_upward_in(text)
    assert not any(p.accused for p in doubtful_upward_in(text))


@pytest.mark.parametrize("text", LEADERS_ACCUSED + HEADS_ACCUSED)
def test_nobody_is_asked_about_a_leader_who_is_clearly_accused(text):
    if "公安局，局长" not in text:  # read with the unit, which `doubtful_upward` does not look at
        assert doubtful_upward_in(text) == ()


@pytest.mark.parametrize(
    "text",
    [
        "县长热线打不通",
        "我向县长反映过，没人管",
        "县委书记来调研过",
        "我向县长和县委书记反映过",
        "尊敬的县长您好，城管局收了我三千",
        "镇党委书记收了烟",
        "县医院院长收回扣",
        "住建局局长收了钱",
        "",
    ],
)
def test_nobody_is_asked_about_a_leader_who_is_clearly_only_mentioned(text):
    assert doubtful_upward_in(text) == ()


@pytest.mark.parametrize(
    ("text", "rank", "unit"),
    [
        ("住建局局长收了钱", Rank.COUNTY_MANAGED, "housing_construction"),
        ("住建局长收了钱", Rank.COUNTY_MANAGED, "housing_construction"),
        ("财政局副局长要回扣", Rank.COUNTY_MANAGED, "finance_bureau"),
        ("柳泉镇镇长收钱", Rank.COUNTY_MANAGED, "t_liulin"),
        ("南坪乡党委书记收钱", Rank.COUNTY_MANAGED, "t_nanping"),
        ("公安局副局长收钱", Rank.COUNTY_MANAGED, "public_security"),
        ("法院副院长收钱", Rank.COUNTY_MANAGED, "court"),
        ("城投公司董事长收钱", Rank.COUNTY_MANAGED, "city_investment"),
        ("县医院院长收钱", Rank.COUNTY_MANAGED, "public_hospitals"),
        ("柳泉镇卫生院院长收钱", Rank.UNIT_MANAGED, "public_hospitals"),
        ("一中校长收钱", Rank.COUNTY_MANAGED, "public_schools"),
        ("中心小学校长收钱", Rank.UNIT_MANAGED, "public_schools"),
        ("县委办公室主任收钱", Rank.COUNTY_MANAGED, "party_office"),
        ("住建局办公室主任收钱", Rank.UNIT_MANAGED, "housing_construction"),
        ("市监局质量科科长收钱", Rank.UNIT_MANAGED, "market_regulation"),
        ("派出所所长收钱", Rank.UNIT_MANAGED, "public_security"),
        ("政务大厅窗口人员收钱", Rank.UNIT_MANAGED, "admin_approval"),
        ("法官收钱", Rank.UNIT_MANAGED, "court"),
        ("石门镇政府办公室主任收钱", Rank.UNIT_MANAGED, "t_shimen"),
        ("农商行总经理收钱", Rank.UNIT_MANAGED, "rural_bank"),
        ("村支书收钱", Rank.VILLAGE_CADRE, "villages"),
        ("村主任收钱", Rank.VILLAGE_CADRE, "villages"),
        ("村委会出纳收钱", Rank.VILLAGE_CADRE, "villages"),
        ("村委会那个工作人员收钱", Rank.VILLAGE_CADRE, "villages"),
        ("社区居委会主任收钱", Rank.VILLAGE_CADRE, "villages"),
        ("燃气公司经理收钱", Rank.PRIVATE_PERSON, "gas_company"),
        ("老板收钱", Rank.PRIVATE_PERSON, None),
        ("中介收钱", Rank.PRIVATE_PERSON, None),
        ("局长收钱", Rank.COUNTY_MANAGED, None),
        ("纪委副书记收钱", Rank.COMMISSION_MEMBER, None),
        ("监委委员收钱", Rank.COMMISSION_MEMBER, None),
        ("纪委的人收钱", Rank.DISCIPLINE_STAFF, None),
        ("巡察组的人收钱", Rank.DISCIPLINE_STAFF, None),
        ("第三监督检查室主任收钱", Rank.DISCIPLINE_STAFF, "inspection_3"),
        ("驻市监局纪检组组长收钱", Rank.DISCIPLINE_STAFF, "g_market"),
        ("纪检组组长收钱", Rank.DISCIPLINE_STAFF, None),
        ("柳泉镇纪委书记收钱", Rank.DISCIPLINE_STAFF, "t_liulin"),
        ("税务局纪检组组长收钱", Rank.UNIT_MANAGED, "tax_bureau"),
        ("公安局纪委书记收钱", Rank.COUNTY_MANAGED, "public_security"),
        ("柳泉镇纪委陈书记收钱", Rank.DISCIPLINE_STAFF, "t_liulin"),
        ("纪委的老穆收了我两条烟", Rank.DISCIPLINE_STAFF, None),
        ("县纪委穆科长收钱", Rank.DISCIPLINE_STAFF, None),
        ("你们纪委有个姓穆的干部收钱", Rank.DISCIPLINE_STAFF, None),
        ("县纪委信访室的科员把我的举报信给了被举报人", Rank.DISCIPLINE_STAFF, "petition_office"),
        ("信访室的同志收了我两千块钱", Rank.DISCIPLINE_STAFF, "petition_office"),
        ("纪委信访室接访的女同志让我请他吃饭，才肯收我的材料", Rank.DISCIPLINE_STAFF, "petition_office"),
        ("驻市监局纪检组的科员收了我两千块钱", Rank.DISCIPLINE_STAFF, "g_market"),
        ("案管室的副科长收钱", Rank.DISCIPLINE_STAFF, "clue_office"),
        ("审理室的人收了我两千块钱", Rank.DISCIPLINE_STAFF, "trial_office"),
        ("党风室主任收钱", Rank.DISCIPLINE_STAFF, "conduct_office"),
        ("县纪委的文员收钱", Rank.DISCIPLINE_STAFF, None),
        ("柳泉镇纪委的干事收钱", Rank.DISCIPLINE_STAFF, "t_liulin"),
        ("监委留置场所看护收钱", Rank.DISCIPLINE_STAFF, None),
        ("纪委办公室的临时工收钱", Rank.DISCIPLINE_STAFF, None),
        ("舜阳镇栾书记收钱", Rank.COUNTY_MANAGED, "t_shunyang"),
        ("住建局的栾书记收钱", Rank.COUNTY_MANAGED, "housing_construction"),
        ("村委会的栾书记收钱", Rank.VILLAGE_CADRE, "villages"),
        ("我们村的栾书记收钱", Rank.VILLAGE_CADRE, "villages"),
        ("村治保主任收钱", Rank.VILLAGE_CADRE, "villages"),
        ("县医院后勤的郝主任收钱", Rank.UNIT_MANAGED, "public_hospitals"),
        ("组织部一个副部长收钱", Rank.COUNTY_MANAGED, "organization_dept"),
    ],
)
def test_a_title_gives_a_rank_and_the_unit_it_belongs_to(text, rank, unit):
    person = next(p for p in persons(text) if p.accused)

    assert (person.rank, person.unit) == (rank, unit)


@pytest.mark.parametrize(
    "text",
    [
        "县纪委信访室主任态度恶劣，推着不办",
        "纪委的人态度恶劣，推着不办",
        "驻市监局纪检组的科员态度恶劣，推着不办",
        "石门镇纪委书记态度恶劣，推着不办",
        "县纪委副书记态度恶劣，推着不办",
    ],
)
def test_a_grievance_about_nobody_but_the_commission_s_own_people_accuses_them(text):
    assert [p.accused for p in grievance(text)] == [True]


@pytest.mark.parametrize(
    "text",
    [
        "城管把我的摊子收了，纪委的人态度恶劣，推着不办",
        "我向纪委的人反映过，没人管",
        "住建局局长不给我盖章，信访室的同志不管",
    ],
)
def test_a_grievance_about_others_does_not_accuse_the_commission_s_people_as_well(text):
    assert not any(p.accused for p in grievance(text) if p.rank is Rank.DISCIPLINE_STAFF)


def test_a_surname_with_a_title_is_a_name():
    assert one("王局长收了我五千").name == "王局长"


def test_a_surname_with_a_short_title_is_a_name():
    person = one("找到王局，王局让我送钱")

    assert (person.title, person.name, person.rank, person.accused) == ("局", "王局", Rank.COUNTY_MANAGED, True)


def test_a_name_after_a_title_is_a_name():
    assert one("第三监督检查室王建国收了钱").name == "王建国"


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("运管所所长王建国拖了一个月,要我表示两千", "王建国"),
        ("副镇长高文斌借走我的车", "高文斌"),
        ("民警陈立群当面要六十万", "陈立群"),
        ("中队长柏志远让我们换灯箱,1600一个", "柏志远"),
        ("局长陈明说要五万", "陈明"),
        ("住建局王建国局长收了我五千", "王建国局长"),
    ],
)
def test_a_whole_name_stands_after_a_title_or_before_it(text, name):
    assert one(text).name == name


@pytest.mark.parametrize(
    "text",
    [
        "局长马上要我五千",
        "所长周末来收钱",
        "所长安排人收钱",
        "队长曾提前要了五百",
        "所长封了我的店,要五千",
        "科长何时要过钱",
    ],
)
def test_a_word_after_a_title_is_no_name(text):
    assert {person.name for person in persons(text)} == {None}


@pytest.mark.parametrize(
    "text", ["从未向任何民警付款", "因为我妻弟给钱老板开车", "防雷执法人员上门", "争创什么示范镇长说了算"]
)
def test_a_character_that_makes_a_word_with_the_one_before_is_no_surname(text):
    assert [title.name for title in titles_in(text)] == [None]


def test_a_title_without_surname_has_no_name():
    assert one("局长收了我五千").name is None


def test_somebody_named_twice_is_one_person_and_accused_if_he_is_accused_once():
    assert one("去找所长，所长不在，后来所长收了我两条烟").accused


def test_a_title_that_says_nothing_without_its_unit_is_left_out():
    assert persons("院长收钱") == ()


def test_the_unit_of_another_sentence_is_not_taken():
    assert one("住建局很好。局长收钱").unit is None


def test_a_unit_named_only_later_is_not_taken():
    assert one("局长收钱，住建局没人管").unit is None


def test_the_unit_of_another_clause_is_taken():
    assert one("我去住建局办证，局长要我两万").unit == "housing_construction"


def test_a_secretary_by_surname_alone_belongs_nowhere():
    assert persons("栾书记收了我的钱") == ()


def test_whoever_of_our_own_a_message_about_conduct_begins_with_is_accused():
    text = "驻水利局纪检组有个姓温的干部，他媳妇的店专给医保局供货"

    def accused(kind):
        return [p.accused for p in mentions_in(text, kind=kind).positions if p.rank is Rank.DISCIPLINE_STAFF]

    assert accused("nk_other_discipline") == [True]
    assert accused("buck_passing") == [False]


def test_a_head_spoken_of_again_in_a_message_about_a_hospital_alone_leads_a_ward():
    found = grievance("县医院骨科主任收红包。第二天主任在群里骂人")

    assert {(p.rank, p.unit) for p in found} == {(Rank.UNIT_MANAGED, "public_hospitals")}


def test_in_a_grievance_a_bureau_head_is_not_innocent_because_he_held_a_meeting():
    text = "财政局王局长开会点名每家赞助三千"

    assert [p.accused for p in grievance(text)] == [True]
    assert [p.accused for p in persons(text)] == [False]


@pytest.mark.parametrize("text", ["找局长签字", "局长开会去了，没见着", "局长签了字"])
def test_a_bureau_head_who_is_only_mentioned_is_not_accused(text):
    assert not any(p.accused for p in persons(text))


@pytest.mark.parametrize("text", ["局长卡着不给签字", "局长态度恶劣", "局长拖着不办", "投诉局长不作为"])
def test_a_grievance_accuses_a_bureau_head(text):
    assert one(text).accused


def test_the_person_slot_is_the_first_official_accused():
    assert named_person_in("向李县长反映，王局长要我五万") == "王局长"


def test_the_person_slot_holds_title_and_name_where_the_name_follows():
    assert named_person_in("科长李某某要我五万") == "科长李某某"


def test_the_person_slot_is_a_named_official_even_without_an_accusation():
    assert named_person_in("住建局王科长") == "王科长"


@pytest.mark.parametrize("text", ["老板不给钱", "没人管", ""])
def test_without_an_official_there_is_no_person_slot(text):
    assert named_person_in(text) is None


@pytest.mark.timeout(20)
@pytest.mark.parametrize(
    "text",
    [
        "住建局" + "科" * 13 + "小科长收钱",
        "县长，" + "在" * 15 + "收钱",
        "县长" + "还" * 3000,
        "举报" + "县" * 3000 + "县长",
        "向" + "我们" * 1500 + "县长",
        "和" * 3000 + "县长",
    ],
)
def test_no_text_keeps_the_finder_busy_for_long(text):
    assert len(persons(text)) <= 1
