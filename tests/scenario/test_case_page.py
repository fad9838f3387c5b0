"""The case page under a clerk's hands, in headless Chromium: one press for a plain case, nothing moves, everything has a key."""

import re
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, expect

from app import demo
from domain.terms import CaseStatus, Source, TriageStep
from domain.values import Mentions
from models import Case
from services.intake import NewReport
from tests.fakes import suggestion
from tests.scenario.browsing import sign_in
from tests.scenario.conftest import Site
from tests.world import account

pytestmark = [pytest.mark.browser, pytest.mark.timeout(240)]


@pytest.fixture
def proposed(site: Site) -> dict[TriageStep, list[str]]:
    """The new cases of the demo county, by what the page proposes to the petition office."""
    demo.fill(site.system)
    found: dict[TriageStep, list[str]] = {}
    with site.system.transact() as services:
        clerk = account(services, "petition")
        for case in services.session.query(Case).filter_by(status=CaseStatus.RECEIVED).order_by(Case.id):
            proposal = services.triage.proposed(clerk, case)
            if proposal is not None:
                found.setdefault(proposal.step, []).append(case.case_number)
    return found


@pytest.fixture
def page(browser: Browser, site: Site, proposed: dict[TriageStep, list[str]]) -> Page:
    """The page of a plain case, open for a clerk of the petition office."""
    opened = sign_in(browser, site.url, "petition")
    opened.goto(f"{site.url}/admin/cases/{proposed[TriageStep.TAKE_IN][0]}")
    opened.wait_for_load_state("load")
    return opened


def lodged(site: Site, statement: str, mentions: Mentions | None = None, **suggested: Any) -> str:
    """The number of a new case about the market bureau, by what was suggested for it and what the statement names."""
    found = suggestion(**suggested)
    with site.system.transact() as services:
        report = NewReport(statement, Source.WEB, replace(found, mentions=mentions or found.mentions))
        return services.intake.lodge_report(report).case_number


def place_of(page: Page, selector: str) -> dict[str, float]:
    box = page.locator(selector).first.bounding_box()
    assert box
    return dict(box)


def covered_by(page: Page, selector: str) -> list[str]:
    """The texts, links and buttons of the page that lie under this element."""
    found: list[str] = page.evaluate(
        """(selector) => {
            const over = document.querySelector(selector), box = over.getBoundingClientRect();
            return [...document.querySelectorAll("main :is(a, button, h1, h2, p, span, abbr, dt, dd, summary)")]
                .filter((one) => !over.contains(one) && one.checkVisibility())
                .filter((one) => [...one.getClientRects()].some((its) =>
                    its.width && its.left < box.right && its.right > box.left && its.top < box.bottom - 1 && its.bottom > box.top + 1))
                .filter((one) => !one.matches(".back"))
                .map((one) => one.textContent.trim().slice(0, 40));
        }""",
        selector,
    )
    return found


def test_a_plain_case_is_handed_on_with_one_key_the_next_one_comes_and_another_key_takes_it_back(page, site, proposed):
    number = proposed[TriageStep.TAKE_IN][0]
    page.keyboard.press("y")
    expect(page.locator("h1")).not_to_have_text(number)
    expect(page.locator(".case-head .status")).to_have_text("已收到")
    expect(page.locator(".toast")).to_contain_text(number)
    expect(page.locator(".toast")).to_contain_text("已确认种类、受理并交办")
    page.keyboard.press("u")
    expect(page.locator("h1")).to_have_text(number)
    expect(page.locator(".case-head .status")).to_have_text("已收到")
    expect(page.locator(".suggestion h2")).to_contain_text("还没有人确认")
    expect(page.locator(".at-once")).to_be_visible()


def test_what_was_done_to_the_case_before_leads_back_to_it_and_is_told_to_nobody_else(page, site, proposed, browser):
    number = proposed[TriageStep.TAKE_IN][0]
    page.keyboard.press("y")
    expect(page.locator("h1")).not_to_have_text(number)
    address = page.url
    page.locator(".toast a").click()
    expect(page.locator("h1")).to_have_text(number)
    expect(page.locator(".case-head .status")).to_have_text("已交办")

    other = sign_in(browser, site.url, "clue")
    other.goto(address)
    expect(other.locator(".case-head")).to_be_visible()
    expect(other.locator(".toast")).to_be_hidden()


