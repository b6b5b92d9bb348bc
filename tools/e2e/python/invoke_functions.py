"""Calls Lambda's Invoke and InvokeWithResponseStream through boto3, all calls at the same time.

The argument is a JSON list of calls, each the keyword arguments of `invoke`; `PayloadBytes` instead of `Payload` asks for a JSON string
of that many bytes, `Streamed` for InvokeWithResponseStream, whose events are in `Events`; the URL in `Meeting` is asked for when the first of
them is there. What came of each call is printed as a JSON list in the same order.
"""

import json
import sys
from concurrent.futures import ThreadPoolExecutor
from urllib.request import urlopen

import boto3
from botocore.config import Config
from botocore.exceptions import ClientError

client = boto3.client("lambda", config=Config(retries={"total_max_attempts": 1}, max_pool_connections=32))


def read_events(stream, meeting):
    for number, event in enumerate(stream):
        ((kind, content),) = event.items()
        if "Payload" in content:
            content["Payload"] = content["Payload"].decode()
        if number == 0 and meeting is not None:
            urlopen(meeting).close()
        yield {"kind": kind, **content}


def invoke(call):
    payload_bytes = call.pop("PayloadBytes", None)
    if payload_bytes is not None:
        call["Payload"] = json.dumps("x" * (payload_bytes - 2))
    meeting = call.pop("Meeting", None)
    try:
        if call.pop("Streamed", False):
            answer = client.invoke_with_response_stream(**call)
            answer["Events"] = list(read_events(answer.pop("EventStream"), meeting))
            answer["RequestId"] = answer.pop("ResponseMetadata")["RequestId"]
            return answer
        answer = client.invoke(**call)
    except ClientError as error:
        status = error.response["ResponseMetadata"]["HTTPStatusCode"]
        return {"raised": type(error).__name__, "code": error.response["Error"]["Code"], "status": status, "message": str(error)}
    answer["Payload"] = answer["Payload"].read().decode()
    answer["RequestId"] = answer.pop("ResponseMetadata")["RequestId"]
    return answer


calls = json.loads(sys.argv[1])
with ThreadPoolExecutor(max_workers=len(calls)) as threads:
    print(json.dumps(list(threads.map(invoke, calls))))
