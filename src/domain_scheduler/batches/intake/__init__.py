"""Lists of domains as people have them, read as streams in bounded memory: one entry after the other."""
