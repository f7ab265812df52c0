"""What uvicorn's own command leaves open is set here.

No access log, as tokens stand in addresses; no WebSockets, which are logged with theirs; no header
believed that says who the client is (`portal.web.proxies` does that); and limits on connections
(`portal.web.connections`).
"""

import uvicorn
from starlette.types import ASGIApp
from uvicorn.config import LOGGING_CONFIG

from portal.web.connections import BACKLOG, PatientProtocol
from portal.web.logs import json_lines
from portal.web.settings import portal_settings

#: Bytes of a request's head; a page of ours needs about one thousand.
_HEAD_BYTES = 16_384
_KEEP_ALIVE_SECONDS = 5
_STOP_SECONDS = 5


def configuration(app: ASGIApp, host: str, port: int) -> uvicorn.Config:
    """How the portal is served, and any part of it by itself."""
    return uvicorn.Config(
        app,
        host=host,
        port=port,
        http=PatientProtocol,
        ws="none",
        access_log=False,
        log_level="info",
        log_config=json_lines() if portal_settings().log_format == "json" else LOGGING_CONFIG,
        proxy_headers=False,
        server_header=False,
        backlog=BACKLOG,
        timeout_keep_alive=_KEEP_ALIVE_SECONDS,
        timeout_graceful_shutdown=_STOP_SECONDS,
        h11_max_incomplete_event_size=_HEAD_BYTES,
    )
