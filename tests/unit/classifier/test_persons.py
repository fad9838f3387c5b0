"""Persons as people call them, with and without a title."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from classifier.persons import first_person, persons_in
from classifier.positions import find_titles
from classifier.text import normalise


def persons(text):
    normal = normalise(text)
    return persons_in(normal, find_titles(normal))


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("管这事的葛老师不回消息", ["葛老师"]),
        ("市场所吴胖子挨门推销", ["吴胖子"]),
        ("潘經理話隨便你", ["潘经理"]),
        ("城管薛队小舅子摆摊没人管", ["薛队"]),
        ("王所让我等着", ["王所"]),
        ("助理小鹿捎话来要吃饭", ["小鹿"]),
        ("有个叫刘三宝的,张口要两千", ["刘三宝"]),
        ("那人外号“老刀”,每月来收", ["外号“老刀"]),
        ("门口的“二哥”收八百", ["“二哥”"]),
        ("窗口那个女的嗑瓜子不理人", ["窗口那个女的"]),
        ("来了个戴眼镜的小伙子,张嘴就要烟", ["个戴眼镜的小伙子"]),
        ("带队的说罚一千是按文件", ["带队的"]),
        ("招商局一个姓池的约我喝茶", ["姓池的"]),
        ("交警队那个内勤收了表", ["内勤"]),
        ("新来的书记说谁签的找谁", ["书记"]),
        ("抄表的把我表底多抄了", ["抄表的"]),
        ("住建的孔局在饭桌上提了条件", ["孔局"]),
        ("国土所的费所说要放线", ["费所"]),
        ("林业站老阚说指标没了", ["老阚"]),
        ("派出所庞所打电话替人要账", ["庞所"]),
        ("小秋说名额紧", ["小秋"]),
        ("抄水表的每回都估个大数", ["抄水表的"]),
        ("卫健那边办证的说现场不达标", ["办证的"]),
        ("过磅员压我两百斤", ["过磅员"]),
        ("电工上门要三百", ["电工"]),
        ("综窗的小妹让我下午再来", ["综窗的小妹"]),
        ("所长王建国拖了一个月", ["所长王建国"]),
        ("城管那边有个戴袖章的天天来转", ["戴袖章的"]),
        ("工商所那个胖子每回都拿条鱼", ["那个胖子"]),
        ("派出所的小哥隔三差五来看看", ["的小哥"]),
        ("第二天值班的就问我是不是活腻了", ["值班的"]),
        ("一个穿制服的进店里", ["穿制服的"]),
        ("经手的小伙子说想快也行", ["经手的小伙子"]),
        ("热力公司抢修师傅说得换他带的阀门", ["抢修师傅"]),
        ("税务所的老钱把冰箱发票拿来让我报", ["老钱"]),
        ("来个自称管卫生的,要一百块", ["自称管卫生的"]),
        ("市监来了两个女的翻我冰柜", ["两个女的"]),
        ("法院的陪审员收了我两千", ["陪审员"]),
        ("县妇联主席用公款买沙发", ["妇联主席"]),
        ("白杨树乡包片的三天来一趟", ["包片的"]),
        ("燃气公司的人来了又说阀门要另买", ["燃气公司的人"]),
        ("国土所来的人说先交三千", ["国土所来的人"]),
        ("每月一号来个大姐 收一百五", ["大姐"]),
        ("医保窗口那个闺女吼我", ["窗口那个闺女"]),
        ("电箱有个管闸的 谁家跳闸喊他", ["管闸的"]),
        ("条子上镇里管项目的签了字", ["管项目的"]),
        ("法院那个执行的说这样快", ["那个执行的"]),
        ("公证处那个胖点的说流程慢", ["那个胖点的"]),
        ("驾校的教练说交五百包过", ["教练"]),
        ("医院那个登记的小姑娘说不行", ["登记的小姑娘"]),
        ("就是外号“二黑”的那个", ["二黑"]),
        ("运管所审核的那个人说只认一家", ["审核的那个人"]),
    ],
)
def test_whoever_is_called_something_is_found(text, expected):
    assert [name for name in persons(text) if any(e in name or name in e for e in expected)] != []


@pytest.mark.parametrize(
    "text",
    [
        "等了两个钟头也没人",
        "拉了三车石头",
        "那个时段老师都在门口",
        "墙上贴得老高",
        "卖点小米",
        "我叫吕有田,种了一辈子地",
        "邻居老许也这样",
        "隔壁老胡家也装了",
        "同行老马请了客",
        "换个龙头一百",
        "人称前面的不用填",
        "老百姓的钱",
        "收费所得都归他",
        "办证的时候没人说",
        "收粮的钱还没给",
        "修路的款拖了三年",
        "王局部装修",
        "高科技企业",
        "这条老路说修没修",
        "主管部门没回话",
        "值班的时候没人",
        "穿制服的时候不收",
        "请专家评审费六千",
        "派出所的人都下班了",
        "来个大姐帮我抬",
        "管住的地方找不到",
    ],
)
def test_no_person_is_made_of_things_of_the_writer_or_of_his_neighbours(text):
    assert persons(text) == []


def test_title_and_name_are_one_person():
    assert persons("分管的副县长胡某让他弟弟承包") == ["副县长胡某"]


def test_who_is_only_described_comes_after_who_has_a_name():
    text = "窗口那个女的说去找老冯"

    assert first_person(text, find_titles(text)) == "老冯"
    assert persons_in(text, find_titles(text)) == ["窗口那个女的", "老冯"]


@given(st.text(alphabet="老小王李姓的窗口女男那个戴眼镜叫我所局长,。说12", max_size=40))
def test_every_person_stands_in_the_text_and_none_twice(text):
    found = persons(text)

    assert all(name in normalise(text) for name in found)
    assert len(found) == len(set(found))
