"""Whatever people, officers and runs do, in whatever order: a document is readable to its day.

Random lives on real rows and a real store, through the doors that everybody uses. What should be
readable is known from the promise in its own words, not from the rule that is tried.
"""

import asyncio
from collections.abc import Coroutine, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from itertools import count
from pathlib import Path
from typing import Any, ClassVar, TypeVar

from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)

from desk.documents.ending import destroy_decided, destroy_due, empty_store
from desk.documents.faults import UploadRefused
from desk.documents.looking import DocumentNotShown, look
from desk.documents.replacing import take_the_place
from desk.documents.taking_back import take_back
from desk.kinds.reading import SubmissionRefused
from desk.looks import Looker
from desk.requests.submission import accept
from models.constraints import AlreadyTaken
from models.database import close_engine, transaction
from models.documents.documents import Upload
from models.door import APPLICANT, CLOCK, PIPELINE, Actor, change_status
from models.requests import find_request
from rules.documents.states import DocumentState
from rules.requests.statuses import ActorKind, Kind, Status
from rules.values.document_kind import DocumentKind
from support.documents import whole
from support.people import NOURA, employer_letter, specialty_change
from support.requests import NOW
from support.shelved import CONTENT, certificates, row, shelved, stored

T = TypeVar("T")
NUMBER = NOURA["registration_number"]
LETTER, REPORT = DocumentKind.EMPLOYER_LETTER, DocumentKind.MEDICAL_REPORT
UNUSED, KEPT = timedelta(days=30), timedelta(days=365)
OFFICER = Actor(ActorKind.OFFICER, "amal")
#: A whole life of a request after the gate, as its statuses, and who moves it.
_ENDS = {
    "reject": [(Status.REJECTED, OFFICER)],
    "withdraw": [(Status.WITHDRAWN, APPLICANT)],
    "let expire": [(Status.RETURNED, OFFICER), (Status.EXPIRED, CLOCK)],
}
_numbers = count(1)


@dataclass
class ARequest:
    """What the test did to a request."""

    code: str
    status: Status = Status.UNDER_REVIEW
    decided_at: datetime | None = None
    ended_at: datetime | None = None


@dataclass(frozen=True)
class Told:
    """What a submission was answered."""

    code: str | None
    #: Why not, as codes.
    refused: set[str]


@dataclass
class ADocument:
    """What the test did to a document."""

    upload: Upload
    replaced: bool = False
    taken_back: bool = False
    #: A run was told to destroy it, or its owner did.
    gone: bool = False
    #: Its content was removed.
    removed: bool = False
    named_by: list[ARequest] = field(default_factory=list)

    def is_needed(self, now: datetime) -> bool:
        """The promise: somebody may still have to read it."""
        if self.taken_back:
            return False
        if not self.named_by:
            return not self.replaced and now < self.upload.received_at + UNUSED
        if self.upload.kind is REPORT:
            return any(each.decided_at is None for each in self.named_by)
        return any(each.ended_at is None or now < each.ended_at + KEPT for each in self.named_by)


