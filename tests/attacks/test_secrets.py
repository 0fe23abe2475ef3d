"""What a student must not see is not there to be seen: the canary stands in every secret, and is looked for."""

import os
import socket
import threading

import pytest

from attacks.exam import CANARY, SEEN, hand_in, printed

LOOK = r"""
import os, re, gc, sys, mmap
found, pattern = set(), re.compile(rb"canary-[0-9a-f]{16}")
def look(where, data):
    for hit in pattern.findall(data):
        found.add((where, hit))
"""
FILES = (
    LOOK
    + """
seen = 0
for folder, folders, files in os.walk("/"):
    if folder == "/":
        folders[:] = [f for f in folders if f not in ("usr", "proc", "lib", "lib64", "bin", "sbin")]
    folders[:] = [f for f in folders if f not in ("site-packages", "lib2to3")]
    for name in files:
        try:
            with open(os.path.join(folder, name), "rb") as file:
                look(folder, file.read(3_000_000)); seen += 1
        except OSError:
            pass
print("files seen:", seen > 10, "found:", found)
"""
)
NEAR = (
    LOOK
    + """
import pathlib
root = pathlib.Path(os.environ["HOME"]).parent
names = ["solutions", "autograder", "lessons", ".env", ".git", "nbgrader_config.py", "autograder/class/gradebook.db",
         "../beside.txt", "solutions/04_self_attention/probes.py", "autograder/class/submitted/bob"]
print([name for name in names if (root / name).exists()], sorted(p.name for p in root.iterdir()))
"""
)
MEMORY = (
    LOOK
    + """
with open("/proc/self/maps") as maps, open("/proc/self/mem", "rb", 0) as memory:
    for line in maps:
        area, rights, *_ = line.split()
        start, end = (int(x, 16) for x in area.split("-"))
        if rights[0] != "r" or end - start > 400_000_000 or "[v" in line:
            continue
        try:
            memory.seek(start)
            look("memory", memory.read(end - start))
        except (OSError, ValueError, OverflowError):
            pass
for thing in gc.get_objects():
    if isinstance(thing, dict):
        for value in list(thing.values()):
            if isinstance(value, str):
                look("objects", value.encode("utf-8", "replace"))
for number in os.listdir("/proc"):
    for name in ("environ", "cmdline", "mem", "maps"):
        try:
            look(number, open(f"/proc/{number}/{name}", "rb").read(1_000_000))
        except OSError:
            pass
print("found:", found)
"""
)
FRAMES = (
    LOOK
    + """
import inspect
HEARD = []
def attention(q, k, v, mask=None):
    frame = inspect.currentframe()
    while frame is not None:
        HEARD.append(repr(frame.f_locals)[:20000] + repr(frame.f_globals.get("In", ""))[:20000])
        HEARD.append(str(frame.f_code.co_filename))
        frame = frame.f_back
    return q, k
project = scores = padding_mask = attention_by_word = mended = attention
"""
)
TELL = (
    LOOK
    + """
for text in HEARD + [repr(In), repr(dir())]:
    look("frames", text.encode())
heard = "".join(HEARD)
print("heard:", len(HEARD) > 10, "found:", found, "tests heard:", "HIDDEN" in heard or "sealed(" in heard)
"""
)


def test_no_file_that_can_be_reached_holds_a_secret(course):
    result = hand_in(course, first=FILES, last=NEAR)
    assert "files seen: True found: set()" in result.shown
    assert printed(result, "own-z").startswith("[] ['assets', 'classroom', 'notebook']")
    assert not SEEN.search(result.shown.encode())


def test_no_memory_of_the_students_process_holds_a_secret(course):
    result = hand_in(course, first=MEMORY, before={"test_attention": MEMORY}, last=MEMORY)
    assert result.shown.count("found: set()") == 3, result.shown[-2000:]


def test_neither_the_callers_frames_nor_the_inputs_history_hold_a_test(course):
    result = hand_in(course, first=FRAMES, last=TELL, answers={"attention": "pass", "project": "pass"})
    assert "heard: True found: set() tests heard: False" in result.shown
    assert result.score == 0


def test_what_the_student_is_shown_never_holds_a_secret(course):
    """Of a wrong answer, too, that fails the sealed questions."""
    wrong = "def scores(q, k):\n    return q @ k.transpose(-2, -1)"
    for answers in ({"scores": wrong}, {"project": "def project(*a):\n    raise KeyError(a)"}):
        result = hand_in(course, answers)
        assert not SEEN.search(result.shown.encode()) and CANARY not in result.shown


RUN_IT = """
import json, os
names = []
for folder, folders, files in os.walk("/"):
    folders[:] = [name for name in folders if name not in ("usr", "proc", "site-packages")]
    names += [os.path.join(folder, name) for name in folders + files]
for path in names:
    if path.endswith("04_self_attention.ipynb"):
        for cell in json.load(open(path))["cells"]:
            if cell["cell_type"] == "code":
                exec("".join(cell["source"]))
print("solutions:", [p for p in names if p.endswith(("solutions", "gradebook.db", ".ipynb"))])
try:
    import autograder.authoring.lesson
    print("IMPORTED")
except (ImportError, PermissionError) as error:
    print("kept out:", error)
"""


