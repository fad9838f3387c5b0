"""The main job, whole: a citizen reports, staff triage, assign, conclude and feed back, the citizen reads it and rates it."""

import json
import re

from sqlalchemy import select

from app import demo
from models import CaseEvent, InboundMessage
from tests.scenario.staff import Clerk

STORY = "我在城东开修车行，上个月市监局的一个所长来店里检查灭火器，说不给两条烟就要罚我五千。"


def test_the_main_job_from_the_first_message_to_the_rating(make_site, database_url):
    site = make_site(database_url)
    demo.fill(site.system)
    citizen = site.citizen()
    citizen.follows()
    number, _code = citizen.lodges(STORY)

    petition = Clerk(site.url, "petition")
    group = Clerk(site.url, "group_market")
    assert group.get(f"/admin/cases/{number}").status_code == 404

    page = petition.get(f"/admin/cases/{number}")
    assert STORY in re.sub(r"<[^>]+>", "", page.text)  # words that spoke for the suggestion are marked in it
    assert citizen.openid not in page.text
    petition.step(number, "classify", label="enforcement_payoff", unit="market_regulation", reason="有具体经过")
    petition.step(number, "accept")
    petition.step(number, "assign", body="g_market")

    assert group.get(f"/admin/cases/{number}").status_code == 200
    assert Clerk(site.url, "group_housing").get(f"/admin/cases/{number}").status_code == 404
    group.step(number, "take-up")
    group.step(number, "dispose", disposition="preliminary_verification", reason="集体研究，已报批")
    group.step(number, "conclude", outcome="属实，已处理")
    preview = group.step(number, "feedback", text="您反映的情况属实，有关人员已受到处理。")
    assert "反映人将看到" in preview.text
    group.http.post(
        f"{site.url}/admin/cases/{number}/feedback",
        data={**_fields(preview.text), "text": "您反映的情况属实，有关人员已受到处理。", "stage": "send"},
        timeout=10,
    )

    found = citizen.says("查询")
    if "您反映的情况属实" not in found:
        found = citizen.says("1")
    assert "您反映的情况属实" in found
    for _ in range(4):
        if "谢谢" in citizen.last and "1." not in citizen.last:
            break
        citizen.says("满意" if "满意" in citizen.last else "评价")

    with site.system.transact() as services:
        case = services.casework.case_by_number(number)
        kinds = [e.kind for e in services.session.scalars(select(CaseEvent).where(CaseEvent.case_id == case.id))]
        assert case.status == "satisfied", (case.status, citizen.last)
    assert [k for k in kinds if k not in {"case_opened"}] == [
        "lodged", "classified", "accepted", "assigned", "taken_up", "disposed", "concluded", "fed_back",
        "satisfaction_recorded",
    ]  # fmt: skip


def _fields(page: str) -> dict[str, str]:
    import re

    return {name: re.search(rf'name="{name}"[^>]*value="([^"]*)"', page).group(1) for name in ("csrf_token", "version")}


def test_everything_pushed_and_lodged_stands_in_the_machine_lists(site):
    citizen = site.citizen()
    citizen.follows()
    number, _code = citizen.lodges(STORY)
    runner = site.app.test_cli_runner()
    inbound = [json.loads(line) for line in runner.invoke(args=["inbound"]).output.splitlines()]
    ledger = [json.loads(line) for line in runner.invoke(args=["ledger"]).output.splitlines()]

    assert all(row["status"] == "handled" for row in inbound)
    assert inbound[0]["msg_type"] == "event.subscribe"
    assert [row["case_number"] for row in ledger] == [number]
    assert set(ledger[0]) == {
        "case_number", "received_at", "label", "aspect", "unit", "owner", "status", "due_on", "source",
    }  # fmt: skip
    assert STORY not in json.dumps(ledger, ensure_ascii=False)


def test_a_report_about_a_county_leader_is_stopped_and_nothing_of_it_stays(site):
    citizen = site.citizen()
    citizen.follows()
    citizen.says("我要反映问题")
    stopped = citizen.says("我要举报县长，他在开发区征地的时候收了开发商一百多万")

    assert "12388" in stopped
    with site.system.transact() as services:
        assert list(services.queries.ledger()) == []
        rows = services.session.scalars(select(InboundMessage).order_by(InboundMessage.id)).all()
        assert all(row.raw is None for row in rows if row.msg_type == "text")
    again = citizen.says("他还让他小舅子承包了道路工程")
    assert "12388" in again or "上级" in again
    with site.system.transact() as services:
        last = services.session.scalars(select(InboundMessage).order_by(InboundMessage.id.desc())).first()
        assert last.raw is None


def test_a_message_delivered_three_times_is_one_message_with_one_reply(site):
    from simulator import documents

    citizen = site.citizen()
    push = documents.text(citizen.author, "市监局的所长收了我两条烟才肯走")
    replies = [citizen.push(push) for _ in range(3)]

    assert replies[0]
    assert len(set(replies)) == 1
    with site.system.transact() as services:
        assert len(list(services.queries.inbound())) == 1


def test_two_messages_of_one_person_at_once_are_answered_in_order(site):
    import threading

    from simulator import documents

    citizen = site.citizen()
    citizen.follows()
    pushes = [documents.text(citizen.author, f"第{n}段：市监局的人来检查，第{n}次要了两条烟") for n in range(4)]
    threads = [threading.Thread(target=citizen.post, args=(push.xml,)) for push in pushes]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout=15)

    with site.system.transact() as services:
        rows = services.session.scalars(select(InboundMessage).order_by(InboundMessage.id)).all()
        assert [row.status for row in rows] == ["handled"] * 5
        assert [row.handled_at for row in rows] == sorted(row.handled_at for row in rows)


def test_an_unfollow_leaves_the_case_open_by_number_and_code(site):
    from simulator import documents

    citizen = site.citizen()
    citizen.follows()
    number, code = citizen.lodges(STORY)
    citizen.push(documents.unsubscribe(citizen.author))

    with site.system.transact() as services:
        assert services.casework.case_by_number(number).reporter_id is None
    newcomer = site.citizen()
    newcomer.follows()
    found = newcomer.says(f"查询 {number} {code}")
    assert number in found or number in newcomer.says(code)
