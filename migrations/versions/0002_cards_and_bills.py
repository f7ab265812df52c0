"""Cards, their periods, bills, and the kind of a CPD activity"""

import sqlalchemy as sa
import sqlmodel
from alembic import op

revision = '0002'
down_revision = '0001'
branch_labels = None
depends_on = None

# A CHECK sees one version of a row; that a card only ever gets longer takes a trigger.
NEVER_SHORTER = (
    """
CREATE FUNCTION refuse_a_shorter_card() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF NEW.expires_on < OLD.expires_on THEN
        RAISE EXCEPTION 'a card is never shortened'
            USING ERRCODE = 'check_violation', CONSTRAINT = 'a_card_is_never_shortened',
                  TABLE = 'cards';
    END IF;
    RETURN NEW;
END $$
""",
    """
CREATE TRIGGER a_card_is_never_shortened BEFORE UPDATE OF expires_on ON cards
    FOR EACH ROW EXECUTE FUNCTION refuse_a_shorter_card()
""",
)


def upgrade() -> None:
    op.create_table('cards',
    sa.Column('id', sa.Uuid(), nullable=False),
    sa.Column('practitioner_id', sa.Uuid(), nullable=False),
    sa.Column('status', sqlmodel.sql.sqltypes.AutoString(), nullable=False),
    sa.Column('category', sqlmodel.sql.sqltypes.AutoString(), nullable=False),
    sa.Column('valid_from', sa.Date(), nullable=False),
    sa.Column('expires_on', sa.Date(), nullable=False),
    sa.CheckConstraint('valid_from <= expires_on', name='a_card_begins_before_it_expires'),
    sa.ForeignKeyConstraint(['practitioner_id'], ['practitioners.id'], ),
    sa.PrimaryKeyConstraint('id'),
    sa.UniqueConstraint('practitioner_id')
    )
    op.create_index('cards_by_expiry', 'cards', ['expires_on'], unique=False)
    for statement in NEVER_SHORTER:
        op.execute(statement)
    op.create_table('card_periods',
    sa.Column('id', sa.Uuid(), nullable=False),
    sa.Column('card_id', sa.Uuid(), nullable=False),
    sa.Column('valid_from', sa.Date(), nullable=False),
    sa.Column('expires_on', sa.Date(), nullable=False),
    sa.Column('follows', sa.Date(), nullable=True),
    sa.Column('made_by', sqlmodel.sql.sqltypes.AutoString(), nullable=False),
    sa.Column('actor', sqlmodel.sql.sqltypes.AutoString(), nullable=True),
    sa.Column('request_id', sa.Uuid(), nullable=True),
    sa.Column('recorded_at', sa.DateTime(timezone=True), nullable=False),
    sa.CheckConstraint('valid_from <= expires_on', name='a_period_begins_before_it_ends'),
    sa.CheckConstraint('valid_from > follows', name='periods_do_not_overlap'),
    sa.CheckConstraint("(follows IS NULL) = (made_by = 'loaded')", name='only_the_first_follows_nothing'),
    sa.CheckConstraint("(request_id IS NOT NULL) = (made_by = 'renewed')", name='a_renewal_has_its_request'),
    sa.ForeignKeyConstraint(['card_id'], ['cards.id'], ),
    sa.ForeignKeyConstraint(['request_id'], ['requests.id'], ),
    sa.PrimaryKeyConstraint('id'),
    sa.UniqueConstraint('card_id', 'follows', name='an_expiry_is_followed_once'),
    sa.UniqueConstraint('card_id', 'valid_from', name='one_period_begins_on_a_day'),
    sa.UniqueConstraint('request_id', name='a_request_renews_once')
    )
    op.create_index(op.f('ix_card_periods_card_id'), 'card_periods', ['card_id'], unique=False)
    op.create_table('bills',
    sa.Column('id', sa.Uuid(), nullable=False),
    sa.Column('number', sqlmodel.sql.sqltypes.AutoString(), nullable=False),
    sa.Column('request_id', sa.Uuid(), nullable=False),
    sa.Column('amount_minor', sa.Integer(), nullable=False),
    sa.Column('currency', sqlmodel.sql.sqltypes.AutoString(), nullable=False),
    sa.Column('issued_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('paid_on', sa.Date(), nullable=True),
    sa.Column('recorded_at', sa.DateTime(timezone=True), nullable=True),
    sa.CheckConstraint('amount_minor > 0', name='a_bill_asks_for_something'),
    sa.CheckConstraint('(paid_on IS NULL) = (recorded_at IS NULL)', name='a_payment_has_its_day'),
    sa.ForeignKeyConstraint(['request_id'], ['requests.id'], ),
    sa.PrimaryKeyConstraint('id'),
    sa.UniqueConstraint('number'),
    sa.UniqueConstraint('request_id')
    )
    # Existing entries get a kind that no cap applies to.
    op.add_column('cpd_entries', sa.Column('kind', sqlmodel.sql.sqltypes.AutoString(), nullable=False, server_default='other'))
    op.alter_column('cpd_entries', 'kind', server_default=None)


def downgrade() -> None:
    op.drop_column('cpd_entries', 'kind')
    op.drop_table('bills')
    op.drop_index(op.f('ix_card_periods_card_id'), table_name='card_periods')
    op.drop_table('card_periods')
    op.drop_index('cards_by_expiry', table_name='cards')
    op.drop_table('cards')
    op.execute('DROP FUNCTION refuse_a_shorter_card()')
