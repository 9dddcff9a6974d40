#!/usr/bin/env python3
"""Make everything that the project needs, and nothing twice.

Run by ``make`` with whatever Python 3 the machine has (3.8 or newer), so it uses the standard library only. It finds
Python 3.13, makes two virtual environments from hashed lock files (`.venv` for build, tests and tools, `.venv-cloud`
for the local cloud, whose emulator pins another botocore), and installs the CDK command line with the Node of `.venv`.
Each part carries a stamp of its inputs; a part whose stamp fits is left alone.
"""

import glob
import hashlib
import os
import shutil
import subprocess
import sys
import time

ROOT = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
TOOLS = os.path.join(ROOT, ".tools")
WANTED = (3, 13)
UV = "uv==0.13.9"

NO_PYTHON = """
Trunkline needs Python 3.13 (its functions run on the python3.13 Lambda runtime) and none was found.
Looked: python3.13 on PATH, ~/.pyenv/versions/3.13*, and `uv python install 3.13`.

Any one of these helps:
  pyenv install 3.13          (https://github.com/pyenv/pyenv)
  uv python install 3.13      (https://docs.astral.sh/uv/)
  apt install python3.13      (where your distribution has it)
or name one yourself:  TRUNKLINE_PYTHON=/path/to/python3.13 make demo
"""


def say(text):
    print("setup: " + text, flush=True)


def stop(text):
    sys.exit(text.strip("\n"))


def run(args, env=None):
    """Run a command, quiet unless it fails; then show all that it said."""
    done = subprocess.run(args, cwd=ROOT, env=env, stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
    if done.returncode:
        sys.stdout.write(done.stdout.decode("utf-8", "replace"))
        stop("setup: failed (exit %d): %s" % (done.returncode, " ".join(args)))


def digest(*names):
    whole = hashlib.sha256()
    for name in names:
        with open(os.path.join(ROOT, name), "rb") as file:
            whole.update(file.read())
    return whole.hexdigest()


def fresh(stamp, value):
    try:
        with open(stamp) as file:
            return file.read() == value
    except OSError:
        return False


def seal(stamp, value):
    with open(stamp, "w") as file:
        file.write(value)


def version_of(python):
    try:
        said = subprocess.run(
            [python, "-c", "import sys; print('%d.%d' % sys.version_info[:2])"],
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
        )
    except OSError:
        return None
    return said.stdout.decode().strip() if said.returncode == 0 else None


def find_uv():
    """Return a usable uv: one of our own, else one from PATH, else one installed into .tools."""
    own = os.path.join(TOOLS, "uv", "bin", "uv")
    if os.path.exists(own):
        return own
    if shutil.which("uv"):
        return shutil.which("uv")
    say("installing uv")
    where = os.path.join(TOOLS, "uv")
    if (
        subprocess.run(
            [sys.executable, "-m", "venv", where], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
        ).returncode
        == 0
    ):
        run([os.path.join(where, "bin", "python"), "-m", "pip", "install", "--quiet", UV])
        return own
    # Debian's python3 comes without venv; pip alone will do.
    shutil.rmtree(where, ignore_errors=True)
    if subprocess.run(
        [sys.executable, "-m", "pip", "--version"], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
    ).returncode:
        stop(
            "setup: this Python has neither venv nor pip; install one (Debian: apt install python3-venv),"
            " or put uv on PATH"
        )
    run([sys.executable, "-m", "pip", "install", "--quiet", "--target", where, UV])
    return own


def find_python(uv):
    """Return a Python 3.13: the one named, on PATH, under pyenv, or the one that uv finds or fetches."""
    wanted = "%d.%d" % WANTED
    root = os.environ.get("PYENV_ROOT", os.path.expanduser("~/.pyenv"))
    places = [os.environ.get("TRUNKLINE_PYTHON"), shutil.which("python" + wanted), shutil.which("python3")]
    places += sorted(glob.glob(os.path.join(root, "versions", wanted + "*", "bin", "python" + wanted)), reverse=True)
    for place in places:
        if place and version_of(place) == wanted:
            return place
    subprocess.run([uv, "python", "install", wanted], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    found = subprocess.run([uv, "python", "find", wanted], stdout=subprocess.PIPE, stderr=subprocess.DEVNULL)
    if found.returncode == 0:
        return found.stdout.decode().strip()
    return stop(NO_PYTHON)


def environment(uv, name, lock):
    """Make the virtual environment `name` hold exactly what `lock` lists."""
    where = os.path.join(ROOT, name)
    stamp = os.path.join(where, ".stamp")
    value = digest(lock)
    if fresh(stamp, value):
        return
    say("%s from %s" % (name, lock))
    if version_of(os.path.join(where, "bin", "python")) != "%d.%d" % WANTED:
        run([uv, "venv", "--quiet", "--clear", "--python", find_python(uv), where])
    run([uv, "pip", "sync", "--quiet", "--require-hashes", "--python", os.path.join(where, "bin", "python"), lock])
    seal(stamp, value)


def cdk_cli():
    """Install the pinned CDK command line with the Node that came from PyPI."""
    stamp = os.path.join(ROOT, "node_modules", ".stamp")
    value = digest("package.json", "package-lock.json")
    if fresh(stamp, value):
        return
    say("the CDK command line (npm, with the Node of .venv)")
    path = os.path.join(ROOT, ".venv", "bin") + os.pathsep + os.environ.get("PATH", "")
    run(
        [os.path.join(ROOT, ".venv", "bin", "npm"), "ci", "--no-audit", "--no-fund", "--silent"],
        env=dict(os.environ, PATH=path),
    )
    seal(stamp, value)


def main():
    began = time.time()
    os.makedirs(TOOLS, exist_ok=True)
    uv = find_uv()
    environment(uv, ".venv", "requirements/dev.txt")
    environment(uv, ".venv-cloud", "requirements/cloud.txt")
    cdk_cli()
    if time.time() - began > 1:
        say("ready after %d s" % (time.time() - began))


if __name__ == "__main__":
    main()
