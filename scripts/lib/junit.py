"""Reads the JUnit reports of the two runs of the suite.

junit.py count FILE             prints "PASSED FAILED"
junit.py compare SQLITE POSTGRES  prints both counts and the tests of one database alone; exit 1 if any other differs
"""

import sys
import xml.etree.ElementTree as ElementTree


def read(path):
    """The report as {binary and test name: passed?}."""
    tests = {}
    for case in ElementTree.parse(path).getroot().iter("testcase"):
        bad = case.find("failure") is not None or case.find("error") is not None
        tests[f"{case.get('classname')} {case.get('name')}"] = not bad
    return tests


def count(path):
    tests = read(path)
    passed = sum(tests.values())
    print(passed, len(tests) - passed)
    return 0


def compare(sqlite_path, postgres_path):
    reports = {}
    for database, path in (("sqlite", sqlite_path), ("postgres", postgres_path)):
        try:
            reports[database] = set(read(path))
        except (OSError, ElementTree.ParseError):
            print(f"there is no report of the run on {database}")
            return 1
    unequal = 0
    for database, other in (("sqlite", "postgres"), ("postgres", "sqlite")):
        prefix = f"only_{database}_"
        alone = sorted(reports[database] - reports[other])
        named = [name for name in alone if name.split("::")[-1].split(" ")[-1].startswith(prefix)]
        print(f"{database}: {len(reports[database])} tests, {len(named)} of them named {prefix}…")
        for name in alone:
            print(f"  {name}" if name in named else f"  {name} ran on {database} alone and is not named for it")
        unequal += len(alone) - len(named)
    return 1 if unequal else 0


if __name__ == "__main__":
    match sys.argv[1:]:
        case ["count", path]:
            sys.exit(count(path))
        case ["compare", sqlite_path, postgres_path]:
            sys.exit(compare(sqlite_path, postgres_path))
        case _:
            sys.exit(__doc__)