def test_after_the_last_new_case_one_stays_with_it_and_is_told_so(page, site, proposed):
    with site.system.transact() as services:
        for case in services.session.query(Case).filter_by(status=CaseStatus.RECEIVED):
            if case.case_number != proposed[TriageStep.TAKE_IN][0]:
                case.status = CaseStatus.CONCLUDED
    page.keyboard.press("y")

    expect(page.locator("h1")).to_have_text(proposed[TriageStep.TAKE_IN][0])
    expect(page.locator(".case-head .status")).to_have_text("已交办")
    expect(page.locator(".proposal")).to_contain_text("都分流完了")
    page.keyboard.press("n")
    expect(page.locator(".notice", has_text="都分流完了")).to_be_visible()


def test_a_key_that_does_several_steps_at_once_is_not_pressed_unseen(page, site, proposed):
    page.set_viewport_size({"width": 1280, "height": 600})
    page.evaluate("scrollTo(0, document.body.scrollHeight)")
    expect(page.locator(".at-once")).not_to_be_in_viewport()
    page.keyboard.press("y")
    expect(page.locator(".at-once")).to_be_in_viewport()
    expect(page.locator(".suggestion h2")).to_contain_text("还没有人确认")
    page.keyboard.press("y")

    expect(page.locator(".toast")).to_contain_text("已确认种类、受理并交办")


def test_what_was_passed_over_does_not_come_by_itself_after_the_last_of_the_list(page, site, proposed):
    number = proposed[TriageStep.TAKE_IN][0]
    with site.system.transact() as services:
        first = services.session.query(Case).filter_by(status=CaseStatus.RECEIVED).order_by(Case.received_at).first()
        done = services.session.query(Case).filter_by(case_number=number).one()
        first.received_at, done.received_at = (
            done.received_at - timedelta(days=90),
            first.received_at - timedelta(days=99),
        )
    page.goto(f"{site.url}/admin/cases/{number}?list=view%3Dtriage%26sort%3Dnewest")
    page.keyboard.press("y")

    expect(page.locator(".case-head .status")).to_have_text("已交办")
    expect(page.locator("h1")).to_have_text(number)
    expect(page.locator(".proposal")).to_contain_text("前面跳过的，按 n 再看")


def test_from_a_list_three_new_cases_of_three_sorts_take_a_press_each_and_one_comes_back_to_the_list(
    page, site, proposed
):
    page.set_viewport_size({"width": 1280, "height": 800})
    page.goto(f"{site.url}/admin/cases?view=triage")
    waiting = int(page.locator(".views [aria-current] b").inner_text())
    for step, tells in (
        (TriageStep.TAKE_IN, "已交办"),
        (TriageStep.DECLINE, "不予受理"),
        (TriageStep.ASK, "等反映人回答"),
    ):
        page.locator(".list td.id a", has_text=proposed[step][0]).click()
        expect(page.locator(".proposal .at-once")).to_be_in_viewport()
        said = page.locator(".told-him").inner_text() if step is not TriageStep.TAKE_IN else ""
        page.keyboard.press("y")
        expect(page.locator(".toast")).to_be_visible()
        assert covered_by(page, ".toast") == [], step
        page.goto(f"{site.url}/admin/cases/{proposed[step][0]}?list=view%3Dtriage")
        expect(page.locator(".case-head")).to_contain_text(tells)
        expect(page.locator(".proposal .button", has_text="下一件")).to_be_in_viewport()
        if said:
            expect(page.locator(".left")).to_contain_text(said)
        page.get_by_role("link", name="← 办件：待分流").click()
        expect(page).to_have_url(f"{site.url}/admin/cases?view=triage")

    expect(page.locator(".views [aria-current] b")).to_have_text(str(waiting - 3))
    assert page.locator(".list tbody tr").count() == waiting - 3


def test_what_is_declined_by_its_kind_can_be_reworded_first_and_is_no_accusation_any_more(page, site, proposed):
    page.goto(f"{site.url}/admin/cases/{proposed[TriageStep.DECLINE][0]}")
    expect(page.locator("#turn-away-destination")).to_be_hidden()
    page.get_by_text("改写给反映人的话和存档的理由").click()
    page.fill("#turn-away-destination", "请到县人社局。")
    page.locator(".at-once").click()
    page.locator(".toast a").click()

    expect(page.locator(".left")).to_contain_text("请到县人社局。")
    expect(page.locator(".case-head")).to_contain_text("业务范围外")
    expect(page.locator(".case-head")).not_to_contain_text("检举控告")


