"""What was kept long enough goes, exactly as it was shown; the frame of every case stays, and the journal says so."""

import json

import pytest
from sqlalchemy import select, text

from app.reference import load_retention, read_data
from domain.errors import Conflict, InvalidInput
from domain.retention import rules_from
from domain.terms import AttachmentKind, CaseEventKind, CaseStatus, InboundStatus, ProposalStatus, RecordKind
from models import AssignmentProposal, Attachment, Case, CaseEvent, InboundMessage, Report, ReporterIdentity
from services.conversion import Copy
from services.intake import Identity
from tests.fakes import PNG, index_in_one

KEPT = load_retention()[RecordKind.CASE_CONTENT].kept


def expired(services, kind=RecordKind.CASE_CONTENT):
    return next(e for e in services.retention.preview() if e.rule.kind is kind)


def destroy(services, kind=RecordKind.CASE_CONTENT):
    return services.retention.destroy(kind, expired(services, kind).token, "档案室 李某")


def files_of(parts):
    return [path for path in parts.attachments._folder.rglob("*") if path.is_file()]


@pytest.fixture
def old_case(services, lodge, clock):
    """A case of long ago that ended the day it came, with a name, a picture and a document."""
    files = services.attachments.keep_uploads(
        [(PNG, AttachmentKind.IMAGE), (b"%PDF-1.7 a letter", AttachmentKind.DOCUMENT)]
    )
    services.attachments.finish_conversion(services.attachments.claim_unconverted(), Copy(b"its pages", 1, 1))
    lodged = lodge(identity=Identity("王建国", "13800000000"), attachment_ids=files)
    case = services.session.scalar(select(Case).where(Case.case_number == lodged.case_number))
    index_in_one(services)
    case.status = CaseStatus.SATISFIED
    services.session.flush()
    clock.forward(days=KEPT.days + 1)
    return case


def test_content_identity_and_files_go_and_the_frame_stays(services, old_case, parts):
    assert len(files_of(parts)) == 4
    destroy(services)
    services.session.expire_all()

    assert services.session.scalars(select(Report)).all() == []
    assert services.session.scalars(select(ReporterIdentity)).all() == []
    assert services.session.scalars(select(Attachment)).all() == []
    assert files_of(parts) == []
    assert (old_case.suggestion, old_case.slots, old_case.reporter_id) == (None, None, None)
    assert (old_case.status, old_case.label, old_case.unit) == (
        CaseStatus.SATISFIED, "enforcement_payoff", "market_regulation",
    )  # fmt: skip
    assert old_case.content_destroyed_at is not None


def test_the_certificate_stands_in_the_journal_and_on_the_case(services, old_case):
    made = destroy(services)
    services.session.flush()
    lines = services.session.scalars(
        select(CaseEvent).where(CaseEvent.kind == CaseEventKind.RECORDS_DESTROYED).order_by(CaseEvent.id)
    ).all()

    assert [line.case_id for line in lines] == [old_case.id, None]
    assert (lines[1].old_value, lines[1].new_value) == ("case_content", "1")
    assert json.loads(lines[1].reason) == {
        "asked_by": "档案室 李某", "kept_days": made.kept_days, "basis": made.basis, "digest": made.digest,
    }  # fmt: skip


def test_nothing_is_destroyed_twice(services, old_case):
    destroy(services)

    assert expired(services).ids == ()
    with pytest.raises(InvalidInput):
        destroy(services)


@pytest.mark.parametrize("status", [CaseStatus.RECEIVED, CaseStatus.IN_HANDLING, CaseStatus.CONCLUDED])
def test_what_is_still_open_is_kept_however_old(services, old_case, status):
    old_case.status = status
    services.session.flush()

    assert expired(services).ids == ()


def test_a_concluded_case_whose_reporter_cannot_be_told_ended_with_its_conclusion(services, lodge, clock):
    lodged = lodge()
    case = services.session.scalar(select(Case).where(Case.case_number == lodged.case_number))
    case.status = CaseStatus.CONCLUDED
    services.session.flush()
    clock.forward(days=KEPT.days + 1)

    assert expired(services).ids == (case.id,)


