"""Where a student's code runs: each module here is one way to shut it in, with the same four functions.

`enter` is called once, in the warm parent; then for each submission `prepare` and `clean` in its keeper and `confine`
in the student's process. Each raises OSError where the machine does not allow it.
"""

from autograder.grading.sandbox import bare, bubblewrap, landlock, namespaces

KINDS = {"namespaces": namespaces, "bubblewrap": bubblewrap, "landlock": landlock, "none": bare}
