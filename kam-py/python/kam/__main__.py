"""``python -m kam``."""

import sys

from kam._cli import main

if __name__ == "__main__":
    sys.exit(main())
