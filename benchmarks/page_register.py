"""A register of any size, with accounts, requests, drafts and sessions; PostgreSQL makes it."""

import psycopg

from benchmarks.card_register import vacuum

#: One of so many has a request that is over, a draft and a session.
_ONE_OF = 5

_PEOPLE = """
INSERT INTO practitioners (
  id, registration_number, first_name_ar, father_name_ar, grandfather_name_ar, family_name_ar,
  first_name_en, father_name_en, grandfather_name_en, family_name_en, identity_number,
  identity_kind, nationality, birth_date, mobile, email, address, employer, specialty, rank,
  preferred_language, version
)
SELECT md5('person ' || n)::uuid, (20000000 + n)::text, 'نورة', 'سالم', 'حمد', 'القحطاني',
  'Noura', 'Salem', 'Hamad', 'Alqahtani', (1000000000 + n)::text,
  'national_id', 'SA', '1988-04-17', '+9665' || lpad(n::text, 8, '0'),
  'p' || n || '@mail' || n %% 50 || '.example.org', '12 Olaya Street, Riyadh',
  'King Salman Hospital', 'nursing', 'specialist', 'en', 1
FROM generate_series(%(begin)s::int, %(last)s::int) n
"""
_ACCOUNTS = """
INSERT INTO accounts (id, kind, practitioner_id, version, made_at)
SELECT md5('account ' || n)::uuid, 'practitioner', md5('person ' || n)::uuid, 0, now()
FROM generate_series(%(begin)s::int, %(last)s::int) n
"""
_CARDS = """
INSERT INTO cards (id, practitioner_id, status, category, valid_from, expires_on)
SELECT md5('card ' || n)::uuid, md5('person ' || n)::uuid, 'active', 'nursing',
  current_date - 300 - n %% 400, current_date + 430 - n %% 400
FROM generate_series(%(begin)s::int, %(last)s::int) n
"""
_REQUESTS = """
INSERT INTO requests (
  id, kind, tracking_code, practitioner_id, status, language, idempotency_key, submission,
  normalised, corrections, round, submitted_at, status_since, approvals_needed, review_reasons,
  run_state, run_generation, pause_count, run_restarts
)
SELECT md5('request ' || n)::uuid, 'profile_update', upper(lpad(to_hex(n), 8, '0')),
  md5('person ' || n)::uuid, 'activated', 'en', 'benchmark-' || n,
  '{"changes": {"mobile": "0551112233"}}', '{}', '[]', 1, now() - interval '90 days',
  now() - interval '80 days', 0, '[]', 'settled', 1, 0, 0
FROM generate_series(%(begin)s::int, %(last)s::int) n WHERE n %% %(of)s = 0
"""
_EVENTS = """
INSERT INTO request_events (request_id, at, what, to_status, actor_kind, round, announced_at)
SELECT md5('request ' || n)::uuid, now() - interval '90 days', what, what, 'pipeline', 1, now()
FROM generate_series(%(begin)s::int, %(last)s::int) n,
  unnest(ARRAY['submitted', 'approved', 'awaiting_activation', 'activated']) what
WHERE n %% %(of)s = 0
"""
_DRAFTS = """
INSERT INTO drafts (id, practitioner_id, kind, version, content, begun_at, saved_at)
SELECT md5('draft ' || n)::uuid, md5('person ' || n)::uuid, 'profile_update', 1,
  '{"employer": {"version": 1, "typed": {"employer": "King Fahad Hospital"}}}', now(), now()
FROM generate_series(%(begin)s::int, %(last)s::int) n WHERE n %% %(of)s = 0
"""
_SESSIONS = """
INSERT INTO account_sessions (
  id, token_hash, account_id, began_at, seen_at, browser, proof, proved_at
)
SELECT md5('session ' || n)::uuid, encode(sha256(n::text::bytea), 'hex'),
  md5('account ' || n)::uuid, now(), now(), 'Firefox', 'password', now()
FROM generate_series(%(begin)s::int, %(last)s::int) n WHERE n %% %(of)s = 0
"""
_PASSWORDS = """
INSERT INTO accounts (id, kind, practitioner_id, version, made_at, password_hash, password_set_at)
SELECT gen_random_uuid(), 'practitioner', id, 1, now(), %(hash)s, now()
FROM practitioners WHERE registration_number = ANY(%(numbers)s)
"""


def grow_register(address: str, *, begin: int, end: int) -> None:
    """Add the people with the numbers from ``begin`` up to ``end``; none of them has a password."""
    with psycopg.connect(address) as connection:
        # What triggers would note of each row is no part of the measure.
        connection.execute("SET LOCAL session_replication_role = replica")
        for statement in (_PEOPLE, _ACCOUNTS, _CARDS, _REQUESTS, _EVENTS, _DRAFTS, _SESSIONS):
            connection.execute(statement, {"begin": begin, "last": end - 1, "of": _ONE_OF})
    vacuum(address)


def give_password(address: str, registration_numbers: list[str], password_hash: str) -> None:
    """An account for each of these people; all have the same password."""
    with psycopg.connect(address) as connection:
        facts = {"hash": password_hash, "numbers": registration_numbers}
        connection.execute(_PASSWORDS, facts)
