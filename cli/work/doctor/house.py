"""What this installation has decided and keeps: policy, secrets, disk."""

import os
import shutil
from collections.abc import Iterator
from functools import partial
from pathlib import Path

from cli.work.doctor.findings import Finding
from desk.policy import current_policy, policy_file
from documents.settings import DocumentSettings
from identity.settings import IdentitySettings
from rules.errors import Misconfigured
from rules.policy.assumed import assumed_in
from rules.values.file_modes import others_may_use
from stack.running import default_home

#: Of the disk that holds an installation's home.
_FREE = 0.1
#: Write, for the group and for others.
_WRITE = 0o022


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
    lines = path.read_text(encoding="utf-8").splitlines()
    assumed = assumed_in("\n".join(lines))
    if assumed:
        yield Finding(
            code="assumed",
            stops=False,
            what=f"{len(assumed)} lines of {path} say that a value is assumed.",
            why="No public source gives these values: the authority has to decide them.",
            command=f"grep -n assumed {path}",
            details=tuple(f"{number}: {lines[number - 1].strip()}" for number in assumed),
        )
    if path.stat().st_mode & _WRITE:
        yield Finding(
            code="policy_writable",
            stops=True,
            what=f"Others on this machine may change {path}.",
            why="It says who must approve what.",
            command=f"chmod go-w {path}",
            mend=lambda: path.chmod(path.stat().st_mode & ~_WRITE),
        )


def of_provider() -> Iterator[Finding]:
    """Whether the secret that we share with an identity provider can be used."""
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


def of_secrets() -> Iterator[Finding]:
    """Files that hold a secret, and that others may read."""
    home = default_home()
    named = (IdentitySettings().oidc_client_secret_file, DocumentSettings().key_file)
    ours = (home / "prefect-sign-in", home / "running.json", *filter(None, named))
    for path in ours:
        if path.exists() and others_may_use(path.stat().st_mode):
            yield Finding(
                code="secret_readable",
                stops=True,
                what=f"Others on this machine may read {path}.",
                why="It holds a secret.",
                command=f"chmod 600 {path}",
                mend=partial(os.chmod, path, 0o600),
            )


def of_disk() -> Iterator[Finding]:
    """Whether what is kept on this machine has room."""
    home = default_home()
    disk = shutil.disk_usage(home if home.exists() else Path.cwd())
    if disk.free < disk.total * _FREE:
        yield Finding(
            code="disk_nearly_full",
            stops=True,
            what=f"{disk.free / disk.total:.0%} of the disk of {home} is free.",
            why="Where it is full, nothing is taken and nothing moves.",
            command=f"df -h {home}",
        )
