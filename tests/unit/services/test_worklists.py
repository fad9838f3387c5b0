"""The worklist's counts come from a tally that triggers keep; its pages from indexes. Both say what a plain count says."""

from collections import Counter
from datetime import date, timedelta

import pytest
from sqlalchemy import func, select, text, update

from app.database import make_engine, make_session_factory, transaction
from domain.permissions import StaffFacts
from domain.terms import CaseStatus, ProposalStatus, Role, RouteRule, Source, WorklistSort, WorklistView
from domain.worklist_views import VIEWS_OF_ROLE, usual_sort
from models import (
    AssignmentProposal,
    Case,
    CaseDeadline,
    CaseMerge,
    CaseTally,
    ConflictOfInterest,
    Inquiry,
    SimilarCase,
)
from services import Services
from services.intake import NewReport
from services.views import WorklistFilter
from services.worklists import PAGE_SIZE
from tests.fakes import suggestion

CASES = 3 * PAGE_SIZE + 5


@pytest.fixture
def services(database_url, parts):
    """Both engines in turn, with three pages of cases and a clerk of the petition office."""
    engine = make_engine(database_url)
    with transaction(make_session_factory(engine)) as session:
        if session.get_bind().dialect.name == "postgresql":
            # Tallies of the pictures are kept at the commit there, so that nobody holds their rows while he works.
            session.execute(text("SET CONSTRAINTS ALL IMMEDIATE"))
        services = Services(session, parts)
        for number in range(CASES):
            parts.clock.forward(minutes=1)
            services.intake.lodge_report(
                NewReport(
                    statement=f"市监局的所长来店里检查，走的时候拿了{number}条烟没给钱。",
                    source=Source.WECHAT,
                    suggestion=suggestion(),
                )
            )
        session.flush()
        yield services
    engine.dispose()


@pytest.fixture
def clerk(services):
    staff_id = services.staff.create(
        username="clerk", display_name="接访员", role=Role.PETITION, body=None, password="three small horses"
    )
    return StaffFacts(staff_id, Role.PETITION, None)


def cases(services):
    return list(services.session.scalars(select(Case).order_by(Case.id)))


def numbers_on(services, clerk, **wanted):
    """Every page in turn, as one list."""
    first = services.worklists.page(clerk, WorklistFilter(**wanted))
    pages = [services.worklists.page(clerk, WorklistFilter(**wanted, page=page)) for page in range(1, first.pages + 1)]
    return [row.case_number for page in pages for row in page.rows]


def tallied(services):
    rows = services.session.execute(
        select(CaseTally.status, CaseTally.unit, func.sum(CaseTally.cases)).group_by("status", "unit")
    )
    return {(status, unit): int(n) for status, unit, n in rows if n}


def counted(services):
    return dict(Counter((case.status, case.unit or "") for case in cases(services)))


def test_the_tally_follows_every_change(services):
    all_cases = cases(services)
    for case in all_cases[:7]:
        case.status = CaseStatus.ACCEPTED
    for case in all_cases[5:9]:
        case.unit = "tax"
    services.session.flush()

    assert tallied(services) == counted(services)


def test_the_tally_of_a_case_that_comes_back_is_what_it_was(services):
    before = tallied(services)
    for status in (CaseStatus.ACCEPTED, CaseStatus.RECEIVED):
        cases(services)[0].status = status
        services.session.flush()

    assert tallied(services) == before


def test_pages_hold_every_case_once_newest_first(services, clerk):
    newest_first = [case.case_number for case in reversed(cases(services))]

    assert numbers_on(services, clerk) == newest_first


def test_dangerous_and_late_cases_come_before_all_others_on_whatever_page(services, clerk):
    all_cases = cases(services)
    late, dangerous = all_cases[0 : PAGE_SIZE + 3], all_cases[PAGE_SIZE + 10]
    for case in late:
        services.session.add(
            CaseDeadline(
                case_id=case.id, kind="handling", counted_from=date(2026, 1, 5), due_on=date(2026, 4, 5), basis="-",
                provisional=False,
            )
        )  # fmt: skip
    dangerous.in_danger = True
    services.session.flush()
    urgent = [dangerous, *reversed(late)]
    rest = [case for case in reversed(all_cases) if case not in urgent]

    assert numbers_on(services, clerk) == [case.case_number for case in (*urgent, *rest)]


