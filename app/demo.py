"""The demo county: an account for every desk, and invented cases on every stage of their way."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from typing import Any

from app.database import transaction
from app.parts import System
from app.reference import read_data
from domain.permissions import StaffFacts
from domain.terms import Disposition, Role, Satisfaction, Source
from domain.times import first_moment, local_day
from services import Services
from services.base import Parts
from services.intake import Identity, NewReport
from services.tracking import CitizenKey

_TOWNSHIP_PREFIX, _GROUP_PREFIX = "t_", "g_"


@dataclass(frozen=True, slots=True)
class Account:
    """One demo account."""

    username: str
    role: Role
    body: str | None


def demo_accounts(system: System) -> list[Account]:
    """The accounts of the contract, one for each body of the directory."""
    directory = system.parts.directory
    accounts = [
        Account("petition", Role.PETITION, "petition_office"),
        Account("clue", Role.CLUE, "clue_office"),
        Account("cadre", Role.CADRE, "cadre_office"),
        Account("trial", Role.TRIAL, "trial_office"),
        Account("leader", Role.LEADER, "principal"),
        Account("auditor", Role.AUDITOR, None),
        Account("sysadmin", Role.SYSADMIN, None),
        Account("wall", Role.WALL, None),
    ]
    for key in directory.groups:
        accounts.append(Account("group_" + key.removeprefix(_GROUP_PREFIX), Role.GROUP, key))
    for key in directory.offices:
        if key.startswith(("inspection_", "review_")):
            accounts.append(Account(key, Role.INSPECTION, key))
    for key in directory.units:
        if key.startswith(_TOWNSHIP_PREFIX):
            accounts.append(Account("township_" + key.removeprefix(_TOWNSHIP_PREFIX), Role.TOWNSHIP, key))
    return accounts


def fill(system: System) -> int:
    """Fills an empty database; leaves any other as it is. Gives back the number of cases made."""
    with system.transact() as services:
        if services.staff.any_exists():
            return 0
        password = system.settings.demo_password.get_secret_value()
        labels = read_data("demo.yaml")["roles"]
        staff = {
            account.username: StaffFacts(
                services.staff.create(
                    username=account.username,
                    display_name=_display_name(system, account, labels),
                    role=account.role,
                    body=account.body,
                    password=password,
                ),
                account.role,
                account.body,
            )
            for account in demo_accounts(system)
        }
    cases = read_data("demo.yaml")["cases"]
    for case in cases:
        _play(system, staff, case)
    return len(cases)


def _display_name(system: System, account: Account, labels: dict[str, str]) -> str:
    if account.body is not None:
        return system.parts.directory.name_of(account.body)
    return labels[account.role]


class _PlayedClock:
    """Lets invented cases lie in the past, step after step."""

    def __init__(self, start: datetime) -> None:
        self.moment = start

    def __call__(self) -> datetime:
        return self.moment


def _received(case: dict[str, Any], now: datetime) -> datetime:
    """Some days and hours ago; what is of today stays so soon after midnight too."""
    moment = now - timedelta(days=case["days_ago"], hours=case.get("hours", 3))
    return max(moment, first_moment(local_day(now)).astimezone(UTC)) if case["days_ago"] == 0 else moment


def _play(system: System, staff: dict[str, StaffFacts], case: dict[str, Any]) -> None:
    """Lodges one invented report and takes the steps its entry names, a few hours or days apart."""
    now = system.parts.clock()
    clock = _PlayedClock(_received(case, now))
    parts = replace(system.parts, clock=clock)
    with _played(system, parts) as services:
        advice = services.suggestions.advise(case["statement"])
        lodged = services.intake.lodge_report(
            NewReport(
                statement=case["statement"],
                source=Source(case.get("source", "wechat")),
                suggestion=advice.suggestion,
                label=case.get("label"),
                unit=case.get("unit"),
                identity=Identity(*case["identity"]) if "identity" in case else None,
                scene_code=case.get("scene"),
            )
        )
    for step in case.get("steps", []):
        who, action, values, days = step["by"], step["do"], step.get("with", {}), step.get("after_days", 0.2)
        clock.moment = min(now, clock.moment + timedelta(days=days))
        with _played(system, parts) as services:
            if who == "citizen":
                key = CitizenKey(lodged.case_number, query_code=lodged.query_code)
                services.tracking.record_satisfaction(key, Satisfaction(values["value"]), values.get("comment", ""))
            else:
                _take_step(services, staff[who], lodged.case_number, action, values)


@contextmanager
def _played(system: System, parts: Parts) -> Iterator[Services]:
    with transaction(system.sessions) as session:
        yield Services(session, parts)


def _take_step(services: Services, staff: StaffFacts, number: str, action: str, values: dict[str, Any]) -> None:
    if action == "supervise":
        until = services.supervision.today() + timedelta(days=values["days"])
        services.supervision.supervise(staff, number, until=until, reason=values["reason"])
        return
    if action == "urge":
        services.supervision.urge(staff, number, reason=values["reason"])
        return
    if "disposition" in values:
        values = {**values, "disposition": Disposition(values["disposition"])}
    version = services.casework.case_by_number(number).version
    if action == "approve_assignment":
        # Another suggester may find no county-managed cadre in it: then nothing waits for the head.
        if services.assignment_proposals.waiting_among([number]):
            services.assignment_proposals.approve(staff, number, version=version)
        return
    getattr(services.casework, action)(staff, number, version=version, **values)
