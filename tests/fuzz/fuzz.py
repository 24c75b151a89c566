"""Fuzzes a server of this machine with what its document says, role by role, and judges what was found. Started by
`scripts/fuzz-api`; needs schemathesis beside it (requirements.txt). Sends nothing to anywhere but 127.0.0.1."""

import argparse
import collections
import contextlib
import fnmatch
import json
import os
import pathlib
import re
import signal
import socket
import subprocess
import sys
import time
import tomllib
import urllib.error
import urllib.request

HERE = pathlib.Path(__file__).absolute().parent
ROOT = HERE.parent.parent
DOCUMENT = ROOT / "openapi" / "ballast.json"
EXEMPTIONS = HERE / "exemptions.toml"
EXEMPTIONS_MAX = 5
PASSWORD = "ballast-demo-2026"
# Who asks, and their part of the time; whoever is not signed in gets little further than the door.
ROLES = {"admin": 5, "official": 5, "school": 4, "factory": 4, "nobody": 1}
SECONDS_MIN = 10


def exemptions() -> list[dict]:
    """The file's entries, if it keeps its own rules."""
    entries = tomllib.loads(EXEMPTIONS.read_text(encoding="utf-8")).get("exemption", [])
    if len(entries) > EXEMPTIONS_MAX:
        raise SystemExit(f"{EXEMPTIONS.name} has {len(entries)} entries, and may have {EXEMPTIONS_MAX}")
    for entry in entries:
        if set(entry) - {"code"} != {"operation", "check", "reason"} or not entry["reason"].strip():
            raise SystemExit(f"{EXEMPTIONS.name}: an entry has operation, check, reason and perhaps code: {entry}")
    return entries


def covers(entry: dict, finding: dict) -> bool:
    return (
        fnmatch.fnmatchcase(finding["operation"], entry["operation"])
        and finding["check"] == entry["check"]
        and entry.get("code") in (None, finding["code"])
    )


def free_port() -> int:
    with socket.socket() as found:
        found.bind(("127.0.0.1", 0))
        return found.getsockname()[1]


def get(url: str) -> tuple[int, str]:
    try:
        with urllib.request.urlopen(url, timeout=30) as answer:
            return answer.status, answer.read().decode()
    except urllib.error.HTTPError as answer:
        return answer.code, answer.read().decode()


@contextlib.contextmanager
def group(arguments: list, log: pathlib.Path, environment: dict[str, str]):
    """A process in a group of its own, ended with everything that it started. What it leaves lies beside its log."""
    with log.open("ab") as out:
        started = subprocess.Popen(
            arguments, env=os.environ | environment, cwd=log.parent, stdout=out, stderr=out, stdin=subprocess.DEVNULL,
            start_new_session=True,
        )  # fmt: skip
    try:
        yield started
    finally:
        if started.poll() is None:
            with contextlib.suppress(ProcessLookupError):
                os.killpg(started.pid, signal.SIGTERM)
        try:
            started.wait(60)
        except subprocess.TimeoutExpired:
            os.killpg(started.pid, signal.SIGKILL)
            started.wait()


