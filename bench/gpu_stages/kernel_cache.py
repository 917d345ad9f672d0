"""CubeCL's cache of compiled kernels: without it, every process compiles all of its kernels again."""

CONFIGURATION = "cubecl.toml"
FOLDER = "kernels"


def enable(work):
    """CubeCL reads its configuration in the working folder, which is `work` for every tp-sweep."""
    text = f'[compilation]\ncache = {{ file = "{work / FOLDER}" }}\n'
    (work / CONFIGURATION).write_text(text)


def disable(work):
    (work / CONFIGURATION).unlink(missing_ok=True)


def release_locks(work):
    """A killed process leaves its lock behind, and the next one would wait 30 s for it."""
    for lock in (work / FOLDER).rglob("*lock*"):
        lock.unlink(missing_ok=True)


def kernels(work):
    """How many kernels the cache holds."""
    return sum(path.read_bytes().count(b"\n") for path in (work / FOLDER).rglob("*.json.log"))