def test_a_draft_of_accepting_does_not_unfold_accepting_all_the_same(page, site, proposed):
    page.goto(f"{site.url}/admin/cases/{proposed[TriageStep.DECLINE][0]}")
    page.get_by_text("写受理意见").click()
    with page.expect_response(lambda answer: answer.url.endswith("/draft")):
        page.locator("#accept-reason").press_sequentially("先收下")
    page.keyboard.press("Tab")
    page.locator("#main").focus()
    page.keyboard.press("1")
    expect(page.locator("summary", has_text="仍要受理")).to_be_visible()

    expect(page.locator("#accept-reason")).to_be_hidden()


def test_change_opens_the_list_of_all_kinds(page):
    page.locator(".proposal").get_by_role("link", name="改").click()

    expect(page.locator("#classify-find")).to_be_focused()


def test_where_two_kinds_are_near_the_first_line_asks_what_decides_and_says_which_key_the_answer_is(page, site):
    number = lodged(site, "市场监管所的人说是罚款，要现金，没有票据。", abstained=True)
    page.goto(f"{site.url}/admin/cases/{number}")
    asked = page.locator(".proposal .decides")
    expect(asked).to_contain_text("对方把这笔钱叫什么？")
    expect(asked.locator("li", has_text="罚款，没有票据也算")).to_contain_text("3")
    expect(page.locator(".pick .apart").first).to_contain_text("你主动去申办")
    page.keyboard.press("3")

    expect(page.locator(".suggestion .decided")).to_have_text("乱罚款小过重罚")
    expect(page.locator(".decides")).to_have_count(0)


def test_the_statement_stays_in_sight_while_one_chooses_and_whatever_is_unfolded(page):
    page.set_viewport_size({"width": 1280, "height": 800})
    page.keyboard.press("0")
    expect(page.locator("#classify-find")).to_be_in_viewport()
    expect(page.locator(".statement .text")).to_be_in_viewport(ratio=1)
    expect(page.locator(".kind").nth(1)).to_be_in_viewport(ratio=1)

    page.locator(".steps summary", has_text="不予受理").click()
    page.locator("#decline-reason").focus()
    expect(page.locator("#decline-reason")).to_be_in_viewport()
    expect(page.locator(".statement .text")).to_be_in_viewport(ratio=1)


def test_a_kind_is_found_by_its_initials_and_taken_with_enter(page):
    page.keyboard.press("0")
    page.keyboard.type("ldzyqx")
    expect(page.locator(".kind:visible")).to_have_count(1)
    page.keyboard.press("Enter")

    expect(page.locator(".suggestion .decided")).to_have_text("劳动争议欠薪")


def test_a_unit_is_chosen_by_typing_and_confirmed_with_the_kind(page):
    page.keyboard.press("0")
    before = page.locator("#classify-unit").input_value()
    page.get_by_label("找单位").fill("没有这样的单位")
    assert page.locator("#classify-unit").input_value() == before
    page.get_by_label("找单位").fill("局")  # of many a person chooses
    assert page.locator("#classify-unit").input_value() == before
    page.get_by_label("找单位").fill("教育局")
    page.keyboard.press("Enter")
    expect(page.locator("#classify-unit")).to_be_focused()
    page.locator(".kind.is").click()

    expect(page.locator(".glance")).to_contain_text("教育")


def test_of_several_kinds_found_enter_goes_to_the_first_and_escape_folds_the_list(page):
    page.keyboard.press("0")
    page.keyboard.type("审批")
    page.keyboard.press("Enter")
    expect(page.locator(".kind:visible").first).to_be_focused()
    page.keyboard.press("ArrowDown")
    expect(page.locator(".kind:visible").nth(1)).to_be_focused()
    page.keyboard.press("Escape")

    expect(page.locator(".kinds")).to_be_hidden()
    expect(page.locator(".suggestion h2")).to_contain_text("还没有人确认")


def test_whose_it_is_and_what_is_like_it_is_said_above_the_fold_and_leads_to_the_whole(page, site, proposed):
    page.set_viewport_size({"width": 1280, "height": 800})
    page.goto(f"{site.url}/admin/cases/{proposed[TriageStep.TAKE_IN][0]}")
    expect(page.locator(".case-head")).to_contain_text("相似")
    page.locator(".proposal .says").get_by_role("link").click()

    expect(page.locator("#whose")).to_be_in_viewport()
    expect(page.locator(".statement .text")).to_be_in_viewport(ratio=1)


