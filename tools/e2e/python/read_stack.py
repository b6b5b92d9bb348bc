"""Prints a deployed stack with one function as JSON. With FOLDER, also unpacks the uploaded zips, as Lambda does.

Usage: read_stack.py STACK [FOLDER]. Writes the folders `code`, `layer-0`, `layer-1` … into FOLDER, in the function's order.
The AWS CLI would take eight processes for this, each with a second of start-up.
"""

import base64
import hashlib
import io
import json
import os
import sys
import zipfile

import boto3


def read_stack(name):
    ids = {}
    pages = boto3.client("cloudformation").get_paginator("list_stack_resources").paginate(StackName=name)
    for resource in (resource for page in pages for resource in page["StackResourceSummaries"]):
        ids.setdefault(resource["ResourceType"], []).append(resource["PhysicalResourceId"])
    answer = boto3.client("lambda").get_function(FunctionName=ids["AWS::Lambda::Function"][0])
    return {"ids": ids, "configuration": answer["Configuration"], "imageUri": answer["Code"].get("ImageUri")}


def unpack_uploads(name, configuration, folder):
    uploads = find_uploads(name)
    unpack(uploads, configuration["CodeSha256"], os.path.join(folder, "code"))
    for index, layer in enumerate(configuration.get("Layers", [])):
        _, layer_name, number = layer["Arn"].rsplit(":", 2)
        version = boto3.client("lambda").get_layer_version(LayerName=layer_name, VersionNumber=int(number))
        unpack(uploads, version["Content"]["CodeSha256"], os.path.join(folder, f"layer-{index}"))


def find_uploads(prefix):
    """Returns the zips in the stack's part of SAM's bucket. The key is the SHA-256 in Base64, as Lambda writes it."""
    s3 = boto3.client("s3")
    names = [bucket["Name"] for bucket in s3.list_buckets()["Buckets"]]
    bucket = next((name for name in names if name.startswith("aws-sam-cli-managed-default")), None)
    if bucket is None:
        sys.exit(f"SAM made no bucket; there are {names}")
    pages = s3.get_paginator("list_objects_v2").paginate(Bucket=bucket, Prefix=f"{prefix}/")
    keys = [entry["Key"] for page in pages for entry in page.get("Contents", [])]
    zips = [s3.get_object(Bucket=bucket, Key=key)["Body"].read() for key in keys if not key.endswith(".template")]
    return {base64.b64encode(hashlib.sha256(data).digest()).decode(): data for data in zips}


def unpack(uploads, sha256, folder):
    if sha256 not in uploads:
        sys.exit(f"no upload has the SHA-256 {sha256}")
    with zipfile.ZipFile(io.BytesIO(uploads[sha256])) as archive:
        for entry in archive.infolist():
            path = archive.extract(entry, folder)
            if not entry.is_dir():
                os.chmod(path, entry.external_attr >> 16 & 0o777)


if __name__ == "__main__":
    stack = read_stack(sys.argv[1])
    if len(sys.argv) > 2:
        unpack_uploads(sys.argv[1], stack["configuration"], sys.argv[2])
    json.dump(stack, sys.stdout)
