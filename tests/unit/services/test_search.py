"""Cases are found by words of their statements, by whoever may read them and nobody else, and the dump holds no word."""

import secrets

import pytest
from sqlalchemy import select, text

from app.database import make_engine, make_session_factory, transaction
from domain.errors import InvalidInput, NotAllowed
from domain.permissions import StaffFacts
from domain.terms import CaseEventKind, Role, RouteRule, Source
from models import Case, CaseEvent, CaseWord, ConflictOfInterest
from models.sealing import Keyring, current_keyring, use_keyring
from services import Services
from services.intake import NewReport
from tests.fakes import index_in_one, suggestion

STATEMENTS = {
    "cigarettes": "市场监管局的所长王建国来店里检查，不给两条软中华就要罚5000块。",
    "dinner": "住建局验收的时候，科长叫我们在江南春饭店安排了一桌，花了三千多。",
    "seal": "去政務大厅盖章跑了四趟，窗口每次都说系统坏了。",
}


@pytest.fixture
def numbers(services, lodge):
    """The case numbers by what they are about, all indexed."""
    numbers = {name: lodge(statement=statement).case_number for name, statement in STATEMENTS.items()}
    assert index_in_one(services) == len(numbers)
    return numbers


@pytest.fixture
def clerk(desk):
    return desk("petition")


def found(services, staff, asked):
    return [hit.case_number for hit in services.search.find(staff, asked).hits]


@pytest.mark.parametrize(
    ("asked", "name"),
    [
        ("软中华", "cigarettes"), ("王建国", "cigarettes"), ("5000", "cigarettes"), ("５０００块", "cigarettes"),
        ("江南春饭店", "dinner"), ("监管局 所长", "cigarettes"), ("政务大厅", "seal"), ("盖章 四趟", "seal"),
    ],
)  # fmt: skip
def test_a_case_is_found_by_what_stands_in_its_statement(services, numbers, clerk, asked, name):
    assert found(services, clerk, asked) == [numbers[name]]


@pytest.mark.parametrize("asked", ["江南春 软中华", "中华软", "五粮液", "检查科长"])
def test_a_case_is_not_found_by_what_does_not_stand_there(services, numbers, clerk, asked):
    assert found(services, clerk, asked) == []


def test_the_passage_shows_where_it_stands(services, numbers, clerk):
    passage = services.search.find(clerk, "江南春饭店").hits[0].passage

    assert (passage.before[-4:], passage.phrase, passage.after[:5]) == ("叫我们在", "江南春饭店", "安排了一桌")


def test_a_supplement_is_found_too(services, numbers, clerk):
    case = services.session.scalar(select(Case).where(Case.case_number == numbers["seal"]))
    services.intake.supplement_report(case, "后来还要了五粮液", (), case.source)
    services.session.flush()
    index_in_one(services)

    assert found(services, clerk, "五粮液") == [numbers["seal"]]


def test_what_came_just_now_is_said_to_wait(services, numbers, clerk, lodge):
    lodge()

    assert services.search.find(clerk, "江南春").waiting == 1


@pytest.mark.parametrize("role", ["auditor", "sysadmin"])
def test_who_may_not_read_statements_may_not_search_them(services, numbers, desk, role):
    with pytest.raises(NotAllowed):
        services.search.find(desk(role), "软中华")


def test_a_group_finds_only_what_was_handed_to_it(services, numbers, desk):
    group = desk("group", "g_market")
    assert found(services, group, "软中华") == []

    case = services.session.scalar(select(Case).where(Case.case_number == numbers["cigarettes"]))
    case.assigned_body = "g_market"
    services.session.flush()
    assert found(services, group, "软中华") == [numbers["cigarettes"]]


def test_upward_reports_and_conflicts_are_not_found(services, numbers, clerk, clock):
    cases = services.session.scalars(select(Case).order_by(Case.id)).all()
    cases[0].route_rule = RouteRule.COUNTY_LEADER
    services.session.add(
        ConflictOfInterest(case_id=cases[1].id, staff_id=clerk.staff_id, reason="亲属", declared_at=clock())
    )
    services.session.flush()

    assert found(services, clerk, "软中华") == []
    assert found(services, clerk, "江南春") == []


@pytest.mark.parametrize(("asked", "reason"), [("", "empty"), ("  ", "empty"), ("王", "words_too_short")])
def test_nothing_to_search_by_is_said(services, numbers, clerk, asked, reason):
    with pytest.raises(InvalidInput) as refused:
        services.search.find(clerk, asked)

    assert refused.value.reason == reason


def test_a_search_looks_at_so_many_of_the_rarest_word_and_says_that_there_may_be_more(
    services, clerk, lodge, monkeypatch
):
    monkeypatch.setattr("services.search._LOOKED_AT", 4)
    monkeypatch.setattr("services.search._FIRST_STEP", 2)
    numbers = [lodge(statement=f"第{n}次检查，所长要了香烟。").case_number for n in range(1, 7)]
    index_in_one(services)

    some = services.search.find(clerk, "检查 香烟")
    assert [hit.case_number for hit in some.hits] == numbers[:1:-1]
    assert not some.is_whole
    monkeypatch.setattr("services.search._LOOKED_AT", 100)
    assert services.search.find(clerk, "检查 香烟").is_whole


def test_who_searched_for_what_is_in_the_journal(services, numbers, clerk):
    services.search.find(clerk, "江南春饭店")
    services.session.flush()
    line = services.session.scalar(select(CaseEvent).where(CaseEvent.kind == CaseEventKind.STATEMENTS_SEARCHED))

    assert (line.staff_id, line.new_value, line.reason) == (clerk.staff_id, "1", "江南春饭店")


def test_words_are_digested_anew_under_a_new_key_and_found_throughout(database_url, parts):
    """On both engines; the old key's digests are gone afterwards."""
    keyring = current_keyring()
    old, new = secrets.token_bytes(32), secrets.token_bytes(32)
    engine = make_engine(database_url)
    try:
        use_keyring(Keyring([old]))
        with transaction(make_session_factory(engine)) as session:
            services = Services(session, parts)
            clerk = StaffFacts(
                services.staff.create(
                    username="clerk",
                    display_name="接访员",
                    role=Role.PETITION,
                    body=None,
                    password="three small horses",
                ),
                Role.PETITION,
                None,
            )
            for statement in STATEMENTS.values():
                services.intake.lodge_report(
                    NewReport(statement=statement, source=Source.WECHAT, suggestion=suggestion())
                )
            assert index_in_one(services) == 3
        use_keyring(Keyring([new, old]))
        with transaction(make_session_factory(engine)) as session:
            services = Services(session, parts)
            before = set(session.scalars(select(CaseWord.digest)))
            assert len(found(services, clerk, "软中华")) == 1
            assert index_in_one(services) == 3
            assert index_in_one(services) == 0
            session.flush()
            assert before.isdisjoint(session.scalars(select(CaseWord.digest)))
            assert len(found(services, clerk, "软中华")) == 1
    finally:
        use_keyring(keyring)
        engine.dispose()


def test_the_dump_holds_no_word(services, numbers, engine):
    services.session.commit()
    with engine.connect() as connection:
        digests = connection.execute(text("SELECT digest FROM case_word")).scalars().all()

    assert len(digests) > 20
    assert {len(digest) for digest in digests} == {10}
    assert all(word.encode() not in bytes(digest) for digest in digests for word in ("所长", "饭店"))
