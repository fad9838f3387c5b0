"""New keys move in under a running system; afterwards the old key opens nothing and is needed for nothing."""

import secrets
from contextlib import contextmanager

import pytest
from sqlalchemy import select, text

from app.database import make_engine, make_session_factory, transaction
from domain.terms import AttachmentKind, Source
from models import Attachment, Base, Report
from models.sealing import Keyring, SealedBytes, current_keyring, use_keyring
from services import Services
from services.intake import Identity, NewReport
from tests.fakes import PNG, suggestion

OLD, NEW = secrets.token_bytes(32), secrets.token_bytes(32)


@pytest.fixture(autouse=True)
def keys_of_this_test():
    """Sealed under OLD alone at first."""
    keyring = current_keyring()
    use_keyring(Keyring([OLD]))
    yield
    use_keyring(keyring)


@pytest.fixture
def instance(database_url, parts):
    engine = make_engine(database_url)
    instance = Instance(engine, parts)
    with instance.open() as services:
        reporter_id, _ = services.conversations._reporter_of("oPerson")
        [picture] = services.attachments.keep_uploads([(PNG, AttachmentKind.IMAGE)])
        services.intake.lodge_report(
            NewReport(
                statement="一件事",
                source=Source.WECHAT,
                suggestion=suggestion(),
                identity=Identity("张三丰", "13800000000"),
                attachment_ids=(picture,),
                reporter_id=reporter_id,
            )
        )
    yield instance
    engine.dispose()


class Instance:
    def __init__(self, engine, parts):
        self.engine, self.parts = engine, parts

    @contextmanager
    def open(self):
        with transaction(make_session_factory(self.engine)) as session:
            yield Services(session, self.parts)

    def rotate(self):
        rows = 0
        while True:
            with self.open() as services:
                done = services.keys.reseal_rows(limit=2)
            rows += done
            if not done:
                break
        after = 0
        while after is not None:
            with self.open() as services:
                after = services.keys.reseal_files(after, limit=1)
        with self.open() as services:
            services.keys.finish()
        return rows


def sealed_values(engine):
    """Every sealed value of the database as it lies there."""
    with engine.connect() as connection:
        for table in Base.metadata.sorted_tables:
            for column in table.columns:
                if isinstance(column.type, SealedBytes):
                    rows = connection.execute(text(f'SELECT "{column.name}" FROM "{table.name}"'))
                    yield from ((f"{table.name}.{column.name}", row[0]) for row in rows if row[0] is not None)


def test_after_the_rotation_the_old_key_is_needed_for_nothing(instance):
    use_keyring(Keyring([NEW, OLD]))
    with instance.open() as services:
        assert services.keys.waiting()
    assert instance.rotate() > 3
    use_keyring(Keyring([NEW]))

    with instance.open() as services:
        assert services.keys.waiting() == {}
        assert services.session.scalars(select(Report.statement)).all() == ["一件事"]
        attachment = services.session.scalars(select(Attachment)).one()
        assert services.parts.attachments.read(attachment.original_name) == PNG
        assert services.conversations._reporter_of("oPerson")[0] == 1
        assert services.journal.verify().broken is None


def test_the_old_key_alone_opens_nothing_any_more(instance):
    use_keyring(Keyring([NEW, OLD]))
    instance.rotate()
    ring = Keyring([OLD])

    values = list(sealed_values(instance.engine))
    assert len(values) > 5
    for _, value in values:
        with pytest.raises(Exception, match="no key"):
            ring.open(value, "any")


def test_an_anchor_signed_by_the_old_key_still_counts(instance):
    with instance.open() as services:
        paper = services.journal.anchor()
    use_keyring(Keyring([NEW, OLD]))
    instance.rotate()
    use_keyring(Keyring([NEW]))

    with instance.open() as services:
        assert services.journal.verify([paper]).broken is None


def test_rotating_without_a_new_key_changes_nothing(instance):
    assert instance.rotate() == 0


def test_the_rotation_stands_in_the_journal(instance):
    instance.rotate()

    with instance.open() as services:
        kinds = [kind for (kind,) in services.session.execute(text("SELECT kind FROM case_event ORDER BY id"))]
    assert kinds == ["lodged", "keys_rotated"]


def test_everything_moves_to_the_other_suite_and_back(instance):
    for suite in ("sm4-gcm", "aes-256-gcm"):
        ring = Keyring([OLD], suite)
        use_keyring(ring)
        assert instance.rotate() > 3

        values = list(sealed_values(instance.engine))
        assert len(values) > 5
        assert [name for name, value in values if bytes(value)[:5] != ring.first_head] == []
        with instance.open() as services:
            assert services.keys.waiting() == {}
            assert services.session.scalars(select(Report.statement)).all() == ["一件事"]
            attachment = services.session.scalars(select(Attachment)).one()
            assert services.parts.attachments.read(attachment.original_name) == PNG
            assert services.journal.verify().broken is None
