"""Calls Lambda's Invoke and InvokeWithResponseStream through boto3, all calls at the same time.

The argument is a JSON list of calls. Each call has the keyword arguments of `invoke`, and may have three more keys:
- `PayloadBytes`, in place of `Payload`: the payload is a JSON string of that many bytes.
- `Streamed`: true calls InvokeWithResponseStream; the answer's `Events` are the events of the stream.
- `Meeting`: a URL that is requested after the first of these events.
Prints a JSON list with the result of each call, in the order of the calls.
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
