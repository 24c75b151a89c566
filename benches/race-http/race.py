"""Runs both sides in turn against the same data and prints ratios. Started by `scripts/race-http`; needs only Python's
own modules. Sends nothing to anywhere but 127.0.0.1."""

import argparse
import contextlib
import itertools
import json
import os
import pathlib
import re
import shutil
import signal
import socket
import sqlite3
import statistics
import subprocess
import sys
import time
import typing
import urllib.error
import urllib.request

HERE = pathlib.Path(__file__).parent
PASSWORD = "ballast-demo-2026"
# The demonstration's clock, which stands still on both sides.
NOW = "2026-11-24T01:12:07+00:00"
WORKLOADS = ("occupation", "person", "vacancy")
TITLES = {
    "occupation": "GET an occupation",
    "person": "GET a person, logged",
    "vacancy": "POST a vacancy, logged",
}
# How the other side is written, and the ways of running it on each database. The best of each is raced.
VARIANTS = {
    "as documented": {"sqlite": ["documented"], "postgresql": ["documented"]},
    "hand-tuned": {"sqlite": ["inline", "threads", "aiosqlite"], "postgresql": ["asyncpg"]},
}
tags = itertools.count()


class Server(typing.NamedTuple):
    """A server that runs, in a process group of its own."""

    address: str
    group: int

    def cpu_seconds(self) -> float:
        """What its processes have used so far."""
        ticks = 0
        for stat in pathlib.Path("/proc").glob("[0-9]*/stat"):
            with contextlib.suppress(OSError):
                fields = stat.read_text().rsplit(")", 1)[1].split()
                ticks += int(fields[11]) + int(fields[12]) if int(fields[2]) == self.group else 0
        return ticks / os.sysconf("SC_CLK_TCK")


def free_port() -> int:
    with socket.socket() as found:
        found.bind(("127.0.0.1", 0))
        return found.getsockname()[1]


def request(url: str, token: str | None = None, body: object = None):
    headers = {"Accept-Language": "en"}
    if token:
        headers["Authorization"] = f"Bearer {token}"
    data = None
    if body is not None:
        headers["Content-Type"], data = "application/json", json.dumps(body).encode()
    with urllib.request.urlopen(urllib.request.Request(url, data, headers), timeout=10) as answer:
        return json.load(answer)


@contextlib.contextmanager
def process(arguments: list[str], environment: dict[str, str], log: pathlib.Path, ready: str):
    """A server, in a process group of its own, from when it answers until it is stopped."""
    with log.open("ab") as out:
        started = subprocess.Popen(
            arguments, env=os.environ | environment, stdout=out, stderr=out, cwd=HERE, start_new_session=True
        )
    try:
        for _ in range(200):
            if started.poll() is not None:
                raise SystemExit(f"{arguments[0]} ended: see {log}")
            try:
                urllib.request.urlopen(ready, timeout=1).close()
                break
            except urllib.error.HTTPError:
                break
            except OSError:
                time.sleep(0.05)
        else:
            raise SystemExit(f"{arguments[0]} does not answer: see {log}")
        yield started
    finally:
        if started.poll() is None:
            os.killpg(started.pid, signal.SIGTERM)
        try:
            started.wait(30)
        except subprocess.TimeoutExpired:
            os.killpg(started.pid, signal.SIGKILL)
            started.wait()