def test_a_reason_is_content_and_goes_while_the_journal_still_verifies(services, old_case):
    services.journal.write(CaseEventKind.WITHDRAWN, actor="citizen", case_id=old_case.id, reason="王所长来找过我了")
    services.session.commit()
    destroy(services)
    services.session.commit()
    services.session.expire_all()

    lines = services.session.scalars(select(CaseEvent).where(CaseEvent.case_id == old_case.id)).all()
    assert [line.reason for line in lines] == [None] * len(lines)
    assert services.journal.verify().broken is None


def test_what_was_proposed_to_the_head_goes_with_its_reasons(services, old_case, desk, clock):
    proposed = AssignmentProposal(
        case_id=old_case.id, body="inspection_3", reason="王建国反映的局长", remark="请第一室办",
        staff_id=desk("clue").staff_id, proposed_at=clock(), status=ProposalStatus.APPROVED,
    )  # fmt: skip
    services.session.add(proposed)
    services.session.commit()
    destroy(services)
    services.session.commit()

    assert services.session.scalar(text("SELECT count(*) FROM assignment_proposal")) == 0


def test_a_reason_emptied_by_hand_is_found(services, old_case):
    services.journal.write(CaseEventKind.WITHDRAWN, actor="citizen", case_id=old_case.id, reason="王所长来找过我了")
    services.session.commit()
    services.session.execute(text("UPDATE case_event SET reason = NULL"))
    services.session.execute(text("UPDATE journal_link SET salt = NULL, commitment = 'made up' WHERE salt IS NOT NULL"))

    assert services.journal.verify().broken == "line_changed"


def test_a_step_taken_lately_keeps_a_case(services, old_case, clock):
    clock.forward(days=-10)
    services.journal.write(
        CaseEventKind.SATISFACTION_RECORDED, actor="citizen", case_id=old_case.id,
        old_status=CaseStatus.FED_BACK, new_status=CaseStatus.SATISFIED,
    )  # fmt: skip
    services.session.flush()
    clock.forward(days=10)

    assert expired(services).ids == ()


def test_a_list_that_changed_since_it_was_shown_is_not_destroyed(services, old_case, lodge, clock):
    other = lodge()
    case = services.session.scalar(select(Case).where(Case.case_number == other.case_number))
    case.status = CaseStatus.DECLINED
    services.session.flush()
    shown = expired(services)
    clock.forward(days=KEPT.days + 1)

    with pytest.raises(Conflict):
        services.retention.destroy(RecordKind.CASE_CONTENT, shown.token, "李某")
    assert (shown.ids, expired(services).ids) == ((old_case.id,), (old_case.id, case.id))
    assert len(services.session.scalars(select(Report)).all()) == 2


def test_nobody_destroys_without_a_name(services, old_case):
    with pytest.raises(InvalidInput):
        services.retention.destroy(RecordKind.CASE_CONTENT, expired(services).token, " ")


def test_of_a_push_only_what_recognises_it_again_stays(services, clock):
    push = InboundMessage(
        dedupe_key="1", msg_type="text", create_time=0, received_at=clock(), raw=b"<xml/>", reply="r",
        status=InboundStatus.HANDLED,
    )  # fmt: skip
    services.session.add(push)
    services.session.flush()
    clock.forward(days=200)
    destroy(services, RecordKind.RAW_PUSHES)
    services.session.refresh(push)

    assert (push.dedupe_key, push.raw, push.reply) == ("1", None, None)


def test_a_push_whose_turn_never_came_is_kept(services, clock):
    services.session.add(
        InboundMessage(
            dedupe_key="1", msg_type="text", create_time=0, received_at=clock(), raw=b"<xml/>",
            status=InboundStatus.STORED,
        )
    )  # fmt: skip
    services.session.flush()
    clock.forward(days=200)

    assert expired(services, RecordKind.RAW_PUSHES).ids == ()


@pytest.mark.parametrize("days", [0, -1, 1.5, "many"])
def test_a_rule_that_keeps_nothing_is_refused(days):
    values = read_data("retention.yaml")
    values["raw_pushes"]["days"] = days

    with pytest.raises(ValueError, match="raw_pushes"):
        rules_from(values)


def test_every_kind_needs_a_rule():
    with pytest.raises(ValueError, match="exactly these kinds"):
        rules_from({})