def test_cases_one_has_a_conflict_with_are_neither_listed_nor_counted(services, clerk):
    for case in cases(services)[:4]:
        services.session.add(
            ConflictOfInterest(
                case_id=case.id, staff_id=clerk.staff_id, reason="亲属", declared_at=services.parts.clock()
            )
        )
    services.session.flush()

    page = services.worklists.page(clerk, WorklistFilter())

    assert page.total == CASES - 4
    assert page.by_status == {CaseStatus.RECEIVED: CASES - 4}
    assert len(numbers_on(services, clerk)) == CASES - 4


@pytest.mark.parametrize(
    "wanted", [{"unit": "market_regulation"}, {"unit": "tax"}, {"open_only": True}, {"status": CaseStatus.ACCEPTED}]
)
def test_a_filter_counts_what_it_lists(services, clerk, wanted):
    for case in cases(services)[:7]:
        case.status = CaseStatus.ACCEPTED
        case.unit = "tax"
    services.session.flush()

    assert services.worklists.page(clerk, WorklistFilter(**wanted)).total == len(
        set(numbers_on(services, clerk, **wanted))
    )


# ── views and orders ─────────────────────────────────────────────────────────────────────────────
def clock(case, due_on, kind="handling"):
    return CaseDeadline(
        case_id=case.id, kind=kind, counted_from=date(2026, 1, 5), due_on=due_on, basis="-", provisional=False
    )


@pytest.fixture
def mixed(services):
    """Some cases for every question, some that only look like it."""
    today, all_cases = services.worklists.today(), cases(services)
    for case in all_cases[:10]:
        case.abstained = True
    all_cases[0].labelled_at = services.parts.clock()
    all_cases[1].status = CaseStatus.CONCLUDED
    for case in all_cases[10:16]:
        case.status, case.supervised_until = CaseStatus.IN_HANDLING, today
    all_cases[15].status = CaseStatus.SATISFIED
    for case in all_cases[16:20]:
        case.contact_requested_at = services.parts.clock()
    for case in all_cases[20:25]:
        case.route_rule, case.via = RouteRule.COUNTY_MANAGED, "clue_office"
    all_cases[24].route_rule = RouteRule.EMBEDDED_STATION
    services.session.add_all(clock(case, today) for case in all_cases[25:28])
    services.session.add_all(clock(case, today, "feedback") for case in all_cases[28:30])
    services.session.add(clock(all_cases[28], date(2026, 4, 5)))
    for one, two in ((40, 41), (42, 43), (44, 45)):
        for case, other in ((one, two), (two, one)):
            services.session.add(
                SimilarCase(
                    case_id=all_cases[case].id, other_id=all_cases[other].id, likeness=0.8, is_likely=True, traits=[]
                )
            )
    now = services.parts.clock()
    other = services.staff.create(
        username="other", display_name="乙", role=Role.PETITION, body=None, password="three small horses"
    )
    services.session.add(CaseMerge(member_id=all_cases[45].id, lead_id=all_cases[44].id, staff_id=other, merged_at=now))
    # One is still where somebody keeps away from it, one has moved on.
    group = services.staff.create(
        username="group", display_name="丙", role=Role.GROUP, body="g_market", password="three small horses"
    )
    for case, body in ((10, "g_market"), (11, "g_housing")):
        all_cases[case].assigned_body = body
        services.session.add(
            ConflictOfInterest(case_id=all_cases[case].id, staff_id=group, reason="亲属", declared_at=now)
        )
    # Two wait for the head, one was sent back, one approved.
    for case, status in ((20, "waiting"), (21, "waiting"), (22, "sent_back"), (23, "approved")):
        services.session.add(
            AssignmentProposal(
                case_id=all_cases[case].id, body="inspection_3", reason="", staff_id=other, proposed_at=now,
                status=ProposalStatus(status),
            )
        )  # fmt: skip
    # Three wait, one of them in a case that has ended; two were answered, one of the answers was seen.
    for case, answered, seen in ((15, None, None), (46, None, None), (47, None, None), (48, now, None), (49, now, now)):
        services.session.add(
            Inquiry(
                case_id=all_cases[case].id, text="?", staff_id=other, asked_at=now, answered_at=answered, seen_at=seen
            )
        )
    services.session.flush()
    return all_cases


