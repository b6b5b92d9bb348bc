"""What the CLI's tests need of a function: an answer, an error, and one that takes its time."""

import time


def hello(event, context):
    print("in the function")
    if event.get("fail"):
        raise ValueError("as asked")
    time.sleep(event.get("sleepSeconds", 0))
    return {"event": event}
