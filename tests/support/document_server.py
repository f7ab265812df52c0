"""The application of documents, served as the portal is; who asks says so in a header.

::

    python -m support.document_server PORT
"""

import logging
import sys

import uvicorn

from portal.documents.app import documents_app
from portal.web.connections import NotAgain
from portal.web.serving import configuration
from support.sent_forms import who_says


def main(port: int) -> None:
    """Serve until stopped."""
    config = configuration(documents_app(who_says), "127.0.0.1", port)
    for name in ("uvicorn.error", "asyncio"):
        logging.getLogger(name).addFilter(NotAgain())
    uvicorn.Server(config).run()


if __name__ == "__main__":
    main(int(sys.argv[1]))
