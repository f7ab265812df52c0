"""Names that are searched by, and lines of the access log about searches and about itself"""

import unicodedata

import sqlalchemy as sa
from alembic import op

from migrations.checks import free, only

revision = "0032"
down_revision = "0031"
branch_labels = None
depends_on = None

_KNOWN = (
    "document_page",
    "document_original",
    "documents",
    "case",
    "card",
    "reminders",
    "own_copy",
)
_AT_SOMETHING = "a_look_is_at_something_known"
_AT_SOMEBODY = "a_look_is_at_somebody"
_AT_SOME = "practitioner_id IS NOT NULL OR request_id IS NOT NULL"

#: Marks beside, above and below letters, and signs that are no letters of a name.
_SIGNS = (
    r"\u00ad\u0300-\u036f\u0610-\u061a\u061c\u0640\u064b-\u065f\u0670\u06d6-\u06dc\u06df-\u06e8"
    r"\u06ea-\u06ed\u0898-\u089f\u08ca-\u08e1\u08e3-\u08ff\u180e\u200b-\u200f\u202a-\u202e"
    r"\u2060-\u206f\ufe00-\ufe0f\ufeff"
)
#: Written one for the other, or between words.
_COMMON = {
    **dict.fromkeys("ٱ", "ا"),
    **dict.fromkeys("ىیېے", "ي"),
    **dict.fromkeys("ةھہۃە", "ه"),
    **dict.fromkeys("کڪ", "ك"),
    **dict.fromkeys("-\u2010\u2011\u2012\u2013\u2014\u2015\u2043\u2212\t", " "),
}
_NOTHING = "ء'`\u02b9\u02bb\u02bc\u02bd\u02be\u02bf\u02c8\u02ca\u02cb\u2018\u2019\u2032./·"
#: Letters that are no smaller ones under marks. Few names have one: they are looked for first.
_RARE = r"[\u00c0-\u02af\u1e00-\u1eff]"
_SMALL = {"đ": "d", "ð": "d", "ħ": "h", "ı": "i", "ł": "l", "ŋ": "n", "ø": "o", "ŧ": "t"}
_DOUBLE = {"æ": "ae", "œ": "oe", "þ": "th", "ß": "ss"}


def _rare() -> dict[str, str]:
    """PostgreSQL lowers the letters of ASCII alone, whatever its locale: capitals beside them."""
    letters = map(chr, (*range(0x00C0, 0x02B0), *range(0x1E00, 0x1F00)))
    capitals = {
        letter: letter.lower()
        for letter in letters
        if letter != letter.lower() and unicodedata.normalize("NFKD", letter) == letter
    }
    return _SMALL | {capital: _SMALL.get(small, small) for capital, small in capitals.items()}


def _translated(text: str, pairs: dict[str, str], *, without: str = "") -> str:
    letters = "".join(pairs) + without.replace("'", "''")
    return f"translate({text}, '{letters}', '{''.join(pairs.values())}')"


def _doubled(text: str) -> str:
    for letter, two in _DOUBLE.items():
        text = f"replace({text}, '{letter}', '{two}')"
    return text


#: The words of all parts of a name, and each part as one word; `rules.values.name_words` folds what
#: is typed in the same way. It calls no other function of ours, so that it can be restored and
#: analysed with no search path; it is dear, so that nobody calls it for every row.
_WORDS = f"""
CREATE FUNCTION name_words(
    first_ar varchar, father_ar varchar, grandfather_ar varchar, family_ar varchar,
    first_en varchar, father_en varchar, grandfather_en varchar, family_en varchar
) RETURNS tsvector LANGUAGE plpgsql IMMUTABLE STRICT PARALLEL SAFE COST 1000 AS $$
DECLARE
    parts text := first_ar || '|' || father_ar || '|' || grandfather_ar || '|' || family_ar || '|'
        || first_en || '|' || father_en || '|' || grandfather_en || '|' || family_en;
    bare text := regexp_replace(normalize(parts, NFKD), '[{_SIGNS}]', '', 'g');
    folded text := lower({_translated("bare", _COMMON, without=_NOTHING)} COLLATE "C");
BEGIN
    IF folded ~ '{_RARE}' THEN
        folded := {_doubled(_translated("folded", _rare()))};
    END IF;
    folded := translate(folded, '|', ' ') || ' ' || translate(folded, '| ', ' ');
    -- A longer word than PostgreSQL indexes would refuse the row.
    folded := regexp_replace(folded, '([^ ]{{100}})[^ ]+', '\\1', 'g');
    RETURN array_to_tsvector(
        string_to_array(btrim(regexp_replace(folded, ' +', ' ', 'g')), ' ')
    );
END
$$
"""
_INDEX = "practitioners_by_name"
_NAMES = (
    "name_words(first_name_ar, father_name_ar, grandfather_name_ar, family_name_ar,"
    " first_name_en, father_name_en, grandfather_name_en, family_name_en)"
)


def upgrade() -> None:
    op.execute(sa.text(_WORDS.replace(":=", r"\:=")))
    op.create_index(_INDEX, "practitioners", [sa.text(_NAMES)], postgresql_using="gin")
    only("access_log", "what", _AT_SOMETHING, (*_KNOWN, "search", "access_log"))
    free("access_log", _AT_SOMEBODY)
    op.execute(
        f"ALTER TABLE access_log ADD CONSTRAINT {_AT_SOMEBODY} "
        f"CHECK ({_AT_SOME} OR what IN ('search', 'access_log')) NOT VALID"
    )
    op.execute(f"ALTER TABLE access_log VALIDATE CONSTRAINT {_AT_SOMEBODY}")
    op.create_index("access_log_by_time", "access_log", ["at", "id"])
    op.create_index("access_log_by_viewer", "access_log", ["viewer", "at", "id"])


def downgrade() -> None:
    op.drop_index("access_log_by_viewer", "access_log")
    op.drop_index("access_log_by_time", "access_log")
    # Nobody may change or delete a line, so those that the version before does not know stay.
    free("access_log", _AT_SOMEBODY)
    op.execute(
        f"ALTER TABLE access_log ADD CONSTRAINT {_AT_SOMEBODY} CHECK ({_AT_SOME}) NOT VALID"
    )
    free("access_log", _AT_SOMETHING)
    listed = ", ".join(f"'{name}'" for name in _KNOWN)
    op.execute(
        f"ALTER TABLE access_log ADD CONSTRAINT {_AT_SOMETHING} CHECK (what IN ({listed})) NOT VALID"
    )
    op.drop_index(_INDEX, "practitioners")
    op.execute("DROP FUNCTION name_words")
