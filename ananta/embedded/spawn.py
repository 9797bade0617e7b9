"""Become another program, first giving up root and asking the kernel to end us with our parent.

Run as a script, by its path, between a parent and the program it starts: ``spawn.py SIGNAL PARENT UID GID PROGRAM…``.
A ``preexec_fn`` would do the same, but is unsafe in a parent with threads. It imports as little as possible: every
process of the embedded run passes through here.
"""

import ctypes
import os
import sys

_PR_SET_PDEATHSIG = 1


def main(arguments: list[str]) -> None:
    """Change the user (before the request: changing it clears the request), bind to the parent, become the program."""
    death_signal, parent, uid, gid = (int(argument) for argument in arguments[:4])
    program = arguments[4:]
    if uid >= 0:
        os.setgroups([])
        os.setgid(gid)
        os.setuid(uid)  # from here on this interpreter's own files may be out of reach: no import may follow
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(_PR_SET_PDEATHSIG, death_signal, 0, 0, 0)
        if os.getppid() != parent:
            sys.exit("the parent is gone")
    os.execv(program[0], program)  # noqa: S606 - the arguments are a list, no shell sees them


if __name__ == "__main__":
    main(sys.argv[1:])