class Run:
    """One database: its folder, its server, what was answered and what was found."""

    def __init__(self, options, database: str):
        self.options, self.database = options, database
        self.folder = options.work / database
        self.folder.mkdir()
        self.data = self.folder / "data"
        self.findings, self.requests = [], 0
        self.log, self.server_log = self.folder / "commands.log", self.folder / "serve.log"

    def url(self, who: str) -> list[str]:
        if self.database == "sqlite":
            return []
        return ["--database-url", os.environ[f"BALLAST_TEST_PG_{who.upper()}_URL"].rsplit("/", 1)[0] + "/fuzz"]

    def ballast(self, who: str, *command: str):
        with self.log.open("ab") as out:
            arguments = [self.options.ballast, "--data-dir", self.data, *self.url(who), *command]
            subprocess.run(arguments, check=True, stdout=out, stderr=out)

    def prepare(self):
        if self.database == "postgres":
            owner = os.environ["BALLAST_TEST_PG_OWNER_URL"]
            subprocess.run([self.options.psql, "-qX", "-d", owner, "-c", "CREATE DATABASE fuzz"], check=True)
        self.ballast("owner", "demo", "--once")
        if self.database == "postgres":
            self.ballast("owner", "migrate", "--application-role", "ballast_app")

    def found(self, operation: str, check: str, message: str):
        """Something beside the checks of an answer."""
        self.findings.append({
            "operation": operation, "check": check, "status": 0, "code": "", "title": check, "message": message,
            "curl": "", "answer": "", "times": 1, "role": "", "database": self.database,
        })  # fmt: skip

    def fuzz(self):
        address, metrics = (f"127.0.0.1:{free_port()}" for _ in range(2))
        limits = ("REQUESTS_PER_MINUTE", "ADDRESS_REQUESTS_PER_MINUTE", "SIGN_INS_PER_MINUTE")
        environment = {f"BALLAST_{name}": "0" for name in limits} | {"BALLAST_METRICS_LISTEN": metrics}
        arguments = [self.options.ballast, "--data-dir", self.data, *self.url("app"), "serve", "--listen", address]
        with group(arguments, self.server_log, environment) as server:
            self.wait_until_ready(server, address)
            end = time.monotonic() + self.options.minutes * 60
            shares = list(ROLES.items())
            for n, (role, share) in enumerate(shares):
                left = max(end - time.monotonic(), 0) * share / sum(share for _, share in shares[n:])
                self.fuzz_as(role, f"http://{address}", max(int(left), SECONDS_MIN))
                if server.poll() is not None:
                    self.found("serve", "server_lives", f"the server ended with {server.returncode} while {role} asked")
                    return
            self.look_at(f"http://{address}", f"http://{metrics}")
        if server.returncode != 0:
            self.found("serve", "server_ends_well", f"asked to end, the server ended with {server.returncode}")

    def wait_until_ready(self, server, address: str):
        for _ in range(600):
            with contextlib.suppress(OSError):
                if get(f"http://{address}/readyz")[0] == 200:
                    return
            if server.poll() is not None:
                break
            time.sleep(0.1)
        raise SystemExit(f"the server does not get ready: {self.server_log.read_text()[-3000:]}")

    def fuzz_as(self, role: str, address: str, seconds: int):
        out, log = self.folder / f"{role}.json", self.folder / f"{role}.log"
        environment = {
            "SCHEMATHESIS_HOOKS": "hooks", "PYTHONPATH": str(HERE), "PYTHONDONTWRITEBYTECODE": "1",
            "FUZZ_ADDRESS": address, "FUZZ_PASSWORD": PASSWORD, "FUZZ_OUT": str(out),
            "FUZZ_DOCUMENT": str(DOCUMENT),
        }  # fmt: skip
        if role != "nobody":
            environment["FUZZ_LOGIN"] = role
        arguments = [self.options.st, "--config-file", HERE / "schemathesis.toml", "run", DOCUMENT]
        arguments += ["--url", f"{address}/api/v1", "--workers", "2", "--checks", "all", "--mode", "all", "--continue-on-failure"]
        arguments += ["--phases", "examples,coverage,fuzzing,stateful", "--max-time", str(seconds)]
        arguments += ["--suppress-health-check", "all", "--generation-database", "none"]
        if self.options.seed is not None:
            arguments += ["--seed", str(self.options.seed)]
        began = time.monotonic()
        with group(arguments, log, environment) as run:
            status = run.wait()
        told = json.loads(out.read_text()) if out.exists() else {"answers": [], "findings": []}
        self.findings += [one | {"role": role, "database": self.database} for one in told["findings"]]
        if status != 0:
            tail = log.read_text(errors="replace")[-4000:]
            self.found("schemathesis", "runs_through", f"ended with {status} as {role}:\n{tail}")
        classes, reached = collections.Counter(), set()
        for operation, status, count in told["answers"]:
            classes[f"{status // 100}xx"] += count
            if operation and status // 100 in (2, 3):
                reached.add(operation)
        self.requests += classes.total()
        counted = ", ".join(f"{count} {name}" for name, count in sorted(classes.items()))
        took = time.monotonic() - began
        print(
            f"  {role:<9} {classes.total():>6} answers in {took:.0f} s: {counted}; {len(reached)} operations carried out",
            flush=True,
        )

    def look_at(self, address: str, metrics: str):
        """What the server says of itself afterwards."""
        for path in ("/livez", "/readyz"):
            status, text = get(f"{address}{path}")
            if status != 200:
                self.found(f"GET {path}", "server_lives", f"{status} {text}")
        for line in get(f"{metrics}/metrics")[1].splitlines():
            if line.startswith("ballast_http_requests_total") and 'status="5xx"' in line:
                self.found("GET /metrics", "no_5xx_in_metrics", line)

    def verify(self):
        """The log of the server has no failure in it, and the log of what was done is whole."""
        bad = [line for line in self.server_log.read_text(errors="replace").splitlines() if FAILURE_LINE.search(line)]
        if bad:
            self.found("serve", "no_failure_in_log", f"{len(bad)} lines, the first:\n" + "\n".join(bad[:5]))
        arguments = [self.options.ballast, "--data-dir", self.data, *self.url("app"), "--lang", "en", "audit", "verify"]
        done = subprocess.run(arguments, capture_output=True, text=True)
        told = (done.stdout + done.stderr).strip()
        if done.returncode != 0:
            self.found("audit verify", "log_is_whole", told)
        print(f"  audit verify: {told.splitlines()[-1] if told else 'says nothing'}")


