"""Who carries off a dump of the database, from either engine, reads no word, no name and no sender in it."""

import base64

import pytest
from sqlalchemy import LargeBinary, select, type_coerce

from app.database import make_engine, make_session_factory, transaction
from domain.permissions import StaffFacts
from domain.terms import AttachmentKind, Role, Source
from models import Base
from models.sealing import SealedBytes
from services import Services
from services.conversations import Push
from services.intake import Identity, NewReport
from tests.fakes import PNG, index_in_one, suggestion

CANARY = {
    name: f"canary{name}zq"
    for name in (
        *("statement", "slot", "name", "openid", "raw", "supplement", "reason", "search", "media", "withdrawal"),
        "destination",
    )
}
PHONE = "13912345678"


@pytest.fixture
def engine(database_url, parts):
    engine = make_engine(database_url)
    with transaction(make_session_factory(engine)) as session:
        fill(Services(session, parts))
    yield engine
    engine.dispose()


def fill(services):
    push = Push(f"o-{CANARY['openid']}", "key", "1", "text", 1, f"<xml>{CANARY['raw']}</xml>".encode())
    reporter_id = services.conversations.receive(push, opens_window=5).reporter_id
    services.attachments.note_media(reporter_id, AttachmentKind.IMAGE, CANARY["media"])
    staff_id = services.staff.create(
        username="clerk", display_name="甲", role=Role.PETITION, body=None, password="a long password"
    )
    clerk = StaffFacts(staff_id, Role.PETITION, None)
    lodged = services.intake.lodge_report(
        NewReport(
            statement=f"经过是{CANARY['statement']}，就这些。",
            source=Source.WECHAT,
            suggestion=suggestion(),
            slots=(("person", CANARY["slot"]),),
            identity=Identity(CANARY["name"], PHONE),
            reporter_id=reporter_id,
            attachment_ids=services.attachments.keep_uploads([(PNG, AttachmentKind.IMAGE)]),
        )
    )
    case = services.casework.case_by_number(lodged.case_number)
    services.intake.supplement_report(case, CANARY["supplement"], (), Source.WEB)
    services.identities.request_opening(clerk, lodged.case_number, reason=CANARY["reason"])
    services.casework.decline(
        clerk, lodged.case_number, version=case.version, destination=CANARY["destination"], reason=CANARY["reason"]
    )
    index_in_one(services)
    services.search.find(clerk, CANARY["search"])
    services.notices.send_late_reply(reporter_id, CANARY["statement"])


def dump(engine):
    """Every value of every table as it lies there, sealed columns unopened: what `pg_dump` or a copied file holds."""
    with engine.connect() as connection:
        for table in Base.metadata.sorted_tables:
            columns = [
                (type_coerce(column, LargeBinary) if isinstance(column.type, SealedBytes) else column).label(
                    column.name
                )
                for column in table.columns
            ]
            for row in connection.execute(select(*columns)):
                for column, value in row._mapping.items():
                    content = bytes(value) if isinstance(value, bytes | memoryview) else str(value).encode()
                    yield f"{table.name}.{column}", content


def forms(secret):
    """A secret as it might lie about: plain, in two bytes a letter, in hexadecimal, in base64."""
    plain = secret.encode()
    whole = [plain, secret.encode("utf-16-le"), plain.hex().encode()]
    # In base64 a text looks different at each of three places; its middle is always the same.
    return whole + [base64.b64encode(b"x" * shift + plain)[4:-4] for shift in range(3)]


def test_a_dump_shows_no_word_no_name_and_no_sender(engine):
    values = list(dump(engine))
    found = [
        (place, name)
        for place, content in values
        for name, secret in {**CANARY, "phone": PHONE, "openid whole": f"o-{CANARY['openid']}"}.items()
        if any(form in content for form in forms(secret))
    ]

    assert found == []
    assert len(values) > 100


def test_the_look_would_find_what_lay_open(engine):
    assert any(b"clerk" in content for place, content in dump(engine) if place == "staff.username")
    assert any(form in base64.b64encode(b"ab canaryslotzq cd") for form in forms("canaryslotzq"))
