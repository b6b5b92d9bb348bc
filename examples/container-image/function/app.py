"""Answers with what its layer brought: the listings of /opt/extensions and /opt/hello-extension."""

import json
import os


def lambda_handler(event, context):
    listings = {folder: sorted(os.listdir(folder)) for folder in ("/opt/extensions", "/opt/hello-extension")}
    for folder, names in listings.items():
        print(f"{folder}: {', '.join(names)}")
    return {"statusCode": 200, "body": json.dumps({"event": event, "listings": listings})}