# A line about an answer of 500 or more, an error, or a panic.
FAILURE_LINE = re.compile(r"status[\"=: ]+5\d\d|\bERROR\b|panicked at")


def show(finding: dict):
    who = f" as {finding['role']}" if finding["role"] else ""
    print(f"\n{finding['operation']}: {finding['check']} ({finding['title']}), {finding['times']} times on {finding['database']}{who}")
    for name in ("message", "answer", "curl"):
        if finding[name]:
            print("  " + finding[name].replace("\n", "\n  "))


def merged(findings: list[dict]) -> list[dict]:
    """The same finding of several roles and databases once, with the shortest request."""
    by_key = {}
    for one in findings:
        key = tuple(one[name] for name in ("operation", "check", "status", "code", "title"))
        before = by_key.get(key)
        if before is None:
            by_key[key] = dict(one)
            continue
        times = before["times"] + one["times"]
        if len(one["curl"]) < len(before["curl"]):
            by_key[key] = dict(one)
        by_key[key]["times"] = times
    return sorted(by_key.values(), key=lambda one: (one["check"], one["operation"]))


def judge(runs: list[Run], entries: list[dict]) -> int:
    all_found = merged([finding for run in runs for finding in run.findings])
    bad = [finding for finding in all_found if not any(covers(entry, finding) for entry in entries)]
    stale = [entry for entry in entries if not any(covers(entry, finding) for finding in all_found)]
    for finding in bad:
        show(finding)
    for entry in stale:
        print(f"\nstale exemption, which did not occur: {entry['operation']} {entry['check']}")
    requests = ", ".join(f"{run.requests} on {run.database}" for run in runs)
    print(
        f"\nanswers: {requests}; {len(bad)} findings, {len(all_found) - len(bad)} exempt by {len(entries)} entries, "
        f"{len(stale)} stale"
    )
    return 1 if bad or stale else 0


def stop(_signal, _frame):
    # Like any other way out: what was started is stopped.
    raise SystemExit(143)


def main() -> int:
    signal.signal(signal.SIGTERM, stop)
    parser = argparse.ArgumentParser(prog="scripts/fuzz-api", description=__doc__)
    parser.add_argument("--minutes", type=float, default=10, help="of each database (10)")
    parser.add_argument("--database", choices=["sqlite", "postgres", "both"], default="both")
    parser.add_argument("--seed", type=int, help="the same requests again, as far as answers do not differ")
    for name in ("ballast", "st", "work", "psql"):
        parser.add_argument(f"--{name}", type=lambda path: pathlib.Path(path).absolute(), help=argparse.SUPPRESS)
    options = parser.parse_args()
    entries = exemptions()
    runs = []
    for database in ["sqlite", "postgres"] if options.database == "both" else [options.database]:
        print(f"\n{database}, {options.minutes:g} minutes", flush=True)
        run = Run(options, database)
        runs.append(run)
        run.prepare()
        run.fuzz()
        run.verify()
    return judge(runs, entries)


if __name__ == "__main__":
    sys.exit(main())
