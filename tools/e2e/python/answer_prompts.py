"""Runs a command on a pseudo-terminal and answers its questions, as a user does.

Usage: answer_prompts.py SECONDS ANSWERS COMMAND …
ANSWERS is a JSON object: each key is a part of a question, its value the answer. Enter answers every other question: the command then takes
its own suggestion. Writes what the terminal shows to standard output, and exits with the command's status. Kills the command after SECONDS.
"""

import json
import os
import pty
import re
import signal
import sys

seconds, answers, command = int(sys.argv[1]), json.loads(sys.argv[2]), sys.argv[3:]
colour = re.compile(r"\x1b\[[0-9;]*m")
# A question ends the output, for example `Stack Name [hello]: `: the command waits for an answer.
question = re.compile(r"([^\n]*)\[[^\]\n]*\]: ?$")

pid, terminal = pty.fork()
if pid == 0:
    os.execvp(command[0], command)
signal.signal(signal.SIGALRM, lambda *_: os.kill(pid, signal.SIGKILL))
signal.alarm(seconds)

shown = ""
while True:
    try:
        chunk = os.read(terminal, 65536)
    except OSError:  # Linux: the other side is closed
        break
    if not chunk:
        break
    sys.stdout.buffer.write(chunk)
    sys.stdout.flush()
    shown = colour.sub("", shown + chunk.decode(errors="replace"))
    asked = question.search(shown)
    if asked:
        answer = next((text for part, text in answers.items() if part in asked.group(1)), "")
        os.write(terminal, f"{answer}\n".encode())
        shown = ""
sys.exit(os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1]) % 256)
