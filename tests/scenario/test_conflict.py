"""Who declares a conflict of interest sees the case nowhere from the next click on; everybody else still does."""

import re

import pytest
from sqlalchemy import select

from app import demo
from domain.permissions import StaffFacts
from domain.terms import AttachmentKind, CaseStatus, RouteRule, Source
from models import Attachment, Case, Staff
from services.intake import NewReport
from tests.fakes import PNG, index_in_one, suggestion
from tests.scenario.staff import Clerk

WORD = "柚木地板"


@pytest.fixture
def number(site):
    demo.fill(site.system)
    with site.system.transact() as services:
        [picture] = services.attachments.keep_uploads([(PNG, AttachmentKind.IMAGE)])
        lodged = services.intake.lodge_report(
            NewReport(
                statement=f"市监局的一个所长来店里检查，要我送一套{WORD}，不送就罚款。",
                source=Source.WEB,
                suggestion=suggestion(),
                attachment_ids=(picture,),
            )
        )
    with site.system.transact() as services:
        index_in_one(services)
        case = services.session.scalars(select(Case).where(Case.case_number == lodged.case_number)).one()
        assert (case.status, case.route_rule) == (CaseStatus.RECEIVED, RouteRule.DEFAULT_GROUP)
    return lodged.case_number


def seen(clerk, number):
    """Where a member of staff meets the case."""
    page = clerk.get("/admin/search").text
    token = re.search(r'name="csrf_token"[^>]*value="([^"]+)"', page).group(1)
    found = clerk.http.post(f"{clerk.url}/admin/search", data={"csrf_token": token, "words": WORD}, timeout=10).text
    return {
        "worklist": number in clerk.get("/admin/cases").text,
        "page": clerk.get(f"/admin/cases/{number}").status_code == 200,
        # A number that is found leads to its case; one that is not stays with the list.
        "by number": clerk.get(f"/admin/cases?number={number}").url.endswith(f"/cases/{number}"),
        "search": number in found,
        "file": clerk.get(f"/admin/cases/{number}/attachments/{attachment(number, clerk)}").status_code == 200,
        "counts": total(clerk),
    }


def total(clerk):
    with clerk.site.system.transact(read_only=True) as services:
        return services.queries.overview(clerk.facts).total


def attachment(number, clerk):
    with clerk.site.system.transact(read_only=True) as services:
        case = services.session.scalars(select(Case).where(Case.case_number == number)).one()
        return services.session.scalars(select(Attachment.id).where(Attachment.case_id == case.id)).one()


def clerk_of(site, username):
    clerk = Clerk(site.url, username)
    clerk.site = site
    with site.system.transact(read_only=True) as services:
        row = services.session.scalars(select(Staff).where(Staff.username == username)).one()
        clerk.facts = StaffFacts(row.id, row.role, row.body)
    return clerk


def test_a_declared_conflict_hides_the_case_everywhere_at_once_and_from_nobody_else(site, number):
    petition, clue = clerk_of(site, "petition"), clerk_of(site, "clue")
    before, others = seen(petition, number), seen(clue, number)
    assert all(before.values())
    petition.step(number, "declare-conflict", reason="被反映人是我的表弟")

    after = seen(petition, number)
    assert after == {
        "worklist": False, "page": False, "by number": False, "search": False, "file": False,
        "counts": before["counts"] - 1,
    }  # fmt: skip
    assert seen(clue, number) == others
    for step in ("accept", "assign", "urge"):
        token = re.search(r'name="csrf_token"[^>]*value="([^"]+)"', petition.get("/admin/account").text).group(1)
        answer = petition.http.post(
            f"{site.url}/admin/cases/{number}/{step}",
            data={"csrf_token": token, "version": "1", "body": "g_market"},
            timeout=10,
        )
        assert answer.status_code == 404, step
