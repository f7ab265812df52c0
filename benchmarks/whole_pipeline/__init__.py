"""Requests from submission to e-mail, on our stack and on two other engines, in one run."""
