"""Reading a deck's files: YAML to typed records, with file, line and key of every mistake and never a traceback."""
