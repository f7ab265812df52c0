"""Pages as pictures, drawn in a process that has no files, no network and little of anything else.

Libraries that read PDF and photographs meet whatever people send. They run in a child process that
is given bytes through a pipe and gives back pictures through a pipe (docs/decisions/0034).
"""
