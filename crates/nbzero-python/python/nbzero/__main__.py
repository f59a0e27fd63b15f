"""``python -m nbzero``: the ``nbzero`` command."""

import signal
import sys

from nbzero import _nbzero


def main() -> int:
    """Runs the command with the words of this process and returns its exit code."""
    # The interpreter would notice Ctrl-C only after the command.
    signal.signal(signal.SIGINT, signal.SIG_DFL)
    return _nbzero.main(["nbzero", *sys.argv[1:]])


if __name__ == "__main__":
    sys.exit(main())