def test_what_the_first_line_says_is_not_said_above_it_too(page, site, proposed):
    page.goto(f"{site.url}/admin/cases/{proposed[TriageStep.TAKE_IN][0]}")
    expect(page.locator(".case-head")).not_to_contain_text("归属：")
    page.goto(f"{site.url}/admin/cases/{proposed[TriageStep.ASK][0]}")

    expect(page.locator(".case-head")).to_contain_text("归属：")


def test_a_sure_suggestion_keeps_what_the_kinds_mean_for_who_asks(page, site):
    number = lodged(site, "市场监管局的人来店里要烟。", confidence=0.99)
    page.goto(f"{site.url}/admin/cases/{number}")
    expect(page.locator(".meanings .meaning").first).to_be_hidden()
    page.get_by_text("这几项的意思").click()

    expect(page.locator(".meanings .meaning:not(.apart)")).to_have_count(3)
    expect(page.locator(".meanings .meaning").first).to_be_visible()


def test_a_fact_that_is_none_is_struck_out_with_one_press_and_brought_back_with_another(page, site):
    with site.system.transact() as services:
        place = {c.case_number: (c.slots or {}).get("where", "") for c in services.session.query(Case)}
        number = next(number for number, where in place.items() if "菜市场" in where)
    page.goto(f"{site.url}/admin/cases/{number}")
    said = page.locator(".slots div", has_text="地点").locator("dd").inner_text().removesuffix("×").strip()
    expect(page.locator(".statement mark.fact", has_text=re.compile(f"^{said}$"))).to_have_count(1)
    page.get_by_role("button", name="划掉地点").click()

    expect(page.locator(".toast")).to_contain_text("已划掉")
    expect(page.locator(".slots")).not_to_contain_text("地点")
    expect(page.locator(".statement mark.fact", has_text=re.compile(f"^{said}$"))).to_have_count(0)
    expect(page.locator(".timeline li").first).to_contain_text("划掉一项事实 地点")
    page.get_by_role("button", name="恢复地点").click()
    expect(page.locator(".slots")).to_contain_text("地点")


def test_a_limit_says_why_it_ends_on_its_day(page):
    page.locator(".clocks summary").first.click()

    expect(page.locator(".clocks .why").first).to_contain_text("第 15 个工作日")
    expect(page.locator(".clocks .why").first).to_contain_text("收到那天")


def test_what_came_today_is_one_press_away_and_goes_together_with_a_view(page, site):
    lodged(site, "市场监管所的人来店里要两条烟。")  # some nights all of the demo county came yesterday
    page.goto(f"{site.url}/admin/cases?view=triage")
    all_waiting = page.locator(".list tbody tr").count()
    page.locator(".received").get_by_role("link", name="今天").click()
    expect(page).to_have_url(f"{site.url}/admin/cases?received=today&view=triage")
    expect(page.locator(".views [aria-current]")).to_contain_text("待分流")
    expect(page.locator(".received [aria-current]")).to_contain_text("今天")
    assert 0 < page.locator(".list tbody tr").count() < all_waiting
    page.locator(".received").get_by_role("link", name="全部").click()

    expect(page.locator(".list tbody tr")).to_have_count(all_waiting)


def test_only_what_is_ticked_is_marked_in_the_statement(page, site):
    words = {"evidence": (("罚款", 1.0),), "counter_evidence": (("门店", -1.0),)}
    with site.system.transact() as services:
        report = NewReport("到门店来说要罚款。", Source.WEB, replace(suggestion(), **words))
        number = services.intake.lodge_report(report).case_number
    page.goto(f"{site.url}/admin/cases/{number}")
    plain = "rgba(0, 0, 0, 0)"
    colour = "mark => getComputedStyle(mark).backgroundColor"
    mark = page.locator(".statement mark.for").first
    assert mark.evaluate(colour) != plain
    assert page.locator(".statement mark.against").first.evaluate(colour) == plain
    page.locator(".shows-against").check()
    page.locator(".shows-for").uncheck()

    assert mark.evaluate(colour) == plain
    assert page.locator(".statement mark.against").first.evaluate(colour) != plain