EXPECTED = {
    WorklistView.TRIAGE: CASES - 9, WorklistView.LOW_CONFIDENCE: 8, WorklistView.DUE_TODAY: 5,
    WorklistView.SUPERVISED: 5, WorklistView.AWAITING_FEEDBACK: 2, WorklistView.CONTACT: 4,
    WorklistView.COUNTY_CADRES: 5, WorklistView.ALIKE: 4, WorklistView.REPEATED: 1,
    WorklistView.AWAITING_APPROVAL: 2, WorklistView.SENT_BACK: 1,
    WorklistView.RECUSED: 1, WorklistView.ANSWERED: 1, WorklistView.AWAITING_ANSWER: 2,
}  # fmt: skip


@pytest.mark.parametrize("few", [0, 10_000], ids=["read off an index", "put in order here"])
def test_every_view_in_every_order_lists_what_it_counts(services, clerk, mixed, monkeypatch, few):
    monkeypatch.setattr("services.worklists._FEW", few)

    for view in WorklistView:
        assert services.worklists.total(clerk, WorklistFilter(view=view)) == EXPECTED[view], view
        for sort in WorklistSort:
            listed = numbers_on(services, clerk, view=view, sort=sort)
            assert (len(listed), len(set(listed))) == (EXPECTED[view], EXPECTED[view]), (view, sort)


def test_a_page_tells_the_counts_of_the_views_of_the_desk(services, clerk, mixed):
    page = services.worklists.page(clerk, WorklistFilter())

    assert page.views == {view: EXPECTED[view] for view in VIEWS_OF_ROLE[Role.PETITION]}


@pytest.mark.parametrize("sort", list(WorklistSort))
def test_both_ways_to_put_in_order_agree(services, clerk, mixed, monkeypatch, sort):
    here = numbers_on(services, clerk, sort=sort)
    monkeypatch.setattr("services.worklists._FEW", 0)

    assert numbers_on(services, clerk, sort=sort) == here


def test_whoever_waits_longest_comes_first_and_danger_before_everybody(services, clerk, mixed):
    mixed[-1].in_danger = True
    services.session.flush()

    listed = numbers_on(services, clerk, view=WorklistView.TRIAGE, sort=usual_sort(WorklistView.TRIAGE))

    assert listed[:2] == [mixed[-1].case_number, mixed[28].case_number]  # in danger, late
    assert listed[2] == mixed[0].case_number


def test_the_first_due_comes_first(services, clerk, mixed):
    listed = numbers_on(services, clerk, sort=WorklistSort.DUE)

    assert listed[0] == mixed[28].case_number
    assert set(listed[1:5]) == {mixed[n].case_number for n in (25, 26, 27, 29)}


def test_filters_combine_with_a_view(services, clerk, mixed):
    mixed[16].unit = "tax"
    services.session.flush()

    assert numbers_on(services, clerk, view=WorklistView.CONTACT, unit="tax") == [mixed[16].case_number]


def test_units_are_ranked_by_their_open_cases(services, clerk, mixed):
    for case in mixed[:3]:
        case.unit = "tax"
    mixed[2].status = CaseStatus.DECLINED
    services.session.flush()

    assert services.worklists.by_unit(clerk)[1] == ("tax", 2)
    assert services.worklists.by_unit(clerk, only_open=False)[1] == ("tax", 3)


def test_monitoring_counts_what_must_not_grow_and_every_case(services):
    figures = services.queries.figures()

    assert figures["cases"] == {"received": CASES}
    assert figures["inbound"] == {"stored": 0}
    assert figures["outbox"] == {"waiting": 0, "parked": 0, "failed": 0}
    assert figures["attachments"] == {"pending": 0}


