"""One file a command: what it is for (`HELP`), the options it takes (`add_options`), and doing it (`run`)."""
