"""Requests over the API: handed in, read, corrected, withdrawn, and a new link for one."""

import asyncio
from datetime import timedelta
from pathlib import Path

import pytest
from fastapi import FastAPI

from desk.accounts.machine_keys import whose_key
from desk.kinds.reading import SubmissionRefused
from desk.machines.handing_in import hand_in
from desk.requests.submission import accept
from models import request_changes
from models.database import transaction
from models.practitioners import find_practitioner
from rules.accounts.machines import MachineKind
from rules.requests.statuses import Kind
from support.api import System, problem_of, system_of, wish
from support.machines import key_of, machine_lines
from support.people import NOURA, RAHUL, contact_change, register_applicant, specialty_change
from support.policies import policy_with
from support.portal import Clock
from support.requests import NOW, awaiting_activation, returned
from tasks.steps.validation import validate

OTHERS = "Aseer Central Hospital"


async def test_an_update_is_handed_in_and_read(hospital: System) -> None:
    """With where it is, its timeline, times with an offset, and no name."""
    sent = await hospital.submit(wish())
    code = sent.json()["tracking_code"]
    read = await hospital.read(code)

    assert (sent.status_code, sent.headers["location"]) == (201, f"/api/v1/requests/{code}")
    assert read.json() == sent.json()
    assert read.json()["submitted_at"].endswith(("Z", "+00:00"))
    assert [one["what"] for one in read.json()["timeline"]] == ["submitted"]
    assert all(NOURA[name] not in read.text for name in ("family_name_ar", "email", "mobile"))


async def test_each_use_is_a_line_and_so_is_each_look(hospital: System) -> None:
    """Of what the key was used for, and of whose request was shown."""
    code = (await hospital.submit(wish())).json()["tracking_code"]
    await hospital.read(code)

    assert await machine_lines() == [
        ("hospital", "machine_use", "submit_profile_update"),
        ("hospital", "case", None),
        ("hospital", "machine_use", "read_request"),
        ("hospital", "case", None),
    ]


async def test_the_same_key_is_the_same_request_also_from_many_at_once(hospital: System) -> None:
    """With other content it is refused."""
    many = await asyncio.gather(*(hospital.submit(wish()) for _ in range(50)))
    other = await hospital.submit(wish(changes={"mobile": "0551112244"}))

    assert {one.status_code for one in many} <= {201, 503}
    assert len({one.json()["tracking_code"] for one in many if one.status_code == 201}) == 1
    assert problem_of(other) == (409, "idempotency_key_used")


async def test_two_systems_equal_keys_are_two_keys(hospital: System, api: FastAPI) -> None:
    """Neither can see by a key what the other one has sent."""
    await hospital.submit(wish())
    async with system_of(api, await key_of("app", MachineKind.HOUSE)) as app:
        second = await app.submit(wish(registration_number=RAHUL["registration_number"]))

    assert second.status_code == 201


@pytest.mark.parametrize("key", ["", "short", "with blanks in it", "k" * 91, "مفتاح-التكرار"])
async def test_a_submission_needs_a_key(hospital: System, key: str) -> None:
    """In the header, and of a form that every system can make."""
    sent = await hospital.client.post(
        "/profile-updates", json=wish(), headers={"Idempotency-Key": key.encode()}
    )

    assert problem_of(sent) == (422, "idempotency_key_header")


async def test_nothing_is_said_of_another_employers_people(hospital: System) -> None:
    """Who is somebody else's is as unknown as who does not exist."""
    theirs = await register_applicant(employer=OTHERS)

    asked = [
        await hospital.submit(wish(registration_number=number))
        for number in (theirs.registration_number, "20999999")
    ]

    assert asked[0].text == asked[1].text
    assert problem_of(asked[0]) == (422, "registration_number_unknown")


async def test_another_systems_request_does_not_exist(hospital: System, api: FastAPI) -> None:
    """Nor does one that the person sent: each answer is that of a code that nobody has."""
    own = await accept(Kind.PROFILE_UPDATE, contact_change(), now=NOW)
    async with system_of(api, await key_of("app", MachineKind.HOUSE)) as app:
        sent = await app.submit(wish(registration_number=RAHUL["registration_number"]))
        seen = await app.read(own.tracking_code)

    codes = [own.tracking_code, sent.json()["tracking_code"], "K7Q2-M9XD", "nothing"]
    answers = [await hospital.read(code) for code in codes]
    answers += [await hospital.press(code, "withdrawal") for code in codes]
    answers += [await hospital.press(code, "activation-link") for code in codes]
    answers += [
        await hospital.client.post(
            f"/requests/{code}/corrections",
            json=wish(),
            headers={"Idempotency-Key": "correction-1"},
        )
        for code in codes
    ]

    assert seen.status_code == 200
    assert {one.text for one in answers} == {answers[0].text}
    assert problem_of(answers[0]) == (404, "request_unknown")