@pytest.mark.parametrize(
    "part",
    [
        lambda number: number,
        lambda number: number.lower(),
        lambda number: f" {number[-6:].lower()} ",
        lambda number: number[-3:],
        lambda number: number[2:],
        lambda number: number[:13],
        lambda number: number[8:],
    ],
    ids=["all of it", "small letters", "its last six", "its last three", "without its letters", "most of it", "from the day on"],
)  # fmt: skip
def test_a_case_is_found_by_what_people_type_of_its_number(services, clerk, part):
    number = cases(services)[3].case_number

    assert number in numbers_on(services, clerk, number=part(number))


def test_the_day_of_a_number_finds_all_numbers_of_that_day(services, clerk):
    day = cases(services)[0].case_number[2:10]

    assert len(numbers_on(services, clerk, number=day)) == CASES
    assert len(numbers_on(services, clerk, number=f"SA{day}")) == CASES
    assert numbers_on(services, clerk, number="19990101") == []


@pytest.mark.parametrize("part", ["2", "SA", "2026", "%%%", "___"])
def test_too_little_of_a_number_or_no_part_of_one_finds_nothing(services, clerk, part):
    assert numbers_on(services, clerk, number=part) == []


def test_of_a_long_list_the_first_cases_are_listed_and_all_are_counted(services, clerk, monkeypatch):
    everything = numbers_on(services, clerk)
    monkeypatch.setattr("services.worklists.MOST_LISTED", 2 * PAGE_SIZE)

    page = services.worklists.page(clerk, WorklistFilter(page=99))

    assert (page.total, page.listed, page.page, page.pages) == (CASES, 2 * PAGE_SIZE, 2, 2)
    assert numbers_on(services, clerk) == everything[: 2 * PAGE_SIZE]


@pytest.mark.parametrize(
    "wanted", [{"label": "-"}, {"unit": "tax"}, {"unit": "market_regulation"}, {"aspect": "enforcement"}]
)
@pytest.mark.parametrize("open_only", [True, False])
def test_the_tally_without_bodies_counts_what_the_list_holds(services, clerk, mixed, wanted, open_only):
    for case, unit, status in zip(
        mixed, ("tax", None, "tax"), (CaseStatus.DECLINED, CaseStatus.SATISFIED, CaseStatus.CONCLUDED), strict=False
    ):
        case.unit, case.status, case.label = unit, status, None
    services.session.flush()

    listed = numbers_on(services, clerk, **wanted, open_only=open_only)

    assert services.worklists.total(clerk, WorklistFilter(**wanted, open_only=open_only)) == len(listed)


def test_the_next_to_triage_follows_in_the_order_of_the_list_and_begins_anew_at_its_end(services, clerk):
    triage = WorklistFilter(view=WorklistView.TRIAGE, sort=usual_sort(WorklistView.TRIAGE))
    first, second, *_, last = (row.case_number for row in services.worklists.page(clerk, triage).rows)

    assert services.worklists.following(clerk, "").next == first
    assert services.worklists.following(clerk, first).next == second
    assert services.worklists.following(clerk, last).next == first
    assert services.worklists.following(clerk, last).behind is None
    assert services.worklists.following(clerk, first).behind == second


@pytest.mark.parametrize("sort", [WorklistSort.NEWEST, WorklistSort.WAITING])
def test_after_a_case_was_dealt_with_the_next_is_the_one_behind_it_and_none_that_was_passed_over(services, clerk, sort):
    triage = WorklistFilter(view=WorklistView.TRIAGE, sort=sort)
    passed_over, dealt_with, behind, *_ = (row.case_number for row in services.worklists.page(clerk, triage).rows)
    version = services.session.scalar(select(Case.version).where(Case.case_number == dealt_with))
    services.casework.accept(clerk, dealt_with, version=version)
    services.session.flush()

    assert services.worklists.following(clerk, dealt_with, WorklistFilter(sort=sort)).next == behind
    assert services.worklists.following(clerk, "", WorklistFilter(sort=sort)).next == passed_over