def test_a_question_says_when_it_leaves_and_is_taken_back_with_a_key(page, site, proposed):
    page.goto(f"{site.url}/admin/cases/{proposed[TriageStep.ASK][0]}")
    page.keyboard.press("y")
    expect(page.locator(".toast")).to_be_visible()
    page.goto(f"{site.url}/admin/cases/{proposed[TriageStep.ASK][0]}")
    expect(page.locator(".asked")).to_contain_text("发出，在那以前可以撤销")
    expect(page.locator(".proposal")).to_contain_text("在那以前可以撤销")
    page.keyboard.press("u")

    expect(page.locator(".asked")).to_have_count(0)
    expect(page.locator(".proposal .at-once")).to_be_visible()


def test_on_a_telephone_the_statement_stands_before_the_button_that_decides(page):
    page.set_viewport_size({"width": 390, "height": 844})

    statement, button = place_of(page, ".statement .text"), place_of(page, ".at-once")
    assert statement["y"] + statement["height"] <= button["y"]
    assert button["y"] < place_of(page, ".pick")["y"]


def test_on_a_telephone_without_keys_a_kind_has_the_whole_width(page, site):
    page.set_viewport_size({"width": 390, "height": 844})
    page.goto(f"{site.url}/admin/cases/{lodged(site, '市场监管局的人来店里要烟。', abstained=True)}")

    assert place_of(page, ".pick .meaning")["width"] > 0.85 * place_of(page, ".pick")["width"]


@pytest.mark.parametrize("width", [1280, 1000, 390])
def test_what_was_done_is_said_without_covering_anything(page, width):
    page.set_viewport_size({"width": width, "height": 900})
    page.keyboard.press("2")
    expect(page.locator(".toast")).to_be_in_viewport(ratio=1)

    assert covered_by(page, ".toast") == []


def test_no_button_moves_away_when_a_step_is_done(page):
    page.set_viewport_size({"width": 1280, "height": 900})
    before = place_of(page, ".pick")
    page.keyboard.press("2")
    expect(page.locator(".toast")).to_contain_text("已记录您的分类")
    afterwards = place_of(page, ".pick")

    assert afterwards == before


def test_after_the_kind_is_confirmed_what_is_left_to_do_comes_before_the_next_case(page):
    page.keyboard.press("1")
    expect(page.locator(".toast")).to_contain_text("已记录您的分类")
    expect(page.locator(".proposal .at-once")).to_be_visible()

    expect(page.locator(".proposal .button", has_text="下一件")).to_have_count(0)


def test_what_was_done_stays_until_it_is_put_away_and_can_be_reached_by_keyboard(page):
    page.keyboard.press("y")
    expect(page.locator(".toast[role=status]")).to_be_visible()
    page.keyboard.press("Tab")
    for _ in range(20):
        if page.evaluate("!!document.activeElement.closest('.toast')"):
            break
        page.keyboard.press("Tab")
    expect(page.locator(".toast a")).to_be_focused()
    page.keyboard.press("Tab")
    expect(page.locator(".toast .undo button")).to_be_focused()
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")

    expect(page.locator(".toast")).to_be_hidden()
    expect(page.locator("#main")).to_be_focused()


def test_a_question_mark_shows_the_keys_and_escape_hides_them(page):
    page.keyboard.press("?")
    expect(page.get_by_role("dialog", name="键盘怎么用")).to_be_visible()
    page.keyboard.press("y")
    page.keyboard.press("Escape")
    expect(page.get_by_role("dialog")).to_be_hidden()
    expect(page.locator(".case-head .status")).to_have_text("已收到")
    page.locator("footer").get_by_role("button", name="键盘怎么用").click()

    expect(page.get_by_role("dialog", name="键盘怎么用")).to_be_visible()


def test_a_question_mark_in_a_text_is_a_question_mark(page):
    page.get_by_text("写受理意见").click()
    page.locator("#accept-reason").press_sequentially("?")

    expect(page.locator("#accept-reason")).to_have_value("?")
    expect(page.get_by_role("dialog")).to_be_hidden()


def test_a_case_that_was_taken_in_says_that_it_waits_for_somebody(page):
    page.get_by_role("button", name="受理", exact=True).click()

    expect(page.locator(".waits")).to_contain_text("等交办")
    expect(page.locator(".waits")).to_contain_text("办理期限从交办那天起算")


