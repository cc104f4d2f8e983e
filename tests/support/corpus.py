"""The folder of real pages and vectors beside the repository; a plain clone does without it.

Not here: what a test reads in it.
"""

import os
from pathlib import Path

import pytest

_FOLDER = Path(__file__).resolve().parents[3] / "shared" / "corpus"


def corpus(*parts: str) -> Path:
    """A path inside the corpus; skips the test where there is none, except in CI, where it must be."""
    if not _FOLDER.is_dir():
        if os.environ.get("CI") == "true":
            pytest.fail(f"CI needs the corpus at {_FOLDER}")
        pytest.skip(f"no corpus at {_FOLDER}")
    return _FOLDER.joinpath(*parts)
