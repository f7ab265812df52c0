"""Delete what accounts leave behind: sessions long over, browsers and misses long forgotten."""

from datetime import datetime, timedelta

from desk.policy import current_policy
from models.accounts.challenges import sweep_challenges
from models.accounts.counts import sweep_counts
from models.accounts.factors import sweep_set_ups
from models.accounts.half_sign_ins import sweep_halves
from models.accounts.newcomer_sessions import sweep_newcomer_sessions
from models.accounts.providers import sweep_trips
from models.accounts.sessions import sweep_sessions
from models.database import transaction


async def sweep(*, now: datetime, limit: int) -> int:
    """Delete up to so many of each sort; returns how many. Repeated, it goes on."""
    policy = current_policy().accounts
    budget = timedelta(minutes=policy.budget_minutes)
    forgotten = max(timedelta(hours=policy.misses_forgotten_hours), budget)
    async with transaction() as session:
        gone = await sweep_sessions(
            session,
            sessions_before=now - timedelta(days=policy.session_kept_days),
            devices_before=now - timedelta(days=policy.device_days),
            limit=limit,
        )
        half_way = now - timedelta(minutes=policy.half_way_minutes)
        gone += await sweep_halves(session, before=half_way, limit=limit)
        away = now - timedelta(minutes=policy.provider_minutes)
        gone += await sweep_trips(session, before=away, limit=limit)
        asked = now - timedelta(minutes=policy.passkey_minutes)
        gone += await sweep_challenges(session, before=asked, limit=limit)
        newcomers = now - timedelta(days=policy.session_kept_days)
        gone += await sweep_newcomer_sessions(session, before=newcomers, limit=limit)
        gone += await sweep_set_ups(session, before=half_way, limit=limit)
        return gone + await sweep_counts(session, before=now - forgotten, limit=limit)