def test_the_instructors_solution_can_not_be_run(course):
    result = hand_in(course, first=RUN_IT)
    assert result.score == 0 and "solutions: []" in result.shown and "kept out" in result.shown


GRADEBOOK = """
import sqlite3, os, shutil
for path in ("{path}", "../autograder/class/gradebook.db"):
    try:
        book = sqlite3.connect(path)
        book.execute("update grade set points = 50")
        book.commit()
        print("WRITTEN")
    except Exception as error:
        print(error)
    try:
        os.remove(path)
        print("REMOVED")
    except OSError as error:
        print(error)
shutil.rmtree("{root}", ignore_errors=True)
"""


def test_the_gradebook_and_the_course_can_be_neither_written_nor_removed(course):
    before = {p: p.read_bytes() for p in course.root.rglob("*") if p.is_file() and "__pycache__" not in p.parts}
    result = hand_in(course, first=GRADEBOOK.format(path=course.gradebook, root=course.root))
    assert "WRITTEN" not in result.shown and "REMOVED" not in result.shown
    after = {p: p.read_bytes() for p in course.root.rglob("*") if p.is_file() and "__pycache__" not in p.parts}
    assert before == after and CANARY in course.gradebook.read_bytes().decode("latin-1")


NETWORK = """
import socket
for family, address in ((socket.AF_INET, ("127.0.0.1", {port})), (socket.AF_INET, ("192.0.2.1", 80)),
                        (socket.AF_INET6, ("::1", {port})), (socket.AF_UNIX, chr(0) + "listening-{port}")):
    try:
        s = socket.socket(family); s.settimeout(1); s.connect(address); print("REACHED", address)
    except Exception as error:
        print(type(error).__name__)
"""


@pytest.fixture
def listener():
    """A server on this machine, on the network and as a socket between processes."""
    server = socket.create_server(("127.0.0.1", 0))
    port = server.getsockname()[1]
    local = socket.socket(socket.AF_UNIX)
    local.bind(f"\0listening-{port}")
    local.listen()
    yield port
    server.close()
    local.close()


def test_no_network_and_no_server_on_this_machine_is_reached(course, listener):
    result = hand_in(course, first=NETWORK.format(port=listener))
    assert "REACHED" not in result.shown
    assert printed(result, "own-a").count("\n") == 4


BREAK_OUT = """
import ctypes, os, signal, sys
libc = ctypes.CDLL(None, use_errno=True)
def attempt(name, result):
    print(name, "REFUSED" if result == -1 else f"DONE {result}")
attempt("unshare", libc.unshare(0x10000000))
attempt("mount", libc.mount(b"none", b"/tmp", b"tmpfs", 0, None))
attempt("umount", libc.umount2(b"/proc", 2))
attempt("chroot", libc.chroot(b"/"))
attempt("ptrace", libc.ptrace(16, os.getppid(), 0, 0))
attempt("setuid", libc.setuid(0))
attempt("keyctl", libc.syscall(250, 0, -3, 1))
attempt("settime", libc.clock_settime(0, ctypes.byref(ctypes.create_string_buffer(16))))
for path in ("/dev/sda", "/dev/mem", "/dev/kmsg", "/etc/shadow", "/proc/sysrq-trigger", "/proc/1/root/etc/shadow"):
    try:
        open(path, "rb").read(1); print(path, "DONE")
    except OSError:
        print(path, "REFUSED")
links = []
for number in os.listdir("/proc/self/fd"):
    try:
        links.append(os.readlink("/proc/self/fd/" + number))
    except OSError:
        pass
harmless = ("/dev/null", "/memfd:output", sys.prefix, sys.base_prefix)  # the last two: fonts
links = [link.split(":")[0] for link in links if not link.startswith(harmless)]
print("open:", links, "user", os.getuid() != 0)
try:
    os.kill(-1, signal.SIGTERM)
except OSError:
    pass
"""


def test_the_ways_out_are_closed_and_no_other_process_is_hit(course):
    child = os.fork()
    if child == 0:
        signal_free = threading.Event()
        signal_free.wait(60)
        os._exit(0)
    try:
        result = hand_in(course, first=BREAK_OUT)
        said = printed(result, "own-a")
        assert "DONE" not in said and said.count("REFUSED") == 14 and "open: ['socket'] user True" in said, said
        assert os.waitpid(child, os.WNOHANG) == (0, 0)
    finally:
        os.kill(child, 9)
        os.waitpid(child, 0)


def test_each_submission_finds_the_machine_as_if_it_were_the_first(course):
    leave = """
import os
for place in (os.environ["HOME"], os.environ["TMPDIR"], "/dev/shm", "/tmp", "/var/tmp"):
    try:
        open(os.path.join(place, "left"), "w").write("canary")
        print("left in", place)
    except OSError:
        pass
"""
    find = """
import os
left = []
for folder, folders, files in os.walk("/"):
    folders[:] = [name for name in folders if name not in ("usr", "proc", "site-packages")]
    left += [folder for name in files if name == "left"]
print("LEFT:", left)
"""
    assert printed(hand_in(course, first=leave, student="one"), "own-a").count("left in") >= 3
    assert printed(hand_in(course, first=find, student="two"), "own-a") == "LEFT: []\n"
