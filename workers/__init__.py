"""Worker daemons: one consumer loop, and one package per kind of work or outside system."""
