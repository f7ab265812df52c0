"""Update member data: search, edit, upload, review, send; a draft at every step."""
