from datetime import UTC, date, datetime, timedelta

import pytest
from sqlalchemy import select

from domain.errors import IllegalTransition, InvalidInput
from domain.terms import CaseEventKind, DeadlineKind
from models import Case, CaseDeadline, CaseEvent
from services.intake import Identity
from services.work_calendar import ChinaCalendar


@pytest.fixture
def named(lodge, services):
    lodge(identity=Identity("甲", "13800000000"))  # due on 14 December
    return services.session.scalars(select(Case)).one()


def kinds(services):
    return [e.kind for e in services.session.scalars(select(CaseEvent).order_by(CaseEvent.id))]


def test_nothing_is_urged_long_before_its_date(services, named):
    assert services.supervision.sweep(date(2026, 12, 9)) == []


def test_what_is_due_within_two_working_days_is_urged_once(services, named):
    first = services.supervision.sweep(date(2026, 12, 10))  # Thursday for Monday
    services.session.flush()
    second = services.supervision.sweep(date(2026, 12, 11))

    assert [(r.action, r.kind, r.due_on.isoformat()) for r in first] == [("urged", "acceptance_notice", "2026-12-14")]
    assert second == []


def test_what_is_due_after_a_long_holiday_is_urged_before_it(services, lodge, clock):
    clock.moment = datetime(2026, 9, 11, 2, 0, tzinfo=UTC)
    lodge(identity=Identity("甲", "13800000000"))
    [due_on] = services.session.scalars(select(CaseDeadline.due_on))
    assert due_on == date(2026, 10, 9)

    assert services.supervision.sweep(date(2026, 9, 30)) != []


def test_what_is_late_is_escalated_once(services, named):
    services.supervision.sweep(date(2026, 12, 14))
    services.session.flush()
    late = services.supervision.sweep(date(2026, 12, 15))
    services.session.flush()

    assert [r.action for r in late] == ["escalated"]
    assert services.supervision.sweep(date(2026, 12, 16)) == []
    assert kinds(services) == [CaseEventKind.LODGED, CaseEventKind.URGED, CaseEventKind.ESCALATED]


def test_a_met_deadline_is_left_alone(services, named, desk):
    services.casework.accept(desk("petition", "petition_office"), named.case_number, version=1)
    services.session.flush()

    assert services.supervision.sweep(date(2026, 12, 20)) == []


def test_the_head_has_a_case_watched_to_a_date(services, named, desk):
    services.supervision.supervise(
        desk("leader", "principal"), named.case_number, until=date(2026, 12, 1), reason="盯住"
    )

    assert named.supervised_until == date(2026, 12, 1)


def test_nobody_is_watched_into_the_past(services, named, desk):
    with pytest.raises(InvalidInput):
        services.supervision.supervise(
            desk("leader", "principal"), named.case_number, until=date(2026, 11, 1), reason=""
        )


def test_urging_needs_somebody_who_has_the_case(services, named, desk):
    with pytest.raises(IllegalTransition):
        services.supervision.urge(desk("petition", "petition_office"), named.case_number, reason="快")


def test_a_provisional_date_is_fixed_when_its_year_is_published(services, named, clock):
    clock.forward(days=20)  # 13 December: fifteen working days end in 2027
    from domain.deadlines import deadline

    services.intake.start_clock(named, deadline(DeadlineKind.FEEDBACK, date(2026, 12, 13), services.parts.calendar))
    services.session.flush()
    clock_row = next(
        c for c in services.session.scalars(select(Case)).one().deadlines if c.kind is DeadlineKind.FEEDBACK
    )
    assert clock_row.provisional
    published = ChinaCalendar({"published_years": [2026, 2027], "overrides": {date(2027, 1, 3): "work"}})
    object.__setattr__(services.parts, "calendar", published)

    assert services.supervision.recompute() == 1
    assert not clock_row.provisional


def test_a_date_in_an_unpublished_year_stays_provisional(services, named):
    assert services.supervision.recompute() == 0


def test_an_override_counts_as_it_says():
    calendar = ChinaCalendar(
        {"published_years": [2026], "overrides": {"2026-11-28": "work", date(2026, 11, 23): "rest"}}
    )

    assert calendar.is_working_day(date(2026, 11, 28))
    assert not calendar.is_working_day(date(2026, 11, 23))


def test_an_override_that_is_neither_is_refused():
    with pytest.raises(ValueError, match="work"):
        ChinaCalendar({"published_years": [2026], "overrides": {"2026-11-28": "maybe"}})


def test_the_sweep_takes_today_when_no_day_is_given(services, named, clock):
    clock.moment += timedelta(days=30)

    assert [r.action for r in services.supervision.sweep()] == ["escalated"]
