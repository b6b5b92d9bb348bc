"""Unpacks a zip with the modes it has, as Lambda does with a layer. Usage: unpack_zip.py ZIP FOLDER"""

import os
import sys
import zipfile

with zipfile.ZipFile(sys.argv[1]) as archive:
    for entry in archive.infolist():
        path = archive.extract(entry, sys.argv[2])
        if not entry.is_dir():
            os.chmod(path, entry.external_attr >> 16 & 0o777)
