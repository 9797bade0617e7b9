"""Answers a second of one HTTP endpoint, by autocannon: a client that costs the servers little of their machine."""

import json
import subprocess
from collections.abc import Mapping
from dataclasses import dataclass, field

from bench.peers import installed


@dataclass(frozen=True)
class Endpoint:
    """What is asked. ``[<id>]`` in the body is another text in every request."""

    url: str
    headers: Mapping[str, str] = field(default_factory=dict)
    body: str | None = None


def rate(endpoint: Endpoint, connections: int, seconds: float) -> float:
    """Successful answers a second. Any other answer ends the measurement, since it would be counted as speed."""
    command = [*installed.autocannon(), "--json", "--no-progress", "-c", str(connections), "-d", f"{seconds:g}"]
    for name, value in endpoint.headers.items():
        command += ["-H", f"{name}={value}"]
    if endpoint.body is not None:
        command += ["-m", "POST", "-I", "-H", "Content-Type=application/json", "-b", endpoint.body]
    done = subprocess.run([*command, endpoint.url], capture_output=True, text=True, check=False)
    if done.returncode:
        raise SystemExit(f"autocannon failed: {done.stderr[-500:]}")
    found = json.loads(done.stdout.strip().splitlines()[-1])
    if found["non2xx"] or found["errors"] or not found["2xx"]:
        told = {name: found[name] for name in ("2xx", "non2xx", "errors", "timeouts", "statusCodeStats")}
        raise SystemExit(f"{endpoint.url}: {told}")
    return float(found["2xx"] / found["duration"])
