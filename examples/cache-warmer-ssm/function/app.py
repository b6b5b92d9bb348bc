"""Reads an SSM parameter while the module is imported: the cache warmer listens before function code runs."""

import json
import os
import urllib.parse
import urllib.request

PORT = os.environ.get("PARAMETERS_SECRETS_EXTENSION_HTTP_PORT", "2773")


def read_parameter(name):
    query = urllib.parse.urlencode({"name": name, "withDecryption": "true"})
    request = urllib.request.Request(
        f"http://127.0.0.1:{PORT}/systemsmanager/parameters/get?{query}",
        headers={"X-Aws-Parameters-Secrets-Token": os.environ["AWS_SESSION_TOKEN"]},
    )
    with urllib.request.urlopen(request) as answer:
        return json.load(answer)["Parameter"]["Value"]


GREETING = read_parameter(os.environ["GREETING_PARAMETER"])


def lambda_handler(event, context):
    return {"statusCode": 200, "body": json.dumps({"greeting": GREETING})}
