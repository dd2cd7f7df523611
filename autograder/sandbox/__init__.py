"""Where student code runs: a process forked for each submission, which answers questions with plain data."""
