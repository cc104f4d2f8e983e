"""A page made readable: bytes to text, text to tree, and what the page states for machines.

The lowest floor of extraction: `Reading` (reading.py) is what all other floors are handed.
Not here: any answer about the site (contacts/, owner/, and the files above).
"""
