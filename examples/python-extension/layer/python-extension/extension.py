"""A Lambda extension in Python: registers, waits for events, prints them, exits at SHUTDOWN."""

import json
import os
import signal
import sys

import requests

NAME = "python-extension"
API = f"http://{os.environ['AWS_LAMBDA_RUNTIME_API']}/2020-01-01/extension"


def say(message):
    print(f"[{NAME}] {message}", flush=True)


def register():
    say("Registering…")
    # No timeout: the platform may hold the connection for as long as the environment is frozen.
    answer = requests.post(
        f"{API}/register",
        headers={"Lambda-Extension-Name": NAME},
        json={"events": ["INVOKE", "SHUTDOWN"]},
        timeout=None,
    )
    answer.raise_for_status()
    identifier = answer.headers["Lambda-Extension-Identifier"]
    say(f"Registered with ID: {identifier[:8]}…")
    return identifier


def next_event(identifier):
    say("Waiting for event…")
    answer = requests.get(f"{API}/event/next", headers={"Lambda-Extension-Identifier": identifier}, timeout=None)
    answer.raise_for_status()
    return answer.json()


def main():
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(0))
    identifier = register()
    while True:
        event = next_event(identifier)
        if event["eventType"] == "SHUTDOWN":
            say("Received SHUTDOWN event. Exiting.")
            return
        say(f"Received event: {json.dumps(event, separators=(',', ':'))}")


if __name__ == "__main__":
    main()
