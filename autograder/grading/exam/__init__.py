"""The two processes of an exam: the student's, which runs their cells, and the examiner's, which never does.

They are told apart by what crosses: `wire` holds the only thing that does, plain data.
"""
