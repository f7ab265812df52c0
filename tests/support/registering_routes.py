"""What the pages of a registration answer to whoever was not let in by a code."""

_OWN = "/register/requests/{code}"
_BEHIND_THE_DOOR = (
    ("GET", "/register/code"),
    ("POST", "/register/code"),
    ("POST", "/register/code/send"),
    ("POST", "/register/leave"),
    ("GET", "/register/steps"),
    ("GET", "/register/edit/{part}"),
    ("POST", "/register/edit/{part}"),
    ("POST", "/register/remove/{part}"),
    ("GET", "/register/file/{part}"),
    ("POST", "/register/file/{part}"),
    ("GET", "/register/discard"),
    ("POST", "/register/discard"),
    ("GET", "/register/review"),
    ("POST", "/register/review"),
    ("GET", _OWN),
    ("GET", f"{_OWN}/sent"),
    ("GET", f"{_OWN}/correct"),
    ("POST", f"{_OWN}/correct"),
    ("GET", f"{_OWN}/withdraw"),
    ("POST", f"{_OWN}/withdraw"),
)
#: Nobody, a practitioner and another practitioner; an account is led home, and opens nothing here.
ROUTES: dict[tuple[str, str], tuple[int, int, int]] = {
    ("GET", "/register"): (200, 303, 303),
    ("POST", "/register"): (422, 422, 422),
    **dict.fromkeys(_BEHIND_THE_DOOR, (303, 303, 303)),
}
#: The same to officers, whatever their role.
TO_OFFICERS = {
    ("GET", "/register"): 303,
    **dict.fromkeys(_BEHIND_THE_DOOR, 303),
}
