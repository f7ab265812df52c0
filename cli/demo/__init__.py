"""`mumaris demo`: the examples carried through the whole stack."""