async def test_by_policy_an_employer_sees_more_and_moves_nothing(
    hospital: System, tmp_path: Path
) -> None:
    """What the person sent is the person's to take back."""
    own = await accept(Kind.PROFILE_UPDATE, contact_change(), now=NOW)
    with policy_with(tmp_path, ('employers_see = "handed_in"', 'employers_see = "all"')):
        read = await hospital.read(own.tracking_code)
        withdrawn = await hospital.press(own.tracking_code, "withdrawal")

    assert (read.status_code, withdrawn.status_code) == (200, 404)


async def test_who_has_left_is_out_of_sight(hospital: System, clock: Clock) -> None:
    """From the moment on in which the new employer is on file."""
    code = (await hospital.submit(wish())).json()["tracking_code"]
    async with transaction() as session:
        (await find_practitioner(session, NOURA["registration_number"])).employer = OTHERS

    clock.forward(timedelta(minutes=1))

    again = [await hospital.read(code), await hospital.submit(wish())]
    listed = await hospital.client.get("/requests")
    assert [one.status_code for one in again] == [404, 404]
    assert listed.json()["requests"] == []


async def test_no_system_gives_anybody_another_address(hospital: System) -> None:
    """The activation link would go there."""
    sent = await hospital.submit(wish(changes={"email": "somebody@else.example"}))

    assert problem_of(sent) == (422, "email_by_owner_alone")


async def test_problems_come_all_at_once_in_both_languages(hospital: System) -> None:
    """With the fields to blame; nothing is kept."""
    sent = await hospital.submit(wish(changes={"mobile": "1", "nationality": "XX"}))
    body = sent.json()

    assert problem_of(sent) == (422, "refused")
    assert {one["field"] for one in body["problems"]} >= {"mobile", "nationality"}
    assert all(one["sentence_ar"] and one["sentence_en"] for one in body["problems"])
    listed = await hospital.client.get("/requests")
    assert listed.json()["requests"] == []


async def test_a_returned_request_says_what_to_correct_and_is_corrected(hospital: System) -> None:
    """Until when, too; then it is in its second round."""
    asked = specialty_change(NOW.date())
    del asked["idempotency_key"]
    code = (await hospital.submit(asked)).json()["tracking_code"]
    await validate.task.fn(code)
    await returned(code)
    read = (await hospital.read(code)).json()
    corrected = await hospital.client.post(
        f"/requests/{code}/corrections",
        json={**asked, "changes": {"specialty": "intensive care"}},
        headers={"Idempotency-Key": "correction-1"},
    )

    assert (read["status"], read["problems"][0]["field"]) == ("returned", "specialty")
    assert read["closes_at"] is not None
    assert (corrected.status_code, corrected.json()["status"]) == (200, "submitted")
    assert (corrected.json()["round"], corrected.json()["problems"]) == (2, [])


async def test_a_correction_tells_nothing_of_another_employer_s_people(hospital: System) -> None:
    """Who is somebody else's is as unknown as who does not exist; of its own people it is told."""
    theirs = await register_applicant(employer=OTHERS)
    asked = specialty_change(NOW.date())
    del asked["idempotency_key"]
    code = (await hospital.submit(asked)).json()["tracking_code"]
    await validate.task.fn(code)
    await returned(code)

    answers = [
        await hospital.client.post(
            f"/requests/{code}/corrections",
            json={**asked, "registration_number": number},
            headers={"Idempotency-Key": "correction-1"},
        )
        for number in (theirs.registration_number, "20999999", RAHUL["registration_number"])
    ]

    assert answers[0].text == answers[1].text
    assert problem_of(answers[0]) == (422, "registration_number_unknown")
    assert problem_of(answers[2]) == (422, "registration_number_of_another")


async def test_what_is_not_returned_cannot_be_corrected(hospital: System) -> None:
    """Another content is no repetition."""
    code = (await hospital.submit(wish())).json()["tracking_code"]
    sent = await hospital.client.post(
        f"/requests/{code}/corrections",
        json=wish(changes={"mobile": "0551112244"}),
        headers={"Idempotency-Key": "correction-1"},
    )

    assert problem_of(sent) == (409, "not_returned")


async def test_a_request_is_withdrawn_once(hospital: System) -> None:
    """Again it changes nothing."""
    code = (await hospital.submit(wish())).json()["tracking_code"]

    pressed = [await hospital.press(code, "withdrawal") for _ in "12"]
    assert [one.json()["status"] for one in pressed] == ["withdrawn", "withdrawn"]
    assert pressed[0].json()["timeline"] == pressed[1].json()["timeline"]


async def test_a_link_is_sent_again_and_never_shown(hospital: System) -> None:
    """Only so often; and only where one is waited for."""
    code = (await hospital.submit(wish())).json()["tracking_code"]
    early = await hospital.press(code, "activation-link")
    await validate.task.fn(code)
    await awaiting_activation(code)
    sent = [await hospital.press(code, "activation-link") for _ in range(9)]

    assert problem_of(early) == (409, "nothing_to_resend")
    assert sent[0].status_code == 200
    assert "token" not in sent[0].text
    assert problem_of(sent[-1]) == (429, "too_often")
    assert int(sent[-1].headers["retry-after"]) > 0


