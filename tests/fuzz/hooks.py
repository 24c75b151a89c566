"""What schemathesis does otherwise for Ballast: signs in, uses ids that are there, counts answers, writes down what it finds.
Loaded by schemathesis (SCHEMATHESIS_HOOKS) in the runs that fuzz.py starts; FUZZ_… in the environment says whose run it is.

No finding stops a run: each is written down, and fuzz.py judges at the end."""

import ast
import atexit
import collections
import datetime
import json
import os
import re
import threading
import zlib

import requests
import schemathesis

API = os.environ["FUZZ_ADDRESS"] + "/api/v1"
LOGIN = os.environ.get("FUZZ_LOGIN")
PASSWORD = os.environ["FUZZ_PASSWORD"]
OUT = os.environ["FUZZ_OUT"]
with open(os.environ["FUZZ_DOCUMENT"], encoding="utf-8") as document:
    SCHEMAS = json.load(document)["components"]["schemas"]

lock = threading.Lock()
parser = threading.Lock()
parse = ast.parse


def parse_alone(*arguments, **named):
    with parser:
        return parse(*arguments, **named)


# Hypothesis parses its own sources in each worker, and CPython counts the depth of all threads' trees together.
ast.parse = parse_alone

answers = collections.Counter()
findings = {}
UUID = re.compile(r"[0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}")
# Where the ids of a field can be found; a path parameter is of the noun before it.
LISTS = {
    "agreement": "agreements", "bureau_id": "organisations", "employer_id": "organisations", "factory": "organisations",
    "occupation": "occupations", "occupation_id": "occupations", "organisation_id": "organisations", "permit_id": "permits",
    "person": "people", "person_id": "people", "port_id": "ports", "resource_id": "people", "school": "organisations",
    "site_id": "sites", "skill": "skills", "skill_id": "skills", "user_id": "users", "vacancy_id": "vacancies",
}  # fmt: skip
REGIONS = ("region", "home_region", "parent")
# Texts that are one of a few, which their schema does not say, and countries that there are.
TEXTS = {
    "sex": ["female", "male"], "country": ["KP", "RU", "VN"], "birth_country": ["KP", "RU", "VN"],
    "verification": ["sighted", "confirmed"],
}  # fmt: skip


def sign_in() -> str:
    answer = requests.post(f"{API}/tokens", json={"login": LOGIN, "password": PASSWORD}, timeout=60)
    answer.raise_for_status()
    return answer.json()["token"]


def known_ids() -> dict[str, list[str]]:
    """What this caller can see, as a client that has read the lists would know it."""
    headers = {"Authorization": f"Bearer {sign_in()}"}

    def items(path: str) -> list[dict]:
        answer = requests.get(f"{API}{path}", headers=headers, timeout=60)
        body = answer.json() if answer.ok else {}
        return body if isinstance(body, list) else body.get("items", [])

    nouns = {*LISTS.values(), "joint-classes", "households", "jobs", "notifications"}
    rows = {noun: items(f"/{noun}?limit=50") for noun in sorted(nouns)}
    # Of sites one's own, if there are any: no other can be given.
    me = json.dumps(requests.get(f"{API}/me", headers=headers, timeout=60).json())
    rows["sites"] = [row for row in rows["sites"] if row["organisation_id"] in me] or rows["sites"]
    ids = {noun: [row["id"] for row in found] for noun, found in rows.items()}
    ids["enrolments"] = [row["id"] for one in ids["joint-classes"][:20] for row in items(f"/joint-classes/{one}/enrolments")]
    ids["regions"] = [row["code"] for row in items("/regions")]
    return ids


ids = known_ids() if LOGIN else {}


