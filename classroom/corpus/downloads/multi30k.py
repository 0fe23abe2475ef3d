"""Multi30k, German and English (Elliott, Frank, Sima'an and Specia, 2016): descriptions of pictures, one a line.

Not part of this repository. It is for research and education; a user downloads it on first use, from one commit of its
authors' repository.
"""

from __future__ import annotations

import gzip
import os
from pathlib import Path

from classroom.corpus.downloads.fetch import NotFetched, fetch, sha256

COMMIT = "a3d2e0d26b56f3846f66a952536ffed4e401d05a"
ADDRESS = f"https://raw.githubusercontent.com/multi30k/dataset/{COMMIT}/data/task1/raw"
ADDRESS_VARIABLE = "TRANSFORMER_LESSONS_MULTI30K_URL"  # a mirror: the address of a folder with the same six files
FOLDER_VARIABLE = "TRANSFORMER_LESSONS_MULTI30K"  # a folder on this machine that has them
CACHE_VARIABLE = "TRANSFORMER_LESSONS_CACHE"  # where downloads are kept
LANGUAGES = ("de", "en")
SPLITS = {"train": "train", "valid": "val", "test": "test_2016_flickr"}
SHA256 = {
    "train.de.gz": "726e39b2fa9eb9ffb6dc763fb35a179f80fae06ffc5d28b6ace5faa883de28a6",
    "train.en.gz": "d79cfa999dd4c51d2cb42499b6796d5a882c3a8a961923c25a898c90f8bbd56f",
    "val.de.gz": "f0cba2f995189cf5770f29a8a9a537a3ad3f51657ad873405082ff6863a5e75a",
    "val.en.gz": "14f7d25ddd868909a9213e361768460edcacdd6ab9d1e77b92560dc10c10dc28",
    "test_2016_flickr.de.gz": "9204244e408ccb38d2a55cfcd344df15005fc42a07a6e55ca6c52b6ababb8cc8",
    "test_2016_flickr.en.gz": "611d361c6334bc7246101d48097c13cf5c4413c5befc793cc629934359d532d9",
}
NOTICE = "Multi30k (Elliott and others, 2016) is for non-commercial research and education. Downloading it to {}."
WAY_ON = 'The corpus that needs no download is load_corpus("korean_english").'


def multi30k(split: str, folder: Path | str | None = None, download: bool = True) -> list[tuple[str, str]]:
    """The pairs of a split, (German, English): 29,000 of "train", 1,014 of "valid", 1,000 of "test" (2016, Flickr).

    folder: where the six .gz files lie. Without it the folder that TRANSFORMER_LESSONS_MULTI30K names, else the cache
    (TRANSFORMER_LESSONS_CACHE, else .cache/transformer-lessons in the home folder), which is filled by a download if
    `download` allows it. Raises ValueError for an unknown split, NotFetched where the files are not to be had.
    """
    if split not in SPLITS:
        raise ValueError(f"Multi30k has no split {split!r}; its splits are {', '.join(SPLITS)}.")
    german, english = (_lines(f"{SPLITS[split]}.{language}.gz", folder, download) for language in LANGUAGES)
    return list(zip(german, english, strict=True))


def _lines(name: str, folder: Path | str | None, download: bool) -> list[str]:
    given = folder or os.environ.get(FOLDER_VARIABLE)
    path = Path(given or _cache()).expanduser() / name
    if not path.is_file():
        if given:
            raise NotFetched(f"{path} is missing: that folder must hold Multi30k's six files. {WAY_ON}")
        if not download:
            raise NotFetched(f"Multi30k is not on this machine, and a download was not asked for. {WAY_ON}")
        _download(name, path)
    elif sha256(path) != SHA256[name]:
        mend = "Delete it" if not given else "Put the right one there"
        raise NotFetched(f"{path} is not Multi30k's {name} (its checksum differs). {mend}, then call again. {WAY_ON}")
    with gzip.open(path, "rt", encoding="utf-8", newline="\n") as file:
        return file.read().splitlines()


def _download(name: str, path: Path) -> None:
    if not path.parent.is_dir():
        print(NOTICE.format(path.parent))
    address = os.environ.get(ADDRESS_VARIABLE, ADDRESS).rstrip("/")
    try:
        fetch(f"{address}/{name}", path, SHA256[name])
    except NotFetched as error:
        raise NotFetched(f"{error} Try again later, or set {ADDRESS_VARIABLE} to a mirror. {WAY_ON}") from None


def _cache() -> Path:
    given = os.environ.get(CACHE_VARIABLE)
    return (Path(given) if given else Path.home() / ".cache" / "transformer-lessons") / "multi30k"
