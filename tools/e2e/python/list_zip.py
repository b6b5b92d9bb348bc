"""Prints the files of a zip as JSON: their modes, as octal text, and the SHA-256 of their bytes. Usage: list_zip.py ZIP"""

import hashlib
import json
import sys
import zipfile

with zipfile.ZipFile(sys.argv[1]) as archive:
    files = {
        entry.filename: {
            "mode": format(entry.external_attr >> 16 & 0o777, "o"),
            "sha256": hashlib.sha256(archive.read(entry)).hexdigest(),
        }
        for entry in archive.infolist()
        if not entry.is_dir()
    }
json.dump(files, sys.stdout)
