"""Starts evcxr_jupyter in a copy of the prepared workspace: launch_evcxr.py PREPARED WORK KERNEL ARGUMENTS...

Each kernel has its own folder below WORK, so that several can run at once. Built libraries are hard links (nothing
writes into them: cargo replaces files, it doesn't edit them); the rest is copied with its times, by which cargo tells
that nothing has changed. A lock that the kernel holds open marks a folder as in use; the others are removed.
"""

import fcntl
import os
import shutil
import sys
import tempfile

LINKED = (".rlib", ".rmeta", ".so", ".dylib")
NOT_SHARED = {".cargo-lock", "incremental", "ready"}


def copy(source, target):
    if source.endswith(LINKED):
        try:
            os.link(source, target)
            return
        except OSError:
            pass  # another file system: a copy does as well
    shutil.copy2(source, target)


def remove_unused(work):
    for name in os.listdir(work):
        folder = os.path.join(work, name)
        try:
            with open(os.path.join(folder, "lock")) as lock:
                fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
                shutil.rmtree(folder, ignore_errors=True)
        except FileNotFoundError:
            pass  # being made by another kernel at this moment, or just removed by it
        except BlockingIOError:
            pass  # in use


def main():
    prepared, work, kernel, *arguments = sys.argv[1:]
    environment = dict(os.environ)
    # The warm-up builds in the prepared folder itself.
    if "EVCXR_TMPDIR" not in environment:
        if " " in work:  # evcxr cannot load a cell from a path with a space
            work = os.path.join(tempfile.gettempdir(), f"dlnotes-{os.getuid()}")
        os.makedirs(work, mode=0o700, exist_ok=True)
        remove_unused(work)
        folder = tempfile.mkdtemp(prefix="kernel-", dir=work)
        lock = open(os.path.join(folder, "lock"), "w")
        fcntl.flock(lock, fcntl.LOCK_EX)
        os.set_inheritable(lock.fileno(), True)
        shutil.copytree(
            prepared,
            folder,
            copy_function=copy,
            ignore=lambda _, names: NOT_SHARED & set(names),
            dirs_exist_ok=True,
        )
        environment["EVCXR_TMPDIR"] = os.path.join(folder, "ctx")
    os.execve(kernel, [kernel, *arguments], environment)


if __name__ == "__main__":
    main()
