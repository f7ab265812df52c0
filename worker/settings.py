"""What a worker reads from its environment."""

from pydantic import Field
from pydantic_settings import BaseSettings, SettingsConfigDict

#: All that there is; they do not wait for each other.
EVERY_JOB = (
    "flows.sweep:sweep_pass,flows.sweep:post_pass,"
    "flows.sweep:documents_pass,flows.sweep:window_pass,"
    "flows.sweep:webhooks_pass,flows.sweep:files_pass"
)


class WorkerSettings(BaseSettings):
    """The environment of a worker process, read once when it starts."""

    model_config = SettingsConfigDict(frozen=True, extra="ignore")

    #: The application's database, as SQLAlchemy writes it; without it nobody can ring the doorbell.
    database_url: str | None = Field(default=None, validation_alias="DATABASE_URL")

    #: ``module:function`` of each house-keeping job, with commas between them; they do not wait for
    #: each other. Empty means that this worker keeps no house.
    caretaker: str = Field(default=EVERY_JOB, validation_alias="MUMARIS_CARETAKER")

    #: Seconds between two house-keeping passes when nobody rings.
    caretaker_seconds: float = Field(
        default=5.0, gt=0, validation_alias="MUMARIS_CARETAKER_SECONDS"
    )

    #: Seconds that runs get after SIGTERM; below the 10 s after which containers are killed.
    grace_seconds: float = Field(default=8.0, ge=0, validation_alias="MUMARIS_WORKER_GRACE_SECONDS")
