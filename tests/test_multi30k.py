"""Multi30k comes to a user's machine whole or not at all, from a server that does what servers do."""

from __future__ import annotations

import gzip
import hashlib
import importlib
import os
import socket
import threading
import time
from functools import partial
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest

from classroom.corpus import NotFetched, Subwords, load_corpus, multi30k, vocabulary_hash
from classroom.corpus.downloads import fetch as fetching

source = importlib.import_module("classroom.corpus.downloads.multi30k")  # the module, not its function
REAL = Path(__file__).resolve().parents[2] / "shared" / "data" / "multi30k"
WORDS = {"de": ("Ein Hund", "Zwei Kinder", "Die alte Frau"), "en": ("A dog", "Two children", "The old woman")}
LINES = {"train": 60, "val": 7, "test_2016_flickr": 5}


def contents(name: str) -> bytes:
    """A file of our own in the form of theirs."""
    split, language, _ = name.rsplit(".", 2)
    lines = [f"{WORDS[language][i % 3]} {i} {'läuft' if language == 'de' else 'runs'}." for i in range(LINES[split])]
    return gzip.compress("".join(f"{line}\n" for line in lines).encode(), mtime=0)


FILES = {name: contents(name) for name in source.SHA256}


class Server(ThreadingHTTPServer):
    """Serves FILES; `trouble` says what goes wrong with the next answers, one word each."""

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), Handler)
        self.trouble: list[str] = []
        self.asked: list[tuple[str, str | None]] = []
        self.awake = threading.Event()

    @property
    def address(self) -> str:
        return f"http://127.0.0.1:{self.server_port}"