def test_who_asked_before_choosing_a_kind_is_told_what_becomes_of_the_case_and_may_choose_meanwhile(page, site):
    number = lodged(site, "市场监管所的人说是罚款，要现金，没有票据。", abstained=True)
    page.goto(f"{site.url}/admin/cases/{number}")
    page.locator("summary", has_text="问反映人一个问题").click()
    page.fill("#ask-text", "是哪一天的事？")
    page.get_by_role("button", name="发出问题").click()
    expect(page.locator(".proposal")).to_contain_text("种类还没有定：看得出来就现在选")
    expect(page.locator(".proposal")).to_contain_text("有了回答，它回到“待分流”")
    page.keyboard.press("3")

    expect(page.locator(".proposal")).to_contain_text("乱罚款小过重罚，已经确认，会留着")


def test_a_station_says_why_its_parent_is_the_unit(page, site):
    number = lodged(
        site, "镇市场监管所的人来店里要烟。", mentions=Mentions(units=("market_regulation",), embedded=True)
    )
    page.goto(f"{site.url}/admin/cases/{number}")

    expect(page.locator(".proposal")).to_contain_text("县市场监督管理局（它的站、所）")
    expect(page.locator("#whose")).to_contain_text("派出机构算上级单位的")


def test_one_button_of_the_page_is_solid_and_that_is_what_is_next(page, site, proposed):
    solid = page.locator(".button:not(.quiet):visible")
    for step, numbers in proposed.items():
        page.goto(f"{site.url}/admin/cases/{numbers[0]}")
        assert solid.count() <= 1, step
    page.goto(f"{site.url}/admin/cases/{proposed[TriageStep.TAKE_IN][0]}")
    page.get_by_role("button", name="受理", exact=True).click()
    expect(page.locator(".waits")).to_contain_text("等交办")

    assert solid.all_inner_texts() == ["交办"]


def test_a_case_that_is_likely_the_same_is_read_beside_this_one_and_merged_with_one_press(page, site):
    first = lodged(site, "市场监管局的所长王建国上个月来店里检查，不给两条软中华就要罚5000块，还说不给就天天来。")
    again = lodged(site, "上个月市场监管局的所长王建国来店里检查，说不给两条软中华就要罚5000块，不给就天天来查。")
    site.work()
    page.goto(f"{site.url}/admin/cases/{again}")
    page.locator(".glance").get_by_role("link", name="相似").click()
    beside = page.locator("#counterpart")
    expect(beside).to_be_in_viewport()
    expect(beside).to_contain_text("还说不给就天天来")
    expect(beside.locator("mark.shared").first).to_be_visible()
    expect(beside.locator(".compared")).to_contain_text("相同：县市场监督管理局")
    beside.get_by_role("button", name="并入那一件").click()

    expect(page.locator("#alike")).to_contain_text(f"已并到 {first}")
    expect(page.locator("#counterpart")).to_have_count(0)


def test_a_case_about_several_says_about_whom_and_what_comes_first(page, site):
    number = lodged(
        site,
        "市场监管局和交通局的人一起来查，都要烟。",
        mentions=Mentions(units=("market_regulation", "transport_bureau")),
    )
    page.goto(f"{site.url}/admin/cases/{number}")
    expect(page.locator(".proposal")).to_contain_text("县交通运输局（单独看归")
    expect(page.locator(".proposal")).to_contain_text("先在“种类”里确认")
    assert page.locator(".button:not(.quiet):visible").count() == 0
    page.keyboard.press("1")

    expect(page.locator(".proposal")).to_contain_text("接着在“办理”里受理、交办")
    assert page.locator(".button:not(.quiet):visible").all_inner_texts() == ["受理"]


def test_whoever_is_in_danger_is_spoken_with_first_and_then_one_key_does_the_rest(page, site):
    number = lodged(site, "他现在堵着门要打人。", label="nk_emergency", mentions=Mentions())
    page.goto(f"{site.url}/admin/cases/{number}")
    expect(page.locator(".proposal")).to_contain_text("当日先联系反映人")
    page.keyboard.press("y")
    page.fill("#note-contact-reason", "打通了，民警已经到场")
    page.get_by_role("button", name="记下联系").click()
    expect(page.locator(".toast")).to_contain_text("已记下联系反映人")
    expect(page.locator(".proposal")).to_contain_text("不予受理")
    page.keyboard.press("y")
    expect(page.locator(".toast")).to_contain_text("已确认种类并不予受理")
    page.goto(f"{site.url}/admin/cases/{number}")

    expect(page.locator(".case-head .status")).to_have_text("不予受理")
    expect(page.locator(".timeline")).to_contain_text("打通了，民警已经到场")
