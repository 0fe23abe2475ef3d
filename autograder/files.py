"""Writing a file so that nobody ever sees half of it."""

import os
from pathlib import Path


def write_atomically(path: Path, content: bytes | str) -> None:
    """Write `content` to a temporary name in the folder of `path`, then rename it over `path`.

    Missing folders are made. Text is written as UTF-8. On any error `path` is left as it was.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    data = content.encode("utf-8") if isinstance(content, str) else content
    unfinished = path.with_name(f".{path.name[:80]}.{os.getpid()}.tmp")
    try:
        with open(unfinished, "wb") as file:
            file.write(data)
            file.flush()
            os.fsync(file.fileno())
        os.replace(unfinished, path)
    finally:
        unfinished.unlink(missing_ok=True)