class Handler(BaseHTTPRequestHandler):
    def do_GET(self) -> None:
        wanted = self.headers.get("Range")
        self.server.asked.append((self.path, wanted))
        trouble = self.server.trouble.pop(0) if self.server.trouble else ""
        body = FILES[self.path.removeprefix("/")]
        if trouble.isdigit():
            self.send_error(int(trouble))
            return
        begin = int(wanted.removeprefix("bytes=").rstrip("-")) if wanted and trouble != "no ranges" else 0
        self.send_response(206 if begin else 200)
        self.send_header("Content-Length", str(len(body) - begin))
        self.end_headers()
        rest = body[begin:]
        if trouble == "corrupts":
            rest = rest[:20] + bytes([rest[20] ^ 1]) + rest[21:]
        if trouble in ("drops", "stalls"):
            self.wfile.write(rest[: len(rest) // 2])
            self.wfile.flush()
            if trouble == "stalls":
                self.server.awake.wait(5)
            return
        self.wfile.write(rest)

    def log_message(self, *_: object) -> None:
        pass


@pytest.fixture
def server(monkeypatch, tmp_path):
    server = Server()
    thread = threading.Thread(target=server.serve_forever, args=(0.01,))
    thread.start()
    monkeypatch.setattr(source, "SHA256", {name: hashlib.sha256(body).hexdigest() for name, body in FILES.items()})
    monkeypatch.setattr(source, "fetch", partial(fetching.fetch, stall=0.3, pause=0.01))
    monkeypatch.setenv(source.ADDRESS_VARIABLE, server.address + "/")
    monkeypatch.setenv(source.CACHE_VARIABLE, str(tmp_path / "cache"))
    monkeypatch.delenv(source.FOLDER_VARIABLE, raising=False)
    yield server
    server.awake.set()
    server.shutdown()
    thread.join()
    server.server_close()


def cached(tmp_path):
    folder = tmp_path / "cache" / "multi30k"
    return sorted(path.name for path in folder.iterdir()) if folder.is_dir() else []


def test_it_is_downloaded_once_with_a_word_about_its_licence(server, tmp_path, capsys):
    pairs = multi30k("valid")
    assert len(pairs) == 7 and pairs[4] == ("Zwei Kinder 4 läuft.", "Two children 4 runs.")
    assert "for non-commercial research and education" in capsys.readouterr().out
    assert multi30k("valid") == pairs and len(server.asked) == 2
    assert capsys.readouterr().out == ""
    assert cached(tmp_path) == ["val.de.gz", "val.en.gz"]


def test_a_broken_download_goes_on_where_it_broke_off(server):
    server.trouble = ["drops", "drops"]
    assert len(multi30k("train")) == 60
    size = len(FILES["train.de.gz"])
    half = size // 2
    ranges = [wanted for path, wanted in server.asked if path == "/train.de.gz"]
    assert ranges == [None, f"bytes={half}-", f"bytes={half + (size - half) // 2}-"]


def test_a_server_that_falls_silent_is_asked_again(server):
    server.trouble = ["stalls"]
    began = time.monotonic()
    assert len(multi30k("train")) == 60
    assert time.monotonic() - began < 5


def test_a_server_without_ranges_sends_all_of_it_again(server):
    server.trouble = ["drops", "no ranges"]
    assert len(multi30k("train")) == 60


def test_a_corrupt_file_is_not_kept_and_fetched_anew(server, tmp_path):
    server.trouble = ["corrupts"]
    assert len(multi30k("valid")) == 7
    assert [wanted for path, wanted in server.asked if path == "/val.de.gz"] == [None, None]
    assert cached(tmp_path) == ["val.de.gz", "val.en.gz"]


def test_what_is_never_right_ends_in_one_sentence_that_names_the_way_on(server, tmp_path):
    server.trouble = ["corrupts"] * fetching.TRIES
    with pytest.raises(NotFetched) as caught:
        load_corpus("multi30k")
    assert "its checksum differs" in str(caught.value)
    assert str(caught.value).endswith('needs no download is load_corpus("korean_english").')
    assert cached(tmp_path) == []


@pytest.mark.parametrize(("answer", "times"), [("404", 1), ("503", fetching.TRIES)])
def test_a_refusal_is_said_and_only_a_passing_one_is_tried_again(server, answer, times):
    server.trouble = [answer] * times
    with pytest.raises(NotFetched, match=rf"train\.de\.gz could not be downloaded: the server answered {answer} "):
        multi30k("train")
    assert len(server.asked) == times


def test_a_leftover_longer_than_the_file_does_not_stand_in_the_way(server, tmp_path):
    part = tmp_path / "cache" / "multi30k" / "val.de.gz.part"
    part.parent.mkdir(parents=True)
    part.write_bytes(b"of another version" * 100)
    server.trouble = ["416"]
    assert len(multi30k("valid")) == 7


def test_a_dead_host_ends_in_one_sentence(server, monkeypatch):
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    monkeypatch.setenv(source.ADDRESS_VARIABLE, f"http://127.0.0.1:{port}")
    with pytest.raises(NotFetched, match=r"could not be downloaded: no connection .*load_corpus"):
        multi30k("test")


def test_without_leave_to_download_nothing_is_asked_for(server):
    with pytest.raises(NotFetched, match="a download was not asked for"):
        load_corpus("multi30k", download=False)
    assert server.asked == []


def test_a_folder_of_ones_own_is_used_and_never_filled(server, tmp_path, monkeypatch):
    mine = tmp_path / "mine"
    mine.mkdir()
    for name, body in FILES.items():
        (mine / name).write_bytes(body)
    assert len(multi30k("test", folder=mine)) == 5
    monkeypatch.setenv(source.FOLDER_VARIABLE, str(mine))
    assert len(multi30k("test")) == 5
    (mine / "val.en.gz").write_bytes(b"something else")
    with pytest.raises(NotFetched, match=r"val\.en\.gz is not Multi30k's.*Put the right one there"):
        multi30k("valid")
    os.remove(mine / "val.en.gz")
    with pytest.raises(NotFetched, match=r"val\.en\.gz is missing: that folder must hold Multi30k's six files"):
        multi30k("valid")
    assert server.asked == []


def test_a_split_or_corpus_that_there_is_not_is_named_with_those_there_are():
    with pytest.raises(ValueError, match="no split 'dev'; its splits are train, valid, test"):
        multi30k("dev")
    with pytest.raises(ValueError, match="no corpus 'wmt'; there are korean_english and multi30k"):
        load_corpus("wmt")
    with pytest.raises(ValueError, match="a whole number from 1; it was 0"):
        load_corpus("korean_english", train=0)


def test_subwords_are_learned_alike_from_the_same_lines_and_give_the_text_back(server):
    lines = [line for pair in multi30k("train") for line in pair]
    one, two = (Subwords.train(lines, size=60) for _ in range(2))
    assert one.tokens == two.tokens and 30 < len(one.tokens) < 60
    assert all(one.join(one.split(line)) == line for line in lines)
    assert set(one.split(lines[0])) <= set(one.tokens)
    assert len(Subwords.train(lines, size=200).split(lines[1])) < len(one.split(lines[1]))
    with pytest.raises(ValueError, match="at least 3 lines of text; there were 1"):
        Subwords.train([" ", "one", ""])


def test_the_downloaded_corpus_has_one_vocabulary_of_the_training_part_alone(server):
    corpus = load_corpus("multi30k", train=50)
    assert (len(corpus.train), len(corpus.valid), list(corpus.tests)) == (50, 7, ["test"])
    assert corpus.references("test")[1] == "Two children 1 runs."
    used = {token for pair in corpus.train for token in (*pair.source, *pair.target)}
    assert used <= set(corpus.vocabulary.tokens)
    assert (
        corpus.text(corpus.vocabulary.decode(corpus.vocabulary.encode(corpus.train[0].source))) == "Ein Hund 0 läuft."
    )
    assert vocabulary_hash(corpus.vocabulary) == vocabulary_hash(load_corpus("multi30k").vocabulary)


def test_the_generated_corpus_is_of_the_same_form():
    corpus = load_corpus("korean_english", train=300)
    assert list(corpus.tests) == ["iid", "comb", "long"] and len(corpus.train) == 300
    assert len(corpus.references("comb")) == 1_000 and corpus.references("valid")[0].split()
    assert not {pair.source for pair in corpus.valid} & {pair.source for pair in corpus.tests["iid"]}
    pair = corpus.train[0]
    ids = corpus.vocabulary.encode(pair.target)
    assert tuple(corpus.vocabulary.decode(ids)) == pair.target and pair.links
    with pytest.raises(ValueError, match="no test 'test'; it has valid, iid, comb, long"):
        corpus.references("test")


@pytest.mark.skipif(not REAL.is_dir(), reason="Multi30k's own files are not beside this checkout.")
def test_the_real_files_have_the_recorded_checksums_and_numbers_of_lines():
    assert [len(multi30k(split, REAL)) for split in ("train", "valid", "test")] == [29_000, 1_014, 1_000]
    assert multi30k("test", REAL)[0][1] == "A man in an orange hat starring at something."