class Sides:
    """How each side is started on one database."""

    def __init__(self, options, database: str):
        self.options, self.database = options, database
        self.folder = options.work / database
        self.environment = {
            "BALLAST_REQUESTS_PER_MINUTE": "0",
            "BALLAST_ADDRESS_REQUESTS_PER_MINUTE": "0",
            "BALLAST_SIGN_INS_PER_MINUTE": "0",
            **({"RUST_LOG": options.rust_log} if options.rust_log else {}),
        }

    def prepare(self):
        """The demonstration once, its logins' tokens in it, then the same bytes for the other side."""
        ours = self.folder / "ballast"
        ours.mkdir(parents=True)
        url = ["--database-url", self.url("race_ballast", "owner")] if self.database == "postgresql" else []
        if url:
            self.psql("CREATE DATABASE race_ballast OWNER ballast_owner")
        demo = [self.options.ballast, "--data-dir", ours, *url, "demo", "--once"]
        with (self.folder / "demo.log").open("wb") as log:
            subprocess.run(demo, check=True, stdout=log, stderr=log)
            if url:
                grant = [self.options.ballast, "--data-dir", ours, *url, "migrate", "--application-role", "ballast_app"]
                subprocess.run(grant, check=True, stdout=log, stderr=log)
        with self.ballast() as server:
            sign_in = lambda login: request(
                f"{server.address}/api/v1/tokens", body={"login": login, "password": PASSWORD}
            )["token"]
            self.tokens = {"school": sign_in("school"), "factory": sign_in("factory")}
            get = lambda path, login: request(f"{server.address}/api/v1{path}", self.tokens[login])
            # In the middle of the list: an occupation with ten to fifteen skills.
            occupations = get("/occupations?limit=200", "school")["items"]
            weigh = lambda o: len(get(f"/occupations/{o['id']}", "school")["skills"])
            occupation = sorted((weigh(o), o["id"]) for o in occupations)[len(occupations) // 2][1]
            person = get("/people?limit=1", "school")["items"][0]["id"]
            pattern = get("/vacancies?limit=1", "factory")["items"][0]
        self.paths = {"occupation": f"/occupations/{occupation}", "person": f"/people/{person}", "vacancy": "/vacancies"}
        names = ("site_id", "occupation_id", "title_zh", "title_en", "headcount", "wage_min_minor", "wage_max_minor")
        names += ("starts_on", "shifts", "dormitory", "requirements")
        self.body = {name: pattern[name] for name in names} | {"reference": "REFERENCE"}
        (self.folder / "body.json").write_text(json.dumps(self.body))
        if self.database == "postgresql":
            self.psql("CREATE DATABASE race_fastapi TEMPLATE race_ballast OWNER ballast_owner")
            self.psql("VACUUM ANALYZE", "race_ballast")
            self.psql("VACUUM ANALYZE", "race_fastapi")
        else:
            with contextlib.closing(sqlite3.connect(ours / "ballast.sqlite")) as connection:
                connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        # On PostgreSQL too: the keys, and the log's checkpoints as they were when the two parted.
        shutil.copytree(ours, self.folder / "fastapi")

    def psql(self, sql: str, database: str = "postgres"):
        subprocess.run(
            [self.options.psql, "-qX", "-v", "ON_ERROR_STOP=1", "-d", self.url(database, "admin"), "-c", sql], check=True
        )

    def url(self, database: str, who: str) -> str:
        return os.environ[f"RACE_PG_{who.upper()}_URL"].rsplit("/", 1)[0] + f"/{database}"

    @contextlib.contextmanager
    def ballast(self):
        address = f"127.0.0.1:{free_port()}"
        url = ["--database-url", self.url("race_ballast", "app")] if self.database == "postgresql" else []
        arguments = [self.options.ballast, "--data-dir", self.folder / "ballast", *url, "serve", "--listen", address]
        with process(arguments, self.environment, self.folder / "ballast.log", f"http://{address}/livez") as started:
            yield Server(f"http://{address}", started.pid)

    @contextlib.contextmanager
    def fastapi(self, way: str, pool: int):
        port = free_port()
        theirs = self.folder / "fastapi"
        database = theirs / "ballast.sqlite" if self.database == "sqlite" else self.url("race_fastapi", "app")
        environment = {
            "RACE_WAY": way,
            "RACE_DATABASE": str(database),
            "RACE_KEYS": str(theirs / "keys.toml"),
            "RACE_NOW": NOW,
            "RACE_POOL": str(pool),
        }
        module = "documented" if way == "documented" else "tuned"
        arguments = [self.options.venv / "bin" / "uvicorn", f"{module}:app", "--host", "127.0.0.1", "--port", str(port)]
        arguments += ["--workers", "2", "--loop", "uvloop", "--http", "httptools", "--no-access-log"]
        arguments += ["--log-level", "warning"]
        ready = f"http://127.0.0.1:{port}/"
        with process(arguments, environment, self.folder / "fastapi.log", ready) as started:
            # Either worker may be the one that answered.
            time.sleep(1)
            yield Server(f"http://127.0.0.1:{port}", started.pid)

    def ask(self, server: Server, workload: str):
        """One answer of a workload, without what is random in it."""
        url, body = f"{server.address}/api/v1{self.paths[workload]}", None
        if workload == "vacancy":
            body = self.body | {"reference": f"race-{next(tags)}"}
        answer = request(url, self.token(workload), body)
        if workload == "vacancy":
            if answer.pop("reference") != body["reference"]:
                raise SystemExit(f"{server.address} posted another vacancy")
            answer.pop("id")
        return answer

    def token(self, workload: str) -> str:
        return self.tokens["factory" if workload == "vacancy" else "school"]

    def load(self, server: Server, workload: str, seconds: int) -> dict:
        """One run of wrk."""
        arguments = [self.options.wrk, "-t2", f"-c{self.options.connections}", f"-d{seconds}s", "--latency"]
        # A writer that waits behind others for long is slow, not wrong.
        arguments += ["--timeout", "30s", "-H", f"Authorization: Bearer {self.token(workload)}", "-H", "Accept-Language: en"]
        environment = os.environ | {"RACE_BODY": str(self.folder / "body.json"), "RACE_TAG": f"race-{next(tags)}"}
        if workload == "vacancy":
            arguments += ["-s", HERE / "post.lua"]
        arguments.append(f"{server.address}/api/v1{self.paths[workload]}")
        before = server.cpu_seconds()
        out = subprocess.run(arguments, env=environment, check=True, capture_output=True, text=True).stdout
        used = server.cpu_seconds() - before
        if "Non-2xx" in out or "Socket errors" in out:
            raise SystemExit(f"{workload} at {server.address} was not answered as it should be:\n{out}")
        unit = {"us": 0.001, "ms": 1.0, "s": 1000.0}
        quantile = {}
        for share in ("50", "99"):
            number, of = re.search(rf"{share}%\s+([\d.]+)(us|ms|s)", out).groups()
            quantile[share] = float(number) * unit[of]
        rate = float(re.search(r"Requests/sec:\s+([\d.]+)", out).group(1))
        # None at all in the first second is possible on a busy machine.
        cpu_us = used * 1e6 / max(1, int(re.search(r"(\d+) requests in", out).group(1)))
        return {"rate": rate, "cpu_us": cpu_us, "p50": quantile["50"], "p99": quantile["99"]}

    def verify(self):
        """Seals what FastAPI has written and checks the whole log: it did the same work, byte for byte."""
        url = ["--database-url", self.url("race_fastapi", "app")] if self.database == "postgresql" else []
        verify = [self.options.ballast, "--data-dir", self.folder / "fastapi", *url, "audit", "verify"]
        done = subprocess.run(verify, capture_output=True, text=True)
        lines = (done.stdout + done.stderr).strip().splitlines()
        print(f"  the log that FastAPI wrote: {lines[-1]}")
        if done.returncode:
            raise SystemExit("\n".join(lines))


def differing(ours, theirs) -> bool:
    return json.dumps(ours, sort_keys=True, ensure_ascii=False) != json.dumps(theirs, sort_keys=True, ensure_ascii=False)


def median(runs: list[dict]) -> dict:
    return {key: statistics.median(run[key] for run in runs) for key in runs[0]}


def choose(sides: Sides, ways: list[str], pools: list[int]) -> dict:
    """For each workload the fastest way and pool of the other side, by one short run each."""
    best = {}
    for way, pool in itertools.product(ways, pools):
        with sides.fastapi(way, pool) as server:
            for workload in sides.options.workloads:
                sides.load(server, workload, sides.options.warm)
                run = sides.load(server, workload, sides.options.seconds)
                print(f"    {way:<10} pool {pool:>2}  {TITLES[workload]:<24} {run['rate']:>8.0f}/s", flush=True)
                if workload not in best or run["rate"] > best[workload][0]:
                    best[workload] = (run["rate"], way, pool)
    return {workload: (way, pool) for workload, (_, way, pool) in best.items()}


def race(options, database: str) -> list[dict]:
    sides = Sides(options, database)
    sides.prepare()
    print(f"\n{database}: FastAPI's ways, one run each", flush=True)
    chosen = {name: choose(sides, ways[database], options.pools) for name, ways in VARIANTS.items()}
    results = []
    for workload in options.workloads:
        best = {name: ways[workload] for name, ways in chosen.items()}
        results.append(race_one(sides, workload, best) | {"database": database, "workload": workload})
        show(results[-1])
    if "person" in options.workloads or "vacancy" in options.workloads:
        sides.verify()
    return results


def race_one(sides: Sides, workload: str, best: dict[str, tuple[str, int]]) -> dict:
    """All sides in turn. `best` is each variant's way and pool."""
    with contextlib.ExitStack() as started:
        servers = {"ballast": started.enter_context(sides.ballast())}
        for name, (way, pool) in best.items():
            servers[name] = started.enter_context(sides.fastapi(way, pool))
        answers = {name: sides.ask(server, workload) for name, server in servers.items()}
        if any(differing(answers["ballast"], answer) for answer in answers.values()):
            raise SystemExit(f"{workload}: the answers differ: {json.dumps(answers, ensure_ascii=False)}")
        for server in servers.values():
            sides.load(server, workload, sides.options.warm)
        runs = {name: [] for name in servers}
        for _ in range(sides.options.rounds):
            for name, server in servers.items():
                runs[name].append(sides.load(server, workload, sides.options.seconds))
        load = os.getloadavg()[0]
    medians = {name: median(of) for name, of in runs.items()}
    ratios = {name: medians["ballast"]["rate"] / medians[name]["rate"] for name in best}
    cpu_ratios = {name: medians[name]["cpu_us"] / medians["ballast"]["cpu_us"] for name in best}
    return {"best": best, "ratios": ratios, "cpu_ratios": cpu_ratios, "medians": medians, "runs": runs, "load": load}


def show(result: dict):
    """The ratios, then the figures behind them."""
    ratios = "   ".join(
        f"{ratio:>5.2f}× {name} (by CPU {result['cpu_ratios'][name]:.2f}×)" for name, ratio in result["ratios"].items()
    )
    print(f"  {TITLES[result['workload']]:<24} {ratios}   (load {result['load']:.1f})")
    for name, of in result["medians"].items():
        low, high = (edge(run["rate"] for run in result["runs"][name]) for edge in (min, max))
        way, pool = result["best"].get(name, ("", 0))
        how = f"; {way}, pool {pool}" if way else ""
        rate = f"{of['rate']:>7.0f}/s (runs {low:.0f}–{high:.0f})"
        latency = f"p50 {of['p50']:.1f} ms, p99 {of['p99']:.1f} ms"
        print(f"    {name:<15} {rate}, {latency}, {of['cpu_us']:.0f} µs CPU{how}", flush=True)


def stop(_signal, _frame):
    # Like any other way out: what was started is stopped.
    raise SystemExit(143)


def main():
    signal.signal(signal.SIGTERM, stop)
    parser = argparse.ArgumentParser(prog="scripts/race-http", description=__doc__)
    parser.add_argument("--databases", nargs="+", default=["sqlite", "postgresql"], choices=["sqlite", "postgresql"])
    parser.add_argument("--workloads", nargs="+", default=list(WORKLOADS), choices=WORKLOADS)
    parser.add_argument("--rounds", type=int, default=3, help="interleaved runs of each side")
    parser.add_argument("--seconds", type=int, default=10, help="of one run")
    parser.add_argument("--warm", type=int, default=3, help="seconds before a side's first run")
    parser.add_argument("--connections", type=int, default=32)
    parser.add_argument("--pools", type=int, nargs="+", default=[2, 4, 8], help="FastAPI's connections a worker, to try")
    parser.add_argument("--rust-log", help="RUST_LOG of Ballast; its default when not given")
    for name in ("ballast", "wrk", "psql", "venv", "work"):
        parser.add_argument(f"--{name}", type=pathlib.Path, required=True, help=argparse.SUPPRESS)
    options = parser.parse_args()
    for name in ("ballast", "wrk", "psql", "venv", "work"):
        setattr(options, name, getattr(options, name).absolute())
    results = list(itertools.chain.from_iterable(race(options, database) for database in options.databases))
    (options.work / "results.json").write_text(json.dumps(results, indent=1))
    print("\nAnswers were the same on all sides. Figures are medians; CPU is that of the servers' own processes, a request.")


if __name__ == "__main__":
    sys.exit(main())
