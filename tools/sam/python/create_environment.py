"""Makes a virtual environment from a list of pinned packages, one process at a time.

Usage: create_environment.py FOLDER REQUIREMENTS LOCK STAMP
The kernel releases the lock when its holder dies, so a killed installation leaves nothing to clean up by hand.
pip inherits the lock, so an installation that lost its parent still keeps others out. STAMP is written to
FOLDER/stamp last: without it the environment counts as outdated.
"""

import fcntl
import os
import subprocess
import sys
import venv


def lock_file(path):
    os.makedirs(os.path.dirname(path), exist_ok=True)
    lock = os.open(path, os.O_CREAT | os.O_RDWR, 0o644)
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        print("Another process is installing the SAM CLI; waiting for it …", file=sys.stderr, flush=True)
        fcntl.flock(lock, fcntl.LOCK_EX)
    return lock


def has_stamp(path, stamp):
    try:
        with open(path, encoding="utf-8") as file:
            return file.read() == stamp
    except FileNotFoundError:
        return False


def mend_scripts(bin_folder):
    """Changes the first line of scripts: the kernel takes no path with a space there, and pip leaves one in some scripts."""
    python = os.path.join(bin_folder, "python")
    # A shell reads these two lines and becomes Python; to Python they are a string. pip writes the same into other scripts.
    mended = f"#!/bin/sh\n'''exec' \"{python}\" \"$0\" \"$@\"\n' '''\n".encode()
    for name in os.listdir(bin_folder):
        path = os.path.join(bin_folder, name)
        if os.path.islink(path) or not os.path.isfile(path):
            continue
        with open(path, "rb") as file:
            first, _, rest = file.read().partition(b"\n")
        if first == f"#!{python}".encode():
            with open(path, "wb") as file:
                file.write(mended + rest)


def main(folder, requirements, lock_path, stamp):
    lock = lock_file(lock_path)
    stamp_path = os.path.join(folder, "stamp")
    if has_stamp(stamp_path, stamp):
        return 0
    venv.EnvBuilder(clear=True, with_pip=True).create(folder)
    install = [
        os.path.join(folder, "bin", "python"),
        *["-m", "pip", "install", "--no-input", "--disable-pip-version-check"],
        # The list names every dependency; without --no-deps pip downloads other versions to compare them.
        *["--no-deps", "--requirement", requirements],
    ]
    # Standard output belongs to the command that is about to run.
    status = subprocess.run(install, stdout=sys.stderr, pass_fds=[lock]).returncode
    if status == 0:
        if " " in folder:
            mend_scripts(os.path.join(folder, "bin"))
        with open(stamp_path, "w", encoding="utf-8") as file:
            file.write(stamp)
    return status


if __name__ == "__main__":
    try:
        sys.exit(main(*sys.argv[1:]))
    except KeyboardInterrupt:
        sys.exit(130)
