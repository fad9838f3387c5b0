"""A small demo county in which every page of the console has something on it: what waits for somebody stands waiting.

A page that nobody can reach in it (`tests/meta/test_navigation.py`) either lacks a link or lacks something here.
"""

from dataclasses import replace
from datetime import timedelta

from app import demo
from app.parts import System
from domain.permissions import StaffFacts
from domain.terms import AttachmentKind, CaseStatus, LetterKind, Rank, ReferenceList, Role, Source
from domain.values import Position
from models import Case, Staff
from services import Services
from services.intake import Identity, NewReport
from simulator import samples
from tests.classifiers import a_version, the_shipped
from tests.fakes import suggestion


def furnish(system: System) -> None:
    """Fills an empty system."""
    demo.fill(system)
    with system.transact() as services:
        _leave_things_waiting(services)


def account(services: Services, username: str) -> StaffFacts:
    """What permissions see of a demo account."""
    found = services.session.query(Staff).filter_by(username=username).one()
    return StaffFacts(found.id, Role(found.role), found.body)


def _leave_things_waiting(services: Services) -> None:
    petition, leader, sysadmin = (account(services, name) for name in ("petition", "leader", "sysadmin"))
    number = _lodge_with_attachments(services)
    services.identities.request_opening(petition, number, reason="联系本人补充时间")
    asked = services.session.query(Case).filter_by(label="contract_arrears").one().case_number
    services.identities.request_opening(petition, asked, reason="核对合同")
    [request] = services.identities.state_for(leader, _case(services, asked)).requests
    services.identities.decide(leader, asked, request_id=request.id, is_approved=True, reason="")
    services.inquiries.ask(petition, number, version=_case(services, number).version, text="是哪一天的事？")

    accepted = services.session.query(Case).filter_by(status=CaseStatus.ACCEPTED, assigned_body=None).first()
    services.casework.assign(
        petition, accepted.case_number, version=accepted.version, body="trial_office", reason="不服处分的申诉"
    )
    in_hand = services.session.query(Case).filter_by(status=CaseStatus.IN_HANDLING, assigned_body="g_agriculture").one()
    services.supervision_letters.issue(
        leader,
        in_hand.case_number,
        kind=LetterKind.SUPERVISION,
        text="请说明八个月没有办结的原因，并报办结时限。",
        answer_by=services.supervision.today() + timedelta(days=5),
    )
    services.saved_views.save(petition, name="市监局逾期", query="due=late&unit=market_regulation")
    services.accounts.request_reset(sysadmin, account(services, "clue").staff_id)
    services.reference_lists.propose(
        sysadmin,
        ReferenceList.ACCEPTANCE_LETTER,
        content=None,
        effective_from=services.reference_lists.today(),
        note="换回原来的样子",
    )
    # One classifier is in use that can be taken back, one waits for a second person, one for somebody to propose it;
    # and staff decided much since they were trained.
    long_ago = services.classifiers.now() - timedelta(days=3000)
    used, proposed, compared = (replace(a_version(n), trained_at=long_ago) for n in (0.3, 0.4, 0.5))
    for version in (the_shipped(), used, proposed, compared):
        services.classifiers.keep(version)
    services.classifiers.use(used.name)
    services.classifiers.propose(sysadmin, proposed.name, note="学了新的决定")
    _propose_a_body(services, petition)
    services.paper_intake.keep(petition, [["收到日期", "反映内容"], ["2026-11-02", "窗口的人让多跑了三趟。"]])


def _propose_a_body(services: Services, petition: StaffFacts) -> None:
    """A bureau head's case waits for the head of the commission."""
    lodged = services.intake.lodge_report(
        NewReport(
            statement="市监局的局长让店里给他家送了两回海鲜，一直没有给钱，说不送就来查。",
            source=Source.WEB,
            suggestion=suggestion(positions=(Position("局长", Rank.COUNTY_MANAGED, "market_regulation"),)),
            label="enforcement_payoff",
            unit="market_regulation",
        )
    )
    number = lodged.case_number
    services.casework.accept(petition, number, version=_case(services, number).version, reason="县管干部，移送案管室")
    services.casework.assign(
        account(services, "clue"),
        number,
        version=_case(services, number).version,
        body="inspection_3",
        reason="市场监管由第三室联系",
    )


def _lodge_with_attachments(services: Services) -> str:
    files = (
        (samples.picture(), AttachmentKind.IMAGE),
        (samples.voice(), AttachmentKind.VOICE),
        (samples.document(12), AttachmentKind.DOCUMENT),
    )
    lodged = services.intake.lodge_report(
        NewReport(
            statement="市场监管所的人来店里，说要两条烟，不给就封门。照片和录音都有。",
            source=Source.WEB,
            suggestion=suggestion(),
            label="enforcement_payoff",
            unit="market_regulation",
            identity=Identity("演示人丁", "13800000005"),
            attachment_ids=services.attachments.keep_uploads(files),
        )
    )
    return lodged.case_number


def _case(services: Services, number: str) -> Case:
    return services.session.query(Case).filter_by(case_number=number).one()
