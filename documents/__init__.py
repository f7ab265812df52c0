"""Files that people send: received, sealed, told apart, scanned and shown as pictures.

Knows files, and nothing of requests or of the database: who a document belongs to, what state it is
in and when it ends is written elsewhere (docs/decisions/0034).
"""
