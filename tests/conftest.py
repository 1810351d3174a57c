"""What all tests share."""

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent))  # for inputs.py

collect_ignore = ["browser"]  # needs Chromium and Node's packages: make browser
