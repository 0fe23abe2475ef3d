"""Many submissions: `pool` and `cluster` have them graded, `writer` keeps the results, `gradebook` is opened once."""