def choice(noun: str, value: str) -> str:
    """In three of four cases one that is there, and the same for the same value, so that a run can be repeated."""
    known, drawn = ids.get(noun, []), zlib.crc32(value.encode())
    return value if not known or drawn % 4 == 0 else known[drawn // 4 % len(known)]


def fits(name: str, value: str) -> bool:
    """Whether a text is of its schema already."""
    return re.fullmatch(r"[A-Za-z]{2}" if "country" in name else r".{1,40}", value) is not None and value.isprintable()


def is_date(value: str) -> bool:
    try:
        return bool(datetime.date.fromisoformat(value))
    except ValueError:
        return False


def near_date(name: str, value: str) -> str:
    """In three of four cases a date around the demonstration's, so that begin and end can fit each other."""
    drawn = zlib.crc32(f"{name} {value}".encode())
    if drawn % 4 == 0:
        return value
    if name.startswith("birth"):
        return f"{1970 + drawn % 30}-05-17"
    late = name.endswith(("until", "ends_on", "starts_on")) or name == "from"
    return f"{2027 if late else 2026}-{drawn % 9 + 1 + 3 * name.endswith(('until', 'ends_on')):02}-{drawn % 28 + 1:02}"


def meant(name: str, value):
    """A value as it stands under its name; only what has the right form is exchanged, so that what is wrong stays wrong."""
    if isinstance(value, dict):
        return {key: meant(key, one) for key, one in value.items()}
    if isinstance(value, list):
        return [meant(name.removesuffix("s"), one) for one in value]
    if isinstance(value, str) and name in LISTS and UUID.fullmatch(value):
        return choice(LISTS[name], value)
    if isinstance(value, str) and name in REGIONS and re.fullmatch(r"[1-8]([0-9]|[0-9]{3}|[0-9]{5}|[0-9]{8}|[0-9]{11})", value):
        return choice("regions", value)
    if isinstance(value, str) and name in TEXTS and fits(name, value):
        return TEXTS[name][zlib.crc32(value.encode()) % len(TEXTS[name])]
    if isinstance(value, str) and re.fullmatch(r"[0-9]{4}-[0-9]{2}-[0-9]{2}", value) and is_date(value):
        return near_date(name, value)
    return value


@schemathesis.hook
def map_path_parameters(context, path_parameters):
    before = dict(zip(re.findall(r"\{(\w+)\}", context.operation.path), re.findall(r"([\w-]+)/\{", context.operation.path)))
    for name, value in (path_parameters or {}).items():
        if isinstance(value, str) and UUID.fullmatch(value):
            path_parameters[name] = choice(before.get(name, ""), value)
    return path_parameters


@schemathesis.hook
def map_query(context, query):
    if not isinstance(query, dict):
        return query
    # Nobody guesses a cursor; without most of them lists are read.
    cursor = query.get("cursor")
    if isinstance(cursor, str) and re.fullmatch(r"[0-9a-z]{1,100}", cursor) and zlib.crc32(cursor.encode()) % 4:
        query = {name: value for name, value in query.items() if name != "cursor"}
    return meant("", query)


@schemathesis.hook
def map_body(context, body):
    return meant("", body)


@schemathesis.hook
def map_headers(context, headers):
    # Revisions that rows have: mostly the first.
    tag = (headers or {}).get("If-Match")
    if isinstance(tag, str) and re.match(r'(W/)?"[0-9]{1,18}-[0-9A-Za-z]+"', tag):
        headers["If-Match"] = f'"{max(zlib.crc32(tag.encode()) % 4, 1)}-x"'
    return headers


if LOGIN:

    @schemathesis.auth(refresh_interval=3600, retry_on=[401])
    class Token:
        def get(self, case, context):
            return sign_in()

        def set(self, case, data, context):
            case.headers = case.headers or {}
            case.headers["Authorization"] = f"Bearer {data}"


@schemathesis.hook
def before_call(context, case, kwargs):
    # The run's own token would be gone, and all that follows would be refused.
    given = (case.headers or {}).get("Authorization")
    if LOGIN and case.method.upper() == "DELETE" and case.path == "/tokens/current" and given:
        if re.fullmatch(r"Bearer blst_[0-9a-f]{64}", str(given)):
            case.headers["Authorization"] = f"Bearer {sign_in()}"


@schemathesis.hook
def after_call(context, case, response):
    # OPTIONS of an address, for one, is no use of its operation.
    meant_so = response.request.method == case.operation.method.upper()
    with lock:
        answers[case.operation.label if meant_so else "", response.status_code] += 1


def quoted(text: str) -> str:
    return "'" + text.replace("'", "'\\''") + "'"


def curl(request) -> str:
    """The request again, by hand; the token is the reader's own."""
    parts = ["curl -i --path-as-is -X", request.method, quoted(request.url)]
    for name, value in request.headers.items():
        name, value = (one.decode("latin-1") if isinstance(one, bytes) else str(one) for one in (name, value))
        if name.lower() in ("user-agent", "accept-encoding", "connection", "content-length", "x-schemathesis-testcaseid"):
            continue
        value = re.sub(r"blst_[0-9a-f]{64}", "$TOKEN", value)
        # In double quotes, so that the shell puts the token in.
        parts.append('-H "' + re.sub(r'(["\\`])', r"\\\1", f"{name}: {value}") + '"' if "$TOKEN" in value else f"-H {quoted(f'{name}: {value}')}")
    body = request.body
    if body:
        text = body if isinstance(body, str) else bytes(body).decode("utf-8", "backslashreplace")
        parts.append(f"--data-binary {quoted(text)}")
    return " ".join(parts)


def problem_code(response) -> str:
    try:
        body = json.loads(response.content)
    except ValueError:
        return ""
    return str(body.get("code", "")) if isinstance(body, dict) else ""


def body_schema(case) -> dict | None:
    media = case.operation.definition.raw.get("requestBody", {}).get("content", {})
    return next((one["schema"] for kind, one in media.items() if kind.startswith("application/json")), None)


def has_field(schema: dict, steps: list[str]) -> bool:
    """Whether a body of this schema has a place for such a pointer."""
    if "$ref" in schema:
        return has_field(SCHEMAS[schema["$ref"].rsplit("/", 1)[1]], steps)
    if "allOf" in schema:
        return any(has_field(one, steps) for one in schema["allOf"])
    if not steps:
        return True
    if schema.get("type") == "array":
        return steps[0].isdigit() and has_field(schema["items"], steps[1:])
    return steps[0] in schema.get("properties", {}) and has_field(schema["properties"][steps[0]], steps[1:])


@schemathesis.check
def problem_names_what_was_sent(ctx, response, case):
    """An error points into the body that the document describes, or names a parameter of the operation."""
    if "application/problem+json" not in response.headers.get("content-type", [""])[0]:
        return
    parameters = {parameter.name for parameter in case.operation.iter_parameters()}
    schema = body_schema(case)
    for error in response.json().get("errors", []):
        pointer = error["pointer"]
        if pointer == "" or error["code"] in ("unknown_field", "unknown_parameter", "doubled_key"):
            continue
        if pointer.startswith("/") and schema is not None:
            known = has_field(schema, [step.replace("~1", "/").replace("~0", "~") for step in pointer[1:].split("/")])
        else:
            known = pointer in parameters
        if not known:
            raise AssertionError(f"{re.sub('[0-9]+', 'N', pointer)} ({error['code']}) is nothing that could be sent")


def has_bad_header(case) -> bool:
    """Whether a header is not of its form. The coverage phase, which writes letters and digits alone, calls even that valid."""
    given = {name.lower(): str(value) for name, value in (case.headers or {}).items()}
    for parameter in case.operation.headers:
        pattern = parameter.definition.get("schema", {}).get("pattern")
        value = given.get(parameter.name.lower())
        if pattern and value is not None and not re.search(pattern, value):
            return True
    return False


def told_of(case) -> str:
    """What schemathesis meant to try with a request."""
    phase = case.meta.phase if case.meta else None
    return f"{phase.name.value}: {getattr(phase.data, 'description', None) or 'random'}" if phase else "another request of a check"


@schemathesis.hook
def filter_failure(context, failure, case, response):
    # A check of our own is known by the name of its function alone.
    check = failure.checks[0] if failure.checks else problem_names_what_was_sent.__name__
    code = problem_code(response)
    if check == "positive_data_acceptance" and has_bad_header(case):
        return False
    key = (case.operation.label, check, response.status_code, code, failure.title if failure.checks else failure.message)
    request = curl(response.request)
    with lock:
        known = findings.get(key)
        # Of many the shortest, since nothing is shrunk.
        if known is None or len(request) < len(known["curl"]):
            findings[key] = {
                "operation": case.operation.label, "check": check, "status": response.status_code, "code": code,
                "title": key[-1], "message": f"{failure.message[:1500]}\n{told_of(case)}", "curl": request,
                "answer": response.content[:800].decode("utf-8", "replace"), "times": known["times"] if known else 0,
            }  # fmt: skip
        findings[key]["times"] += 1
    return False


@atexit.register
def write():
    result = {
        "answers": [[operation, status, count] for (operation, status), count in sorted(answers.items())],
        "findings": list(findings.values()),
    }
    with open(OUT, "w", encoding="utf-8") as out:
        json.dump(result, out, ensure_ascii=False)
