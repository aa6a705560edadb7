"""Helpers of these tests are imported by their bare names, here and in the processes the tests start."""

import sys
from pathlib import Path

HERE = str(Path(__file__).parent)
if HERE not in sys.path:
    sys.path.insert(0, HERE)
