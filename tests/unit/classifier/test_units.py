"""Units, doubtful words, townships and stations in a text."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.reference import load_directory
from classifier.lexicon import read
from classifier.text import Reading
from classifier.units import MentionFinder
from domain.terms import UnitKind
from tests.finding import mentions_in, units_in

DIRECTORY = load_directory()
MATTERS = [word for words in read("matters.yaml").values() for word in words]


def units(text):
    return units_in(text).units


def doubtful(text):
    return [mention.alias for mention in units_in(text).ambiguous]


# A township is not what is complained of merely because it is named; every other name alone is.
NAMES = [
    (name, unit.key)
    for unit in DIRECTORY.units.values()
    for name in DIRECTORY.names_of_unit(unit.key)
    if name not in {"城关"}
]


@pytest.mark.parametrize(("name", "unit"), NAMES, ids=[name for name, _ in NAMES])
def test_every_name_of_the_directory_is_found(name, unit):
    assert units(f"{name}的人要钱") == (unit,)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("市场监管局的人要烟", ("market_regulation",)),
        ("市监所来查", ("market_regulation",)),
        ("交管不归我说，运管拦车收钱", ("transport_bureau",)),
        ("审批大厅的人态度差", ("admin_approval",)),
        ("办税大厅不给开票", ("tax_bureau",)),
        ("不动产大厅排不上号", ("natural_resources",)),
        ("工商银行放贷要点数", ("state_banks",)),
        ("中行的客户经理要回扣", ("state_banks",)),
        ("移动公司不给拉专线", ("post_telecom",)),
        ("工会让我们交培训费", ("trade_union",)),
        ("一中食堂招标有问题", ("public_schools",)),
        ("中介收加急费", ("private_agency",)),
        ("城管来收钱", ("urban_management",)),
        ("法官要钱", ("court",)),
        ("收水费的那边来的女的不给开阀", ("water_company",)),
        ("考科目三,交五百给小杨就过", ("public_security",)),
        ("想办小餐饮证,给打字店老板六百隔天下证", ("market_regulation",)),
        ("去南坪乡给老娘递危房改造的申请,人家看都没看", ("t_nanping",)),
    ],
)
def test_names_in_common_use_are_found(text, expected):
    assert units(text) == expected


@pytest.mark.parametrize(
    "text",
    [
        "施工会影响居民",
        "厂工会不发福利",
        "其中行政手续最多",
        "施工行为不规范",
        "务农行不通",
        "新建行道树",
        "居中介绍",
        "从中介入",
        "万一中标了",
        "县城管理得好",
        "县城投资环境差",
        "网约车平台公司抽成",
        "请把车移动公司门口",
        "纯净水厂开业",
        "我们去法院起诉他",
        "钱被冻了,说是外省一个啥公安冻的",
        "找电视台曝光",
        "环保材料涨价",
        "公司不交社保",
        "水电费太贵",
        "消防器材要换",
        "市住建局来查",
        "外地公安局来人",
        "邻省来的两个民警让我退钱",
        "活动检查了三次",
        "领导小组开会",
        "项目办不下来",
        "打了12345没人管",
        "包村干部来过",
    ],
)
def test_a_word_that_only_looks_like_a_name_is_no_unit(text):
    mentions = units_in(text)

    assert (mentions.units, mentions.ambiguous) == ((), ())


def test_units_stand_in_the_order_of_mention_and_once():
    assert units("住建局推给水利局，水利局又推回住建局") == ("housing_construction", "water_resources")


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("车让市容的拖走了", ("urban_management",)),
        ("城官的把秤收了", ("urban_management",)),
        ("村里管电的换个表要一百五", ("power_company",)),
        ("文化执法把主机搬走二十台", ("culture_tourism",)),
    ],
)
def test_a_field_of_work_a_slip_or_a_job_tells_who_acts(text, expected):
    assert units(text) == expected


def test_the_unit_of_a_witness_is_not_complained_of():
    assert units("交通局卡我半年,宣传部的小田当时在场") == ("transport_bureau",)


def test_the_longest_name_wins():
    assert units("高速交警拦车") == ("expressway_police",)


def test_invisible_characters_hide_no_unit():
    assert units("住\u200b建局要钱") == ("housing_construction",)


@pytest.mark.parametrize("alias", [a for a, m in DIRECTORY.ambiguous.items()])
def test_every_doubtful_word_alone_is_asked_about(alias):
    mentions = units_in(f"{alias}收钱")

    assert mentions.units == ()
    assert alias in [mention.alias for mention in mentions.ambiguous]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("高速上交警罚我", ("expressway_police",)),
        ("县城里交警罚我电动车", ("public_security",)),
        ("路政在国道上拦车", ("highway_section",)),
        ("办房子消防验收卡着", ("housing_construction",)),
        ("环保说我们废水不行要罚", ("ecology_branch",)),
        ("大厅办税窗口要钱", ("tax_bureau",)),
        ("住建局的执法队扣车", ("housing_construction",)),
        ("城管来了，执法队把东西拉走", ("urban_management",)),
        ("社保大厅不给办", ("human_resources",)),
        ("柳泉镇综合执法队扣车", ("t_liulin",)),
    ],
)
def test_context_decides_a_doubtful_word(text, expected):
    mentions = units_in(text)

    assert (mentions.units, mentions.ambiguous) == (expected, ())


def test_a_word_in_another_sentence_decides_nothing():
    assert doubtful("我走高速来的。交警罚我") == ["交警"]


def test_a_doubtful_word_beside_an_unrelated_unit_is_still_asked_about():
    assert doubtful("财政局说让我找环保的人") == ["环保"]


def test_a_word_for_a_leader_is_not_asked_about_where_a_unit_is_named():
    assert doubtful("住建局的那个领导要钱") == []


def test_a_greeting_is_not_asked_about():
    assert doubtful("领导您好，我要反映情况") == []


def test_a_word_for_a_leader_is_not_asked_about_where_somebody_is_accused():
    assert mentions_in("有个领导，就是局长，要我五万").ambiguous == ()


def test_a_doubtful_unit_is_asked_about_even_where_somebody_is_accused():
    assert [m.alias for m in mentions_in("执法队队长要我五百").ambiguous] == ["执法队"]


STATIONS = {
    "派出所": "public_security",
    "市监所": "market_regulation",
    "自然资源所": "natural_resources",
    "财政所": "finance_bureau",
    "司法所": "justice_bureau",
    "税务所": "tax_bureau",
    "供电所": "power_company",
    "法庭": "court",
}
TOWNS = [(u.key, u.name) for u in DIRECTORY.units.values() if u.kind is UnitKind.TOWNSHIP]


@pytest.mark.parametrize(("town", "name"), TOWNS)
@pytest.mark.parametrize(("station", "parent"), STATIONS.items())
def test_a_station_belongs_to_its_unit_and_stands_in_its_township(town, name, station, parent):
    mentions = units_in(f"{name}{station}的人要钱")

    assert (mentions.units, mentions.township, mentions.embedded) == ((parent,), town, True)


@pytest.mark.parametrize(
    ("text", "parent", "town"),
    [
        ("柳泉派出所要钱", "public_security", "t_liulin"),
        ("柳泉镇的派出所要钱", "public_security", "t_liulin"),
        ("城关工商所要钱", "market_regulation", "t_shunyang"),
        ("市监局柳泉所要钱", "market_regulation", "t_liulin"),
        ("税务局石门分局要钱", "tax_bureau", "t_shimen"),
        ("石门法庭要钱", "court", "t_shimen"),
        ("镇派出所要钱", "public_security", None),
    ],
)
def test_a_station_is_found_under_its_short_and_turned_names(text, parent, town):
    mentions = units_in(text)

    assert (mentions.units, mentions.township, mentions.embedded) == ((parent,), town, True)


def test_a_unit_without_a_township_is_no_station():
    assert units_in("派出所要钱").embedded is False


def test_a_township_where_something_happened_is_not_complained_of():
    mentions = units_in("我在柳泉镇开饭店，城管来吃饭不给钱")

    assert (mentions.units, mentions.township) == (("urban_management",), "t_liulin")


def test_a_township_where_something_happened_is_no_unit_even_alone():
    mentions = units_in("我在柳泉镇开饭店，有人来要钱")

    assert (mentions.units, mentions.township) == ((), "t_liulin")


@pytest.mark.parametrize(
    "text",
    ["柳泉镇政府欠我钱", "柳泉镇让我们交赞助", "柳泉镇干部来吃饭", "柳泉镇党政办不盖章", "镇政府欠我钱，我在柳泉镇"],
)
def test_a_township_that_acts_is_complained_of(text):
    assert units(text) == ("t_liulin",)


def test_a_township_nobody_named_is_not_invented():
    mentions = units_in("镇政府欠我钱")

    assert (mentions.units, mentions.township) == ((), None)


def test_a_village_in_a_named_township_is_a_village():
    mentions = units_in("石门镇王庄村村主任堵路")

    assert (mentions.units, mentions.township) == (("villages",), "t_shimen")


def test_a_village_as_a_place_is_no_unit():
    assert units("村里修路堵车") == ()


def test_a_village_that_acts_is_a_unit():
    assert units("村里让我们交钱") == ("villages",)


def test_a_park_where_the_factory_stands_is_not_complained_of():
    assert units("我厂在园区，供电所不给增容") == ("power_company",)


def test_a_park_that_acts_is_complained_of():
    assert units("园区答应的地不给") == ("development_zone",)


def test_a_thing_counts_where_nothing_else_is_named():
    assert units("自来水开口费交了半年没通") == ("water_company",)


def test_a_thing_does_not_count_beside_a_unit():
    assert units("城投公司把自来水管挖断了") == ("city_investment",)


def test_the_unit_somebody_turned_to_gives_way_to_the_one_he_complains_of():
    assert units("向信访局反映国土局的事") == ("natural_resources",)


def test_the_unit_somebody_turned_to_counts_where_it_is_the_only_one():
    assert units("向住建局反映过两年没人管") == ("housing_construction",)


def test_the_unit_within_a_leaders_title_is_no_subject_of_its_own():
    mentions = mentions_in("法院院长收了对方的钱")

    assert mentions.units == ()
    assert [p.title for p in mentions.positions] == ["法院院长"]


def test_a_text_without_anything_names_nobody():
    mentions = mentions_in("")

    assert (mentions.units, mentions.positions, mentions.ambiguous, mentions.township) == ((), (), (), None)


@given(st.text(max_size=60))
def test_any_text_can_be_read(text):
    assert set(mentions_in(text).units) <= set(DIRECTORY.units)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("应急的来查冷库，罚款单打印好了才问我", ("emergency_bureau",)),
        ("县卫生口一位副局长要课题经费", ("health_bureau",)),
        ("国土说找农业", ("natural_resources",)),
        ("教育系统的人来收钱", ("education_science",)),
        ("学校欠我饭钱三年了", ("public_schools",)),
        ("猪场旁边环保来了好几回", ("ecology_branch",)),
        ("三轮让交警扣了", ("public_security",)),
        ("消防来饭店查灭火器", ("fire_brigade",)),
        ("柳泉镇办桃花节，一家出三百", ("t_liulin",)),
        ("清河湾镇带铲车把猪舍推了", ("t_qinghe",)),
        ("审计的尤副局长把儿子塞到我们公司", ("audit_bureau",)),
        ("住建的孔局让我们等着", ("housing_construction",)),
        ("市容的把我烤红薯炉子拉走", ("urban_management",)),
        ("移动的人把光纤箱锁了", ("post_telecom",)),
        ("村委会开个证明收五十", ("villages",)),
        ("管燃气的嫌我灶台高，不给通", ("gas_company",)),
        ("专管市容的挨个收钱", ("urban_management",)),
        ("文旅那块说不归他们", ("culture_tourism",)),
        ("卫监的、文旅的、烟草的一个礼拜来了八回", ("health_bureau", "culture_tourism")),
        ("上个月市监抽了三回样", ("market_regulation",)),
        ("县国投欠我工钱", ("state_assets",)),
        ("灶房报警器非买他家的，不给点火", ("gas_company",)),
        ("我在二中当门卫，供电局说我家偷电", ("power_company",)),
        ("我拿着法院的判决书去房管局，不给解封", ("housing_construction",)),
        ("我家大棚经县发改局备案，国土局还是来拆", ("natural_resources",)),
        ("跑车管所查来的登记，房管局说不作数", ("housing_construction",)),
        ("外省一个市的公安冻了我的卡，县公安局说管不了", ("public_security",)),
        ("堵门的非村干部，与村两委无亲属关系，派出所就是不管", ("public_security",)),
        ("县三中的食堂年年指定一家", ("public_schools",)),
        ("小学校长让家长交空调钱", ("public_schools",)),
    ],
)
def test_whoever_works_in_a_field_and_whoever_acts_is_found(text, expected):
    assert units(text) == expected


@pytest.mark.parametrize(
    "text",
    [
        "农业不好干，合作社难",
        "交通不便，货进不来",
        "卫生很差，苍蝇多",
        "我在柳泉镇办了个养殖场，窗口不收材料",
        "小学文化，不会写字",
        "驾驶学校旁边有人卖号，要不要查",
        "执照要村委会盖章才给",
        "带头的不是村干部，就是几个闲人",
        "这事跟派出所没关系",
    ],
)
def test_a_field_a_place_an_errand_and_whoever_is_denied_are_nobody(text):
    assert (
        set(units(text))
        & {
            "agriculture_rural",
            "transport_bureau",
            "health_bureau",
            "t_liulin",
            "public_schools",
            "villages",
            "public_security",
        }
        == set()
    )


@pytest.mark.parametrize(
    "text", ["镇上管安全的来要钱", "来个自称管卫生的", "分管城建的副县长有干股", "外地一个县的公安冻了我的卡"]
)
def test_who_belongs_elsewhere_or_only_says_so_stands_for_no_unit_of_ours(text):
    assert units(text) == ()


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("实验小学后头那条街拆迁，舜阳镇派来量尺的多量了两平", ("t_shunyang",)),
        ("唔系法院执行，城管就把围墙推了", ("urban_management",)),
        ("这事没有法院的份，派出所的人上门催债", ("public_security",)),
        ("我家在云台镇。镇上最便宜的就是我们园，教科局扣着补助不发", ("education_science",)),
        ("给云台镇拉了两年沙子，一分没结", ("t_yuntai",)),
        ("云台镇拆违建，就拆我一家，支书他兄弟的棚子没动，镇里说不归他们管", ("t_yuntai",)),
        ("云台镇分管工商联络的干部借钱给商户收利息", ("t_yuntai",)),
        ("某农机公司的采购要回扣", ()),
        ("驻财政局纪检组的一个人酒驾刮了我的车", ()),
    ],
)
def test_what_is_beside_the_point_is_not_complained_of(text, expected):
    assert mentions_in(text, "land_obstruction").units[:1] == expected


def test_a_paper_that_is_only_asked_for_does_not_say_whose_matter_it_is():
    assert units("换个执照，非要我拿房产证原件") == ("admin_approval",)
    assert units("换个执照，也要办房产证") == ()


def test_behind_a_go_between_stands_the_office_of_the_matter():
    finder, reading = MentionFinder(DIRECTORY), Reading("驾照换证排不上，代办点交四百当天就下来")

    assert finder.find(reading, [], kind="insider_scalper").units[0] == "public_security"
    assert finder.find(reading, [], kind="nk_private_party").units == ("private_agency",)


def test_police_that_act_before_the_court_has_spoken_are_the_ones_complained_of():
    assert units("法院还没判，派出所的人先来搬东西") == ("public_security",)


def test_a_kind_tells_who_is_meant_where_nobody_is_named():
    finder, reading = MentionFinder(DIRECTORY), Reading("欠货款说成诈骗抓了三天")

    assert finder.find(reading, [], kind="police_in_dispute").units == ("public_security",)
    assert finder.find(reading, []).units == ()
    assert finder.find(Reading("外省公司说我诈骗，把卡冻了"), [], kind="police_in_dispute").units == (
        "public_security",
    )


def test_police_of_another_place_are_not_ours():
    finder, reading = MentionFinder(DIRECTORY), Reading("外地的警察跨省来冻了我的卡")

    assert finder.find(reading, [], kind="police_in_dispute").units == ()


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("想在执照上添个项目，三回都不给办", ("admin_approval",)),
        ("给车过户跑了五趟", ("public_security",)),
        ("反担保都押了，领导还说不好上会", ("guarantee_company",)),
        ("燃气开户要买他家的阀门", ("gas_company",)),
    ],
)
def test_the_paper_tells_the_office_that_issues_it(text, expected):
    assert units(text) == expected


@given(st.sampled_from(sorted(MATTERS)), st.sampled_from(["", "我去办", "三年了还不给", "跑了五趟"]))
def test_every_matter_leads_to_a_unit_of_the_county(word, around):
    assert set(units(around + word)) <= set(DIRECTORY.units)


@pytest.mark.parametrize(
    "text",
    [
        "村里盖个章二十块,会计拿个小抽屉收",
        "俺村有个老太太死了四年,低保折子还在孙会计手里",
        "村里那块地说好公开租,开会那天组长挨个劝",
    ],
)
def test_an_officer_that_every_village_has_stands_for_the_villages_in_a_grievance(text):
    assert mentions_in(text, "unit_levy").units == ("villages",)
    assert mentions_in(text).units == ()


def test_another_officer_or_a_village_alone_stands_for_nobody():
    assert mentions_in("会计把账记错了", "unit_levy").units == ()
    assert mentions_in("俺村有人知道", "unit_levy").units == ()


def test_the_words_that_named_a_unit_are_told_and_none_where_nothing_did():
    finder, said = MentionFinder(DIRECTORY), Reading("镇里的卫生院拖着不给结账。县医院也拖。")

    assert finder.words_for("public_hospitals", said, []) == ("卫生院", "县医院")
    assert finder.words_for("tax_bureau", said, []) == ()