async def test_an_answer_that_is_known_is_not_sent_again(hospital: System, clock: Clock) -> None:
    """Until something happens to the request."""
    code = (await hospital.submit(wish())).json()["tracking_code"]
    tag = (await hospital.read(code)).headers["etag"]
    same = await hospital.read(code, **{"If-None-Match": f'"other", W/{tag}'})
    await hospital.press(code, "withdrawal")
    changed = await hospital.read(code, **{"If-None-Match": tag})

    assert (same.status_code, same.content, same.headers["etag"]) == (304, b"", tag)
    assert (changed.status_code, changed.json()["status"]) == (200, "withdrawn")


async def test_what_changed_comes_in_pages_and_nothing_is_left_out(
    hospital: System, clock: Clock
) -> None:
    """Each page goes on where the one before ended; what is too young comes later."""
    numbers = [NOURA["registration_number"], RAHUL["registration_number"]]
    codes = [
        (await hospital.submit(wish(registration_number=number), key=f"key-{number}")).json()[
            "tracking_code"
        ]
        for number in numbers
    ]
    early = (await hospital.client.get("/requests")).json()
    clock.forward(timedelta(seconds=31))
    first = (await hospital.client.get("/requests", params={"limit": 1})).json()
    second = (await hospital.client.get("/requests", params={"cursor": first["cursor"]})).json()
    await hospital.press(codes[0], "withdrawal")
    clock.forward(timedelta(seconds=31))
    third = (await hospital.client.get("/requests", params={"cursor": second["cursor"]})).json()

    assert early["requests"] == []
    assert [one["tracking_code"] for one in first["requests"]] == [codes[0]]
    assert (first["more"], second["more"]) == (True, False)
    assert [one["tracking_code"] for one in second["requests"]] == [codes[1]]
    assert [(one["tracking_code"], one["status"]) for one in third["requests"]] == [
        (codes[0], "withdrawn")
    ]


async def test_a_page_looks_through_a_part_of_the_history(
    hospital: System, clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    """However long it is: pages are shorter, and all of them together leave out nothing."""
    monkeypatch.setattr(request_changes, "SPAN", 2)
    codes = set()
    for _ in range(4):
        person = await register_applicant()
        sent = await hospital.submit(
            wish(registration_number=person.registration_number),
            key=f"key-{person.registration_number}",
        )
        codes.add(sent.json()["tracking_code"])
    clock.forward(timedelta(minutes=1))

    seen, cursor, more, pages = set(), "e0", True, 0
    while more:
        page = (await hospital.client.get("/requests", params={"cursor": cursor})).json()
        seen |= {one["tracking_code"] for one in page["requests"]}
        cursor, more, pages = page["cursor"], page["more"], pages + 1

    assert (seen, pages) == (codes, 2)


async def test_a_list_holds_back_what_an_earlier_change_may_still_join(
    hospital: System, clock: Clock
) -> None:
    """A change with a lower number that is young keeps a later one back."""
    clock.forward(timedelta(minutes=10))
    await hospital.submit(wish(), key="key-of-noura")
    clock.forward(-timedelta(minutes=10))
    await hospital.submit(
        wish(registration_number=RAHUL["registration_number"]), key="key-of-rahul"
    )
    clock.forward(timedelta(minutes=1))
    held = (await hospital.client.get("/requests")).json()
    clock.forward(timedelta(minutes=11))
    all_of_it = (await hospital.client.get("/requests")).json()

    assert held["requests"] == []
    assert len(all_of_it["requests"]) == 2


async def test_a_list_shows_an_employer_its_own_alone(hospital: System, clock: Clock) -> None:
    """The house sees everybody's."""
    theirs = await register_applicant(employer=OTHERS)
    submission = contact_change(registration_number=theirs.registration_number)
    await accept(Kind.PROFILE_UPDATE, submission, now=NOW)
    clock.forward(timedelta(minutes=1))

    assert (await hospital.client.get("/requests")).json()["requests"] == []


@pytest.mark.parametrize(
    ("query", "code"),
    [
        ("cursor=", "cursor_unknown"),
        ("cursor=e-1", "cursor_unknown"),
        ("cursor=e99999999999999999999", "cursor_unknown"),
        ("cursor=%00", "cursor_unknown"),
        ("limit=0", "page_size_wrong"),
        ("limit=201", "page_size_wrong"),
        ("limit=x", "page_size_wrong"),
    ],
)
async def test_a_query_of_nonsense_is_refused(hospital: System, query: str, code: str) -> None:
    """With what it should be."""
    assert problem_of(await hospital.client.get(f"/requests?{query}")) == (422, code)


async def test_the_door_is_the_desks_own(people: None) -> None:
    """Whoever calls the desk without its machine's people is refused there too."""
    theirs = await register_applicant(employer=OTHERS)
    calling = await whose_key(await key_of(), for_what="a", now=NOW)

    with pytest.raises(SubmissionRefused):
        await hand_in(
            calling,
            Kind.PROFILE_UPDATE,
            wish(registration_number=theirs.registration_number),
            key="key-0001",
            now=NOW,
        )
