"""The bundle as a commit on a branch of a remote repository, made in a repository of its own: neither the work tree
nor the index nor the branches of anybody are touched, and the history of that branch is kept."""

from __future__ import annotations

import os
import shutil
import subprocess
import tempfile
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from autograder.course import Course
from autograder.errors import Stop

_OURS = ("solutions", "autograder", "nbgrader_config.py")  # a branch with one of these is not a students' branch
_OF_ANOTHER = (  # what a hook of git's sets: it would lead to another repository than the one meant
    "GIT_DIR", "GIT_WORK_TREE", "GIT_INDEX_FILE", "GIT_OBJECT_DIRECTORY", "GIT_ALTERNATE_OBJECT_DIRECTORIES",
    "GIT_COMMON_DIR", "GIT_NAMESPACE", "GIT_PREFIX", "GIT_QUARANTINE_PATH",
)  # fmt: skip


@dataclass(frozen=True)
class Pushed:
    """commit: what the branch is at now. new: whether that is a new commit. tag: the tag that was set, or ""."""

    remote: str
    branch: str
    commit: str
    new: bool
    tag: str


def push(course: Course, files: Mapping[str, bytes], remote: str, branch: str, tag: str, message: str) -> Pushed:
    """Make `files` the whole of `branch`, in one new commit, and set `tag` to it (unless it is the branch itself).

    Raises Stop, with nothing pushed, where the remote cannot be reached or refuses; where it holds the solutions too;
    where the branch is one of the course itself; and where the tag stands there with other content.
    """
    if not shutil.which("git"):
        raise Stop("There is no git on this machine, which --push needs.")
    address = _address(course, remote)
    with tempfile.TemporaryDirectory(prefix="publish-") as place:
        git = _Git(Path(place))
        git("init", "--quiet", "--bare", ".")
        for kind, name in (("heads", branch), ("tags", tag)):
            if git.fails("check-ref-format", f"refs/{kind}/{name}"):
                raise Stop(f"{name!r} can be no name of a branch or a tag.")
        there = _references(git, address, remote)
        _refuse_the_courses_own(course, there, remote)
        before = _fetched(git, address, f"refs/heads/{branch}", there)
        if before and {*git("ls-tree", "--name-only", before).splitlines()} & {*_OURS}:
            raise Stop(f"The branch {branch} of {remote} is one of the course itself: name another --branch.")
        tree = _tree(git, files, Path(place))
        new = not before or git("rev-parse", f"{before}^{{tree}}") != tree
        commit = _commit(git, tree, before, message, course) if new else before
        tag_is_new = tag != branch and _is_new(git, address, tag, there, tree, remote)
        wanted = [f"{commit}:refs/heads/{branch}"] * new + [f"{commit}:refs/tags/{tag}"] * tag_is_new
        if wanted:
            said = git.fails("push", "--quiet", "--atomic", "--", address, *wanted)
            if said:
                raise Stop(f"{remote} did not take the push: {said}.")
    return Pushed(remote, branch, commit, new, tag * tag_is_new)


class _Git:
    """git, in a repository of our own, with the settings of the person who runs it (whose passwords it needs)."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.environment = {name: value for name, value in os.environ.items() if name not in _OF_ANOTHER}
        self.environment |= {"GIT_DIR": str(folder), "LC_ALL": "C", "GIT_DEFAULT_HASH": "sha1"}

    def run(self, *arguments: str, given: str = "", **environment: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            ["git", *arguments],
            cwd=self.folder,
            env=self.environment | environment,
            input=given,
            capture_output=True,
            text=True,
            encoding="utf-8",
        )

    def __call__(self, *arguments: str, given: str = "", **environment: str) -> str:
        done = self.run(*arguments, given=given, **environment)
        if done.returncode != 0:
            raise Stop(f"git {arguments[0]} failed: {_said(done)}.")
        return done.stdout.strip()

    def fails(self, *arguments: str) -> str:
        """What git says where it fails; "" where it does not."""
        done = self.run(*arguments)
        return _said(done) if done.returncode else ""


def _said(done: subprocess.CompletedProcess[str]) -> str:
    """The line in which git says why."""
    lines = [line.strip() for line in done.stderr.splitlines() if line.strip()]
    telling = [line for line in lines if line.startswith(("fatal: ", "! [", "remote: ", "error: "))] or lines
    return (telling or [f"it ended with {done.returncode}"])[0].removeprefix("fatal: ").rstrip(".")


def _address(course: Course, remote: str) -> str:
    """A remote of the course's repository by its name, else a path or an address."""
    named = _in_course(course, "remote", "get-url", "--push", "--", remote)
    if named:
        return named
    path = Path(remote).expanduser()
    return str(path.resolve()) if path.exists() else remote


