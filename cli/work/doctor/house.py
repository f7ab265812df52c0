"""What this installation has decided and keeps: policy, documents, secrets, disk."""

import shutil
from collections.abc import Iterator
from pathlib import Path

from cli.work.doctor.findings import Finding
from cli.work.documents.store import look_at_documents
from desk.policy import current_policy, policy_file
from identity.settings import IdentitySettings
from rules.errors import Misconfigured
from rules.policy.assumed import assumed_in
from rules.values.file_modes import others_may_use
from stack.running import default_home

#: Of the disk that holds an installation's home.
_FREE = 0.1


def of_policy() -> Iterator[Finding]:
    """What it says that whoever decides should know; raises `PolicyInvalid`, all of it at once."""
    policy = current_policy()
    if policy.review.prefect_form_decides:
        yield Finding(
            code="prefect_form_decides",
            stops=False,
            what="The Resume form of Prefect's UI decides requests (review.prefect_form_decides).",
            why=(
                "It knows no signed-in officer: whoever reaches Prefect's API can decide as any "
                "officer, but for what needs two."
            ),
            command="set prefect_form_decides = false, and let officers decide at /desk",
        )
    path = policy_file()
    assumed = assumed_in(path.read_text(encoding="utf-8"))
    if assumed:
        yield Finding(
            code="assumed",
            stops=False,
            what=f"{len(assumed)} lines of {path} say that a value is assumed.",
            why="No public source gives these values: the authority has to decide them.",
            command=f"grep -n assumed {path}",
        )


def of_documents() -> Iterator[Finding]:
    """Whether they can be sealed and are scanned."""
    seen = look_at_documents()
    if seen.trouble:
        yield Finding(
            code="documents_unusable",
            stops=True,
            what=f"Documents cannot be kept: {seen.trouble}.",
            why="Requests that need one cannot be sent.",
            command="mumaris document keys make",
        )
    if seen.scanner is None:
        is_taken = current_policy().documents.unscanned == "accept"
        yield Finding(
            code="no_scanner",
            stops=not is_taken,
            what="No scanner is named.",
            why=(
                "Officers are shown files that nobody has scanned."
                if is_taken
                else "Policy takes no file that was not scanned (documents.unscanned)."
            ),
            command="export MUMARIS_CLAMD=/run/clamav/clamd.ctl",
        )


def of_machine() -> Iterator[Finding]:
    """Secrets that others may read, and a disk that is nearly full."""
    try:
        settings = IdentitySettings()
        if settings.oidc_issuer:
            settings.client_secret()
    except Misconfigured as error:
        yield Finding(
            code="provider_unusable",
            stops=True,
            what=f"Officers cannot sign in by their provider: {error}",
            why="The secret that we share with it cannot be used.",
        )
    home = default_home()
    yield from _of_modes(home)
    disk = shutil.disk_usage(home if home.exists() else Path.cwd())
    if disk.free < disk.total * _FREE:
        yield Finding(
            code="disk_nearly_full",
            stops=True,
            what=f"{disk.free / disk.total:.0%} of the disk of {home} is free.",
            why="Where it is full, nothing is taken and nothing moves.",
            command=f"df -h {home}",
        )


def _of_modes(home: Path) -> Iterator[Finding]:
    for name in ("prefect-sign-in", "document-keys", "running.json"):
        path = home / name
        if path.exists() and others_may_use(path.stat().st_mode):
            yield Finding(
                code="secret_readable",
                stops=True,
                what=f"Others on this machine may read {path}.",
                why="It holds a secret.",
                command=f"chmod 600 {path}",
            )