@pytest.mark.parametrize("sort", [WorklistSort.WAITING, WorklistSort.URGENT])
def test_after_a_case_of_danger_that_came_late_the_list_goes_on_at_its_top(services, clerk, sort):
    cases = services.session.scalars(select(Case).order_by(Case.received_at)).all()
    cases[len(cases) // 2].in_danger = True
    services.session.flush()
    triage = WorklistFilter(view=WorklistView.TRIAGE, sort=sort)
    in_danger, behind, *_ = (row.case_number for row in services.worklists.page(clerk, triage).rows)
    assert in_danger == cases[len(cases) // 2].case_number
    version = services.session.scalar(select(Case.version).where(Case.case_number == in_danger))
    services.casework.accept(clerk, in_danger, version=version)
    services.session.flush()

    following = services.worklists.following(clerk, in_danger, WorklistFilter(sort=sort))

    assert following.behind == behind
    assert following.waiting == services.worklists.total(clerk, triage)


def test_a_case_that_waits_for_its_reporters_answer_is_not_the_next_to_triage(services, clerk):
    triage = WorklistFilter(view=WorklistView.TRIAGE, sort=usual_sort(WorklistView.TRIAGE))
    first, second, third, *_ = (row.case_number for row in services.worklists.page(clerk, triage).rows)
    asked = services.session.scalars(select(Case).where(Case.case_number == second)).one()
    services.inquiries.ask(clerk, second, version=asked.version, text="哪一天？")

    assert services.worklists.following(clerk, first).next == third
    left = services.worklists.page(clerk, triage)
    assert second not in {row.case_number for row in left.rows}
    assert left.views[WorklistView.TRIAGE] == left.total
    assert left.views[WorklistView.AWAITING_ANSWER] == 1


def test_the_next_is_one_of_the_days_of_the_list_that_one_came_from(services, clerk, clock):
    clock.forward(days=1)
    today = WorklistFilter(received="today")

    assert services.worklists.following(clerk, "").next is not None
    assert services.worklists.following(clerk, "", today).next is None


def test_where_nothing_else_waits_for_triage_there_is_no_next(services, clerk):
    only = services.session.scalars(select(Case.case_number).order_by(Case.id)).first()
    services.session.execute(update(Case).where(Case.case_number != only).values(status=CaseStatus.ACCEPTED))
    services.session.flush()

    assert services.worklists.following(clerk, only).next is None


def received_on(services, days_ago):
    """The first cases came so many days ago, one each; all others came today."""
    found = cases(services)
    for case, days in zip(found, days_ago, strict=False):
        case.received_at -= timedelta(days=days)
    services.session.flush()
    return [case.case_number for case in found]


@pytest.mark.parametrize(("received", "left_out"), [("today", 3), ("week", 1), (None, 0)])
def test_what_came_today_or_in_seven_days_is_listed_and_counted(services, clerk, received, left_out):
    numbers = received_on(services, (7, 6, 1))
    page = services.worklists.page(clerk, WorklistFilter(received=received))

    assert page.total == len(numbers) - left_out
    assert sorted(numbers_on(services, clerk, received=received)) == sorted(numbers[left_out:])


def test_what_came_today_goes_together_with_a_view_and_a_state(services, clerk):
    numbers = received_on(services, (1, 1))
    taken_in = services.worklists.case_by_number(numbers[-1])
    taken_in.status = CaseStatus.ACCEPTED
    services.session.flush()

    waiting = WorklistFilter(view=WorklistView.TRIAGE, received="today")
    assert services.worklists.total(clerk, waiting) == len(numbers) - 3
    assert numbers_on(services, clerk, status=CaseStatus.ACCEPTED, received="today") == [numbers[-1]]


def test_days_that_go_on_with_the_calendar_and_days_of_a_picture_both_hold(services, clerk):
    numbers = received_on(services, (6, 3))
    since = services.worklists.today() - timedelta(days=4)

    assert services.worklists.total(clerk, WorklistFilter(received="week", since=since)) == len(numbers) - 1
