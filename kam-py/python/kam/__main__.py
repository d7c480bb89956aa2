"""``python -m kam``."""

import sys

from kam._cli import main

sys.exit(main())
