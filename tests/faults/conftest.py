"""The small fact kind and the processes of the store's tests are used here, too."""

import sys
from pathlib import Path

STORE = str(Path(__file__).parent.parent / "store")
if STORE not in sys.path:
    sys.path.insert(0, STORE)
