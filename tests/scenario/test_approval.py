"""A report about a bureau head on its way: the clue office proposes, the head answers, the office sees it only then (e09)."""

import pytest

from app import demo
from domain.terms import Rank, Source
from domain.values import Position
from services.intake import NewReport
from tests.fakes import suggestion
from tests.scenario.staff import Clerk


@pytest.fixture
def number(site):
    demo.fill(site.system)
    with site.system.transact() as services:
        lodged = services.intake.lodge_report(
            NewReport(
                statement="市监局的局长让我们店里给他家送了两回海鲜，一直没有给钱，说不送就来查我们。",
                source=Source.WEB,
                suggestion=suggestion(positions=(Position("局长", Rank.COUNTY_MANAGED, "market_regulation"),)),
            )
        )
    return lodged.case_number


def sees(clerk, number):
    return clerk.get(f"/admin/cases/{number}").status_code == 200


def test_a_case_goes_from_the_clue_office_over_the_head_to_the_office(site, number):
    petition, clue, leader, office = (Clerk(site.url, who) for who in ("petition", "clue", "leader", "inspection_3"))
    petition.step(number, "accept")
    proposed = clue.step(number, "assign", body="inspection_3", reason="市场监管由第三室联系").text
    assert "已报主要负责人，批准以后才交办" in proposed
    assert "待主要负责人批准：拟交第三监督检查室" in proposed
    assert not sees(office, number)

    assert number in leader.get("/admin/cases?view=awaiting_approval").text
    back = leader.step(number, "send-back-assignment", reason="请说明为什么不由第一室办").text
    assert "已退回，案件监督管理室看得到理由" in back
    assert number not in leader.get("/admin/cases?view=awaiting_approval").text
    assert number in clue.get("/admin/cases?view=sent_back").text
    assert "请说明为什么不由第一室办" in clue.get(f"/admin/cases/{number}").text

    clue.step(number, "assign", body="inspection_1")
    clue.step(number, "withdraw-assignment")
    clue.step(number, "assign", body="inspection_3", reason="第一室有人要回避")
    approved = leader.step(number, "approve-assignment").text
    assert "已批准并交办" in approved
    assert "主要负责人批准交办" in approved
    assert sees(office, number)
    office.step(number, "take-up")
