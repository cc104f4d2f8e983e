"""Python's collector of cyclic garbage in a process that works for long.

What a process has loaded stays until its end; the collector would look at all of it each time it looks at
everything (80 ms in a service, once in a thousand pages). It is told to leave that alone, and to look less
often at what is new, of which a page leaves little behind.
Not here: when a process has loaded what it needs (cli/running.py, engine/extractor_process.py).
"""

import gc


def spare_what_is_loaded(*, new_objects: int = 5_000, rounds: int = 10, full_rounds: int = 10) -> None:
    """Leave alone what exists; look at what is new once it is so many, at what is older every so often.

    The defaults are a service's.
    """
    gc.freeze()
    gc.set_threshold(new_objects, rounds, full_rounds)