def _in_course(course: Course, *arguments: str) -> str:
    """What git says in the course's own repository; "" where it fails, or there is none."""
    environment = {name: value for name, value in os.environ.items() if name not in _OF_ANOTHER}
    if not (course.root / ".git").exists():
        return ""
    done = subprocess.run(["git", *arguments], cwd=course.root, env=environment, capture_output=True, text=True)
    return done.stdout.strip() if done.returncode == 0 else ""


def _references(git: _Git, address: str, remote: str) -> dict[str, str]:
    done = git.run("ls-remote", "--heads", "--tags", "--", address)
    if done.returncode != 0:
        raise Stop(f"{remote} cannot be reached: {_said(done)}.")
    pairs = [line.split("\t") for line in done.stdout.splitlines()]
    return {name: commit for commit, name in pairs}


def _refuse_the_courses_own(course: Course, there: Mapping[str, str], remote: str) -> None:
    """Who may read one branch of a repository may read all: none may hold the solutions."""
    for name, commit in there.items():
        if _in_course(course, "cat-file", "-t", f"{commit}:solutions"):
            raise Stop(
                f"{remote} holds the solutions too ({name.split('/', 2)[-1]}), and who may read one branch of it may "
                "read all: push to a repository of the students' own."
            )


def _fetched(git: _Git, address: str, reference: str, there: Mapping[str, str]) -> str:
    """The commit of a branch or a tag, brought here; "" where the remote has none of that name."""
    if reference not in there:
        return ""
    git("fetch", "--quiet", "--no-tags", "--depth=1", "--", address, f"+{reference}:{reference}")
    return git("rev-parse", f"{reference}^{{commit}}")


def _tree(git: _Git, files: Mapping[str, bytes], place: Path) -> str:
    """The bundle as git keeps it: exactly these bytes, whatever anybody's settings say about line ends."""
    names = sorted(files)
    for number, name in enumerate(names):
        (place / f"blob-{number}").write_bytes(files[name])
    paths = "".join(f"blob-{number}\n" for number in range(len(names)))
    blobs = git("hash-object", "-w", "--no-filters", "--stdin-paths", given=paths).split()
    entries = "".join(f"100644 {blob}\t{name}\n" for blob, name in zip(blobs, names, strict=True))
    index = {"GIT_INDEX_FILE": str(place / "bundle.index")}
    git("update-index", "--add", "--index-info", given=entries, **index)
    return git("write-tree", **index)


def _commit(git: _Git, tree: str, before: str, message: str, course: Course) -> str:
    identity = {}
    for key, usual in (("name", "autograder publish"), ("email", "autograder@localhost")):
        who = _in_course(course, "config", f"user.{key}") or git.run("config", f"user.{key}").stdout.strip() or usual
        identity |= {f"GIT_{part}_{key.upper()}": who for part in ("AUTHOR", "COMMITTER")}
    identity |= {name: os.environ[name] for name in identity if os.environ.get(name)}
    parent = ["-p", before] if before else []
    return git("commit-tree", *parent, "-m", message, tree, **identity)


def _is_new(git: _Git, address: str, tag: str, there: Mapping[str, str], tree: str, remote: str) -> bool:
    """Whether the tag is still to be set. Raises Stop where it stands there with other content: tags do not move."""
    at = _fetched(git, address, f"refs/tags/{tag}", there)
    if at and git("rev-parse", f"{at}^{{tree}}") != tree:
        raise Stop(f"The tag {tag} stands at {remote} with other content, and notebooks fetch it: give a new --tag.")
    return not at
