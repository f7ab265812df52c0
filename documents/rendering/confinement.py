"""What the child gives up before it reads a byte of what people sent.

Limits of the kernel on memory, processor and files; and a filter on system calls, which needs no
privilege: no file can be opened, no socket made, no program started, no other process touched. It
is a list of what is refused: what pictures need (memory, threads, its two pipes) stays.
"""

import ctypes
import errno
import platform
import resource
import signal
import struct

_PR_SET_PDEATHSIG, _PR_SET_NO_NEW_PRIVS = 1, 38
_SET_MODE_FILTER, _ALL_THREADS = 1, 1
_LOAD, _EQUAL, _AT_LEAST, _HAS_BIT, _RETURN = 0x20, 0x15, 0x35, 0x45, 0x06
_KILL, _ALLOW, _REFUSE = 0x80000000, 0x7FFF0000, 0x00050000
_NUMBER, _ARCHITECTURE, _FIRST_ARGUMENT = 0, 4, 16
_CLONE_THREAD = 0x10000

#: By architecture: its mark, seccomp, clone, the first number of another ABI, and what is refused.
#: Numbers from the kernel's arch/x86/entry/syscalls/syscall_64.tbl and include/uapi/asm-generic.
_X86_64 = (0xC000003E, 317, 56, 0x40000000)
_AARCH64 = (0xC00000B7, 277, 220, 0x40000000)
_CLONE3 = 435
_REFUSED_ON_X86_64 = (
    *(2, 85, 257, 437, 303, 304),  # open, creat, openat, openat2, handles
    *(41, 42, 44, 49, 53, 425),  # socket, connect, sendto, bind, socketpair, io_uring
    *(57, 58, 59, 322),  # fork, vfork, execve, execveat
    *(62, 200, 234, 101, 310, 311, 434, 438),  # signals, ptrace, memory and files of others
    *(76, 82, 83, 84, 86, 87, 88, 90, 92),  # names and owners of files
    *(258, 260, 263, 264, 265, 266, 268, 316),  # the same, by folder
    *(165, 248, 249, 250, 298, 319, 321, 323),  # mount, keyrings, perf, memfd, bpf, userfaultfd
)
_REFUSED_ON_AARCH64 = (
    *(56, 437, 264, 265),  # openat, openat2, handles
    *(198, 199, 200, 203, 206, 425),  # socket, socketpair, bind, connect, sendto, io_uring
    *(221, 281),  # execve, execveat
    *(129, 130, 131, 117, 270, 271, 434, 438),  # signals, ptrace, memory and files of others
    *(34, 35, 36, 37, 38, 45, 53, 54, 276),  # names and owners of files
    *(40, 217, 218, 219, 241, 279, 280, 282),  # mount, keyrings, perf, memfd, bpf, userfaultfd
)
_MACHINES = {
    "x86_64": (*_X86_64, _REFUSED_ON_X86_64),
    "aarch64": (*_AARCH64, _REFUSED_ON_AARCH64),
}


class NotConfined(Exception):
    """This machine cannot keep the child in."""


def end_with_parent() -> None:
    """Where the parent is killed, so are we."""
    _call(ctypes.CDLL(None, use_errno=True).prctl, _PR_SET_PDEATHSIG, signal.SIGKILL, 0, 0, 0)


def confine(*, memory_bytes: int, cpu_seconds: int) -> None:
    """Give all of it up, for good; raises `NotConfined` where the kernel does not do it."""
    resource.setrlimit(resource.RLIMIT_AS, (memory_bytes, memory_bytes))
    # The first ends it by a signal that tells why; the second would not.
    resource.setrlimit(resource.RLIMIT_CPU, (cpu_seconds, cpu_seconds + 1))
    resource.setrlimit(resource.RLIMIT_FSIZE, (0, 0))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    _filter_calls()


def _filter_calls() -> None:
    if platform.machine() not in _MACHINES:
        raise NotConfined
    mark, seccomp, clone, another, refused = _MACHINES[platform.machine()]
    program = _program(mark, clone, another, refused)
    held = ctypes.create_string_buffer(program, len(program))
    described = struct.pack("HP", len(program) // 8, ctypes.addressof(held))
    libc = ctypes.CDLL(None, use_errno=True)
    _call(libc.prctl, _PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0)
    _call(libc.syscall, seccomp, _SET_MODE_FILTER, _ALL_THREADS, ctypes.c_char_p(described))


def _program(mark: int, clone: int, another: int, refused: tuple[int, ...]) -> bytes:
    """In the kernel's words for filters (linux/filter.h): code, jump if true, if false, value."""
    no_such_call = _step(_RETURN, _REFUSE | errno.ENOSYS)
    not_permitted = _step(_RETURN, _REFUSE | errno.EPERM)
    allowed = _step(_RETURN, _ALLOW)
    return b"".join(
        [
            _step(_LOAD, _ARCHITECTURE),
            _step(_EQUAL, mark, if_true=1) + _step(_RETURN, _KILL),
            _step(_LOAD, _NUMBER),
            _step(_AT_LEAST, another, if_false=1) + not_permitted,
            # glibc falls back to clone, whose flags can be looked at.
            _step(_EQUAL, _CLONE3, if_false=1) + no_such_call,
            *(_step(_EQUAL, number, if_false=1) + not_permitted for number in refused),
            _step(_EQUAL, clone, if_true=1) + allowed,
            _step(_LOAD, _FIRST_ARGUMENT),
            _step(_HAS_BIT, _CLONE_THREAD, if_false=1) + allowed,
            not_permitted,
        ]
    )


def _step(code: int, value: int, *, if_true: int = 0, if_false: int = 0) -> bytes:
    return struct.pack("HBBI", code, if_true, if_false, value)


def _call(function: "ctypes._NamedFuncPointer", *arguments: object) -> None:
    if function(*arguments) != 0:
        raise NotConfined
