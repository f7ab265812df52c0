"""Files that are named on the command line."""

import os
import stat
from pathlib import Path

from cli.errors import FileUnusable, say_os_error


def readable_file(file: Path) -> Path:
    """The path of a file that can be read; raises `FileUnusable` before anything is begun."""
    try:
        mode = file.stat().st_mode
    except OSError as error:
        raise FileUnusable(say_os_error(error)) from None
    if not stat.S_ISREG(mode):
        raise FileUnusable(f"{file}: {'is a folder' if stat.S_ISDIR(mode) else 'not a file'}")
    if not os.access(file, os.R_OK):
        raise FileUnusable(f"{file}: Permission denied")
    return file
