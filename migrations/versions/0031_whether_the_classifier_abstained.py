"""Whether the classifier was sure of its suggestion stands on the case, so that lists can ask what the page says."""

import sqlalchemy as sa
from alembic import op

revision = "0031"
down_revision = "0030"
branch_labels = None
depends_on = None

# What was asked of suggestions before: their word that they are unsure lies sealed.
_AS_IT_WAS = """
    UPDATE "case" SET abstained = suggested_confidence < 0.6
    WHERE labelled_at IS NULL AND status IN ('received', 'accepted') AND suggested_confidence IS NOT NULL
"""


def upgrade() -> None:
    op.add_column(
        "case",
        sa.Column(
            "abstained",
            sa.Boolean(),
            nullable=True,
            comment="the classifier was not sure enough of its first label to offer it; None: it said nothing",
        ),
    )
    op.execute(_AS_IT_WAS)


def downgrade() -> None:
    op.drop_column("case", "abstained")
