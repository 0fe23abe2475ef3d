"""The trained model that is handed in beside a notebook: found, carried to the examiner, and judged there.

Its whole way: `classroom.submission.write` (the student's file) → `intake.extras` (taken along, where a locked cell of
the lesson asks for it: `expected`) → `grading.run` or `grading.execute` (its bytes, with the task) → `exam.parents` (to
the examiner's process alone) → the locked cell `check_model(...)`, which `sealed` answers: the file opened without
believing it (`classroom.submission.opened`), new sentences translated (`scores`), points given (`goals`).
"""
