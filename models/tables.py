"""Every table, so that whoever needs all of them need not know where each lives."""

from sqlmodel import SQLModel

from models import letters, links, officers, practitioners, references, requests

ALL: tuple[type[SQLModel], ...] = (
    officers.Officer,
    practitioners.Practitioner,
    practitioners.ProfileVersion,
    practitioners.CpdEntry,
    practitioners.ExperienceEntry,
    practitioners.OfficialRecord,
    requests.Request,
    requests.RequestEvent,
    requests.Decision,
    references.ReferenceCounter,
    links.ActivationLink,
    links.LinkToken,
    letters.Letter,
)
