"""``python -m tp_sweep`` is the program ``tp-sweep``."""

import os
import sys

from ._program import program

path = program()
if os.name == "posix":
    os.execv(path, [str(path), *sys.argv[1:]])
else:
    import subprocess

    sys.exit(subprocess.run([path, *sys.argv[1:]], check=False).returncode)