class _Lives(RuleBasedStateMachine):
    """One applicant's documents."""

    runner: ClassVar[asyncio.Runner]
    folder: ClassVar[Path]

    def __init__(self) -> None:
        super().__init__()
        self.now = NOW
        self.documents: list[ADocument] = []
        self.request: ARequest | None = None

    def do(self, work: Coroutine[Any, Any, T]) -> T:
        return self.runner.run(work)

    def some(self, number: int) -> ADocument:
        return self.documents[number % len(self.documents)]

    @rule(kind=st.sampled_from([LETTER, REPORT]))
    def somebody_sends_one(self, kind: DocumentKind) -> None:
        self.documents.append(ADocument(self.do(shelved(self.now, kind))))

    @rule(hours=st.sampled_from([1, 24, 6 * 24, 7 * 24, 40 * 24, 365 * 24]))
    def time_passes(self, hours: int) -> None:
        self.now += timedelta(hours=hours)

    @precondition(lambda self: self.documents)
    @rule(number=st.integers(0, 7))
    def its_owner_sends_another_in_its_place(self, number: int) -> None:
        old = self.some(number)
        in_hand = any(each.status is Status.UNDER_REVIEW for each in old.named_by)
        try:
            self.do(self._replace(old))
        except (UploadRefused, AlreadyTaken):
            assert in_hand or (old.replaced and not old.gone)
        else:
            assert not in_hand
            old.replaced |= not old.gone

    async def _replace(self, old: ADocument) -> None:
        new = await shelved(self.now, old.upload.kind)
        async with transaction() as session:
            await take_the_place(
                session, old.upload.id, old.upload.owner_id, old.upload.kind, now=self.now
            )
        self.documents.append(ADocument(new))

    @precondition(lambda self: self.documents)
    @rule(number=st.integers(0, 7))
    def its_owner_takes_it_back(self, number: int) -> None:
        document = self.some(number)
        try:
            self.do(take_back(document.upload.id, owner=NUMBER, now=self.now))
        except UploadRefused:
            assert document.named_by
        else:
            assert not document.named_by or document.gone
            document.taken_back |= not document.gone
            document.gone = document.removed = True

    @precondition(lambda self: self.documents and self.request is None)
    @rule(number=st.integers(0, 7), more=st.integers(0, 7))
    def a_request_names_one_or_two(self, number: int, more: int) -> None:
        chosen = {id(each): each for each in (self.some(number), self.some(more))}
        named = list(chosen.values())
        can_be = all(
            each.is_needed(self.now) and not each.replaced and not each.gone for each in named
        )
        told = self.do(self._submit(named))
        assert (told.refused == set()) is can_be, told
        assert told.refused <= {"document_gone"}
        if told.code is not None:
            self.request = ARequest(told.code)
            for each in named:
                each.named_by.append(self.request)

    async def _submit(self, named: list[ADocument]) -> Told:
        day = self.now.date()
        stated = [
            {
                "kind": each.upload.kind.value,
                "issuer": "King Salman Hospital" if each.upload.kind is LETTER else "Clinic",
                "issued_on": day.isoformat(),
                "id": each.upload.id,
            }
            for each in named
        ]
        if not any(each.upload.kind is LETTER for each in named):
            stated.append(employer_letter(day))
        wish = specialty_change(
            day,
            documents=stated,
            idempotency_key=f"noura-documents-{next(_numbers)}",
            certificates=[],
        )
        try:
            request = await accept(Kind.PROFILE_UPDATE, wish, now=self.now)
        except SubmissionRefused as refused:
            return Told(None, {each.code for each in refused.problems})
        await self._move(request.tracking_code, (Status.UNDER_REVIEW, PIPELINE))
        return Told(request.tracking_code, set())

    async def _move(self, code: str, *steps: tuple[Status, Actor]) -> None:
        for status, by in steps:
            async with transaction() as session:
                request = await find_request(session, code, lock=True)
                request.review_due_at = self.now
                await change_status(session, request, status, by=by, now=self.now)

    def under_review(self) -> bool:
        return self.request is not None and self.request.status is Status.UNDER_REVIEW

    @precondition(under_review)
    @rule(how=st.sampled_from(sorted(_ENDS)))
    def the_request_ends_at_the_gate(self, how: str) -> None:
        request = self._the_request()
        self.do(self._move(request.code, *_ENDS[how]))
        request.status = _ENDS[how][-1][0]
        request.decided_at = request.ended_at = self.now
        self.request = None

    @precondition(under_review)
    @rule()
    def the_request_is_returned(self) -> None:
        self.do(self._move(self._the_request().code, (Status.RETURNED, OFFICER)))
        self._the_request().status = Status.RETURNED

    @precondition(lambda self: self.request and self.request.status is Status.RETURNED)
    @rule()
    def the_request_comes_back(self) -> None:
        steps = (Status.SUBMITTED, APPLICANT), (Status.UNDER_REVIEW, PIPELINE)
        self.do(self._move(self._the_request().code, *steps))
        self._the_request().status = Status.UNDER_REVIEW

    @precondition(under_review)
    @rule()
    def the_request_is_approved(self) -> None:
        steps = (Status.APPROVED, OFFICER), (Status.AWAITING_ACTIVATION, PIPELINE)
        self.do(self._move(self._the_request().code, *steps))
        self._the_request().status = Status.AWAITING_ACTIVATION
        self._the_request().decided_at = self.now

    @precondition(lambda self: self.request and self.request.status is Status.AWAITING_ACTIVATION)
    @rule(used=st.booleans())
    def the_link_is_used_or_expires(self, used: bool) -> None:
        step = (Status.ACTIVATED, APPLICANT) if used else (Status.EXPIRED, CLOCK)
        self.do(self._move(self._the_request().code, step))
        self._the_request().status = step[0]
        self._the_request().ended_at = self.now
        self.request = None

    def _the_request(self) -> ARequest:
        assert self.request is not None
        return self.request

    @rule()
    def the_hourly_run_comes(self) -> None:
        done = self.do(destroy_due(self.now))
        assert not done.failed
        for each in self.documents:
            each.gone |= not each.is_needed(self.now)

    @rule()
    def the_quick_pass_comes(self) -> None:
        done = self.do(destroy_decided(self.now))
        assert not done.failed
        for each in self.documents:
            decided = each.upload.kind is REPORT and each.named_by
            each.gone |= bool(decided) and not each.is_needed(self.now)

    @rule()
    def the_store_is_emptied(self) -> None:
        self.do(empty_store(self.now))
        for each in self.documents:
            each.removed |= each.gone

    @invariant()
    def it_is_readable_to_its_day_and_no_longer(self) -> None:
        for each in self.documents:
            shown = each.is_needed(self.now) and (not each.replaced or bool(each.named_by))
            assert self.do(self._is_readable(each)) is shown

    async def _is_readable(self, document: ADocument) -> bool:
        try:
            seen = await look(
                document.upload.id,
                by=Looker.owner(NUMBER),
                page=None,
                request_code=None,
                why=None,
                now=self.now,
            )
        except DocumentNotShown:
            return False
        return CONTENT in await whole(seen.pieces)

    @invariant()
    def what_is_destroyed_has_a_certificate_and_no_key(self) -> None:
        for each in self.documents:
            now = self.do(row(each.upload))
            certified = self.do(certificates(each.upload))
            assert (now.state is DocumentState.DESTROYED) is each.gone
            assert (now.wrapped_key is None) is each.gone
            assert len(certified) == each.gone
            assert [one.sha256 for one in certified] == [each.upload.sha256] * each.gone

    @invariant()
    def the_store_holds_what_is_there_and_nothing_that_was_removed(self) -> None:
        for each in self.documents:
            assert bool(stored(self.folder, each.upload)) is not each.removed

    def teardown(self) -> None:
        if self.request is not None and self.request.ended_at is None:
            end = {
                Status.AWAITING_ACTIVATION: [(Status.EXPIRED, CLOCK)],
                Status.RETURNED: [(Status.EXPIRED, CLOCK)],
            }.get(self.request.status, _ENDS["reject"])
            self.do(self._move(self.request.code, *end))
        self.do(destroy_due(self.now + 2 * KEPT))
        self.do(empty_store(self.now))


@contextmanager
def machine_on(folder: Path) -> Iterator[type[_Lives]]:
    """The machine, with a loop of its own for all its examples."""
    with asyncio.Runner() as runner:
        _Lives.runner, _Lives.folder = runner, folder
        yield _Lives
        runner.run(close_engine())


def test_no_life_leaves_a_document_readable_after_its_day_or_unreadable_before(
    folder: Path,
) -> None:
    """Sent, replaced, taken back, named, decided, looked at; runs late, early and twice."""
    few = settings(
        max_examples=12,
        stateful_step_count=20,
        deadline=None,
        # To shrink a life takes minutes; the steps that are printed are few.
        phases=[Phase.explicit, Phase.reuse, Phase.generate],
        suppress_health_check=list(HealthCheck),
    )
    with machine_on(folder) as machine:
        run_state_machine_as_test(machine, settings=few)
