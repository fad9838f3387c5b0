"""Disks fill up, files rot, clocks jump: each has a clear answer, and nobody is thanked for what was not kept."""

import errno
import re

import pytest
import requests
from sqlalchemy import event, func, select

from app import demo
from domain.terms import AttachmentKind, CaseStatus, RouteRule
from models import Attachment, Case, Conversation, InboundMessage, OutboxMessage
from tests.fakes import PNG
from tests.scenario.staff import Clerk

STORY = "我在城东开修车行，上个月市监局的一个所长来店里检查灭火器，说不给两条烟就要罚我五千。"

RECEIVED = (Case.status == CaseStatus.RECEIVED, Case.route_rule == RouteRule.DEFAULT_GROUP)


def with_pragma(site, pragma):
    """Makes every connection of the site's database fail as the disk would."""
    site.system.engine.dispose()
    event.listen(site.system.engine, "checkout", lambda connection, *_: connection.execute(pragma))


def counts(site):
    with site.system.transact(read_only=True) as services:
        return tuple(services.session.scalar(select(func.count(table.id))) for table in (InboundMessage, Case))


# PostgreSQL's own error for a full disk (53100), from where a new message would be written.
NO_ROOM = (
    "CREATE FUNCTION no_room() RETURNS trigger LANGUAGE plpgsql AS "
    "$$ BEGIN RAISE EXCEPTION 'could not extend file: No space left on device' USING ERRCODE = 'disk_full'; END $$",
    "CREATE TRIGGER no_room BEFORE INSERT ON inbound_message FOR EACH ROW EXECUTE FUNCTION no_room()",
    'CREATE TRIGGER no_room BEFORE INSERT ON "case" FOR EACH ROW EXECUTE FUNCTION no_room()',
)


def on_postgres(site, *statements):
    """Makes every new connection of the site's database fail as the server would."""
    with site.system.engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        for statement in statements:
            connection.exec_driver_sql(statement)
    site.system.engine.dispose()


@pytest.fixture(
    params=[
        ("sqlite", "full disk"),
        ("sqlite", "read-only"),
        pytest.param(("postgres", "full disk"), marks=pytest.mark.postgres),
        pytest.param(("postgres", "read-only"), marks=pytest.mark.postgres),
    ],
    ids=" ".join,
)
def broken(request, make_site):
    """A site whose database cannot take anything, after it took one whole report."""
    engine, fault = request.param
    site = make_site(request.getfixturevalue(f"{engine}_url"))
    site.citizen().lodges(STORY)
    if engine == "sqlite":
        with_pragma(site, "PRAGMA max_page_count=1" if fault == "full disk" else "PRAGMA query_only=ON")
    elif fault == "full disk":
        on_postgres(site, *NO_ROOM)
    else:
        name = site.system.engine.url.database
        on_postgres(site, f'ALTER DATABASE "{name}" SET default_transaction_read_only = on')
    return site


def test_who_writes_in_the_chat_is_told_to_send_it_again_later(broken):
    before = counts(broken)
    reply = broken.citizen().says(STORY * 20)

    assert "没能保存" in reply
    assert "没有收到" in reply
    assert counts(broken) == before


def test_who_uses_the_form_is_told_that_nothing_was_taken(broken):
    before = counts(broken)
    browser = requests.Session()
    page = browser.get(f"{broken.url}/report", timeout=10)
    token = re.search(r'name="csrf_token"[^>]*value="([^"]+)"', page.text).group(1)
    answer = browser.post(
        f"{broken.url}/report",
        data={"csrf_token": token, "statement": STORY * 300, "signing": "anonymous", "agreed": "y"},
        timeout=10,
    )

    assert answer.status_code == 503
    assert "没有被收下" in answer.text
    assert counts(broken) == before


def test_a_step_of_staff_that_could_not_be_kept_is_told_as_such(site):
    demo.fill(site.system)
    clerk = Clerk(site.url, "petition")
    with site.system.transact(read_only=True) as services:
        number = services.session.scalars(select(Case.case_number).where(*RECEIVED)).first()
    page = clerk.get(f"/admin/cases/{number}").text
    token = re.search(r'name="csrf_token"[^>]*value="([^"]+)"', page).group(1)
    with_pragma(site, "PRAGMA query_only=ON")
    answer = clerk.http.post(
        f"{site.url}/admin/cases/{number}/accept", data={"csrf_token": token, "version": "1"}, timeout=10
    )

    assert answer.status_code == 503
    assert "没能保存" in answer.text


def test_a_picture_for_which_the_disk_has_no_room_is_not_thanked_for(site, monkeypatch):
    def full(*_):
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr("services.attachment_store.AttachmentStore._write_now", full)
    browser = requests.Session()
    page = browser.get(f"{site.url}/report", timeout=10)
    token = re.search(r'name="csrf_token"[^>]*value="([^"]+)"', page.text).group(1)
    answer = browser.post(
        f"{site.url}/report",
        data={"csrf_token": token, "statement": STORY, "signing": "anonymous", "agreed": "y"},
        files={"files": ("a.png", PNG, "image/png")},
        timeout=10,
    )

    assert answer.status_code == 503
    assert counts(site) == (0, 0)


@pytest.mark.parametrize("damage", ["changed", "cut off", "gone"])
def test_a_damaged_attachment_is_not_shown_and_the_page_says_what_to_do(site, damage):
    demo.fill(site.system)
    with site.system.transact() as services:
        case = services.session.scalars(select(Case).where(*RECEIVED)).first()
        [attachment_id] = services.attachments.keep_uploads([(PNG, AttachmentKind.IMAGE)])
        attachment = services.session.get(Attachment, attachment_id)
        attachment.case_id, number = case.id, case.case_number
        name = attachment.clean_name
    path = site.settings.instance / "attachments" / name[:2] / name
    content = path.read_bytes()
    if damage == "gone":
        path.unlink()
    else:
        path.write_bytes(content[:-1] + bytes([content[-1] ^ 1]) if damage == "changed" else content[:20])

    answer = Clerk(site.url, "petition").get(f"/admin/cases/{number}/attachments/{attachment_id}")
    assert answer.status_code == 410
    assert "损坏" in answer.text


def test_a_clock_set_back_leaves_no_conversation_and_no_message_stuck(site):
    from datetime import timedelta

    from app.factory import make_conversation, make_worker
    from app.parts import build_system, now

    citizen = site.citizen()
    number, _ = citizen.lodges(STORY)
    # A process takes a turn and a message, dies, and the clock of the machine is set back by a day.
    with site.system.transact() as services:
        reporter_id = services.session.scalar(select(Conversation.reporter_id))
        assert services.conversations.claim_turn(reporter_id)
        services.notices.tell_progress(services.casework.case_by_number(number))
    with site.system.transact() as services:
        assert len(services.notices.claim_due()) == 1
    suggester = site.system.parts.suggester
    earlier = build_system(site.settings, suggester=suggester, clock=lambda: now() - timedelta(days=1))

    with earlier.transact() as services:
        assert services.conversations.claim_turn(reporter_id) is not None
        message = services.session.scalars(select(OutboxMessage)).one()
        message.not_before = services.notices.now()
    with earlier.transact() as services:
        assert len(services.notices.claim_due()) == 1
    assert make_conversation(earlier)
    assert make_worker(earlier)
    earlier.engine.dispose()
