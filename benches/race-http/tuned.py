"""The three operations tuned by hand, the fastest that was found: statements without the mapping layer, no response
models, bytes from orjson. What they answer is compared with Ballast's answers."""

import dataclasses
import datetime
import hashlib
import os
import uuid
from typing import Annotated

import orjson
from fastapi import FastAPI, Header, Request, Response

from audit import Log, timed_id
from bodies import NewVacancy
from database import Database

SHANGHAI = datetime.timezone(datetime.timedelta(hours=8))
db = Database(os.environ["RACE_DATABASE"], os.environ["RACE_WAY"])
log = Log(db, os.environ["RACE_KEYS"])
# The demonstration's clock stands still on both sides.
NOW = datetime.datetime.fromisoformat(os.environ["RACE_NOW"])
TODAY = NOW.astimezone(SHANGHAI).date()
app = FastAPI(openapi_url=None)


@dataclasses.dataclass(slots=True)
class Actor:
    """Who asks; of these logins each has one membership."""

    user: uuid.UUID
    role: str
    organisation: uuid.UUID


class Refused(Exception):
    """Ends a request with a status."""

    def __init__(self, status: int):
        self.status = status


@app.exception_handler(Refused)
async def refused(_request: Request, error: Refused):
    return Response(status_code=error.status)


def answer(body, status=200, receipt=None):
    headers = {"ballast-receipt": receipt} if receipt else None
    return Response(orjson.dumps(body), status, headers, "application/json")


AUTH = db.sql(
    'SELECT u.id, m.role, m.organisation_id, t.expires_at FROM api_token t JOIN "user" u ON u.id = t.user_id'
    " JOIN membership m ON m.user_id = u.id JOIN organisation o ON o.id = m.organisation_id"
    " WHERE t.token_hash = :1 AND t.revoked_at IS NULL AND u.status = 'active' AND o.status = 'active'"
    " AND m.valid_from <= :2 AND (m.valid_until IS NULL OR m.valid_until >= :2) ORDER BY m.id"
)


def authenticate(connection, token_hash: bytes) -> Actor:
    row = connection.exec_driver_sql(AUTH, (token_hash, db.day(TODAY))).first()
    if row is None or db.instant_of(row[3]) <= NOW:
        raise Refused(401)
    return Actor(db.id_of(row[0]), row[1], db.id_of(row[2]))


def token_hash(request: Request) -> bytes:
    scheme, _, token = request.headers.get("authorization", "").partition(" ")
    if scheme.lower() != "bearer":
        raise Refused(401)
    return hashlib.sha256(token.encode()).digest()


# Reading an occupation ---------------------------------------------------------------------------------------

OCCUPATION = db.sql(
    "SELECT o.id, f.code, o.uri, o.code, o.isco_group, o.skill_level, o.esco_uri, o.csco_code, o.revision"
    " FROM occupation o JOIN framework f ON f.id = o.framework_id WHERE o.id = :1"
)
SKILLS = db.sql(
    "SELECT s.skill_id, s.relation, s.level, l.language, l.text FROM occupation_skill s"
    " LEFT JOIN label l ON l.subject_id = s.skill_id AND l.kind = 'preferred' WHERE s.occupation_id = :1"
)
LABELS = db.sql("SELECT language, kind, text FROM label WHERE subject_id = :1 ORDER BY language, kind, ordinal")
KINDS = {"preferred": 0, "alternative": 1}
LANGUAGES = {"zh-CN": 0, "en": 1}


def name_of(labels: list, language: str, otherwise: str) -> str:
    own = [text for given, text in labels if given == language]
    return own[0] if own else labels[0][1] if labels else otherwise


def read_occupation(connection, hashed: bytes, id: uuid.UUID, language: str):
    authenticate(connection, hashed)
    key = (db.id(id),)
    row = connection.exec_driver_sql(OCCUPATION, key).first()
    if row is None:
        raise Refused(404)
    labels = connection.exec_driver_sql(LABELS, key).all()
    asked = {}
    for skill, relation, level, given, text in connection.exec_driver_sql(SKILLS, key).all():
        asked.setdefault((skill, relation), (level, []))[1].append((given, text))
    skills = []
    for (skill, relation), (level, names) in asked.items():
        skill = {"id": str(db.id_of(skill)), "label": name_of(names, language, ""), "relation": relation, "level": level}
        skills.append(skill if level is not None else {k: v for k, v in skill.items() if k != "level"})
    skills.sort(key=lambda s: (s["relation"] != "essential", s["label"], s["id"]))
    names = ("id", "framework", "uri", "code", "isco_group", "skill_level", "esco_uri", "csco_code", "revision")
    occupation = {name: value for name, value in zip(names, row) if value is not None}
    occupation["id"] = str(id)
    preferred = [(given, text) for given, kind, text in labels if kind == "preferred"]
    occupation["label"] = name_of(preferred, language, row[2])
    labels = sorted(labels, key=lambda l: (KINDS.get(l[1], 2), LANGUAGES.get(l[0], 2)))
    labels = [{"language": given, "kind": kind, "text": text} for given, kind, text in labels]
    return {"occupation": occupation, "labels": labels, "skills": skills}


@app.get("/api/v1/occupations/{id}")
async def get_occupation(request: Request, id: uuid.UUID, accept_language: Annotated[str, Header()] = ""):
    language = "en" if accept_language.startswith("en") else "zh-CN"
    return answer(await db.read(read_occupation, token_hash(request), id, language))


# Reading a person, which is logged -----------------------------------------------------------------------------

PERSON = db.sql(
    "SELECT p.name, p.name_latin, p.birth_date, p.sex, p.home_region_code, p.foreign_worker, p.revision FROM person p"
    " WHERE p.id = :1 AND p.id IN (SELECT t.person_id FROM person_tie t WHERE t.organisation_id = :2"
    " AND t.valid_from <= :3 AND t.valid_until >= :3)"
)


def read_person(connection, hashed: bytes, id: uuid.UUID):
    actor = authenticate(connection, hashed)
    if actor.role != "school_registrar":
        raise Refused(403)
    key = (db.id(id), db.id(actor.organisation), db.day(TODAY))
    row = connection.exec_driver_sql(PERSON, key).first()
    if row is None:
        raise Refused(404)
    return actor, row


@app.get("/api/v1/people/{id}")
async def get_person(request: Request, id: uuid.UUID):
    actor, row = await db.read(read_person, token_hash(request), id)
    entry = log.entry(actor, NOW, TODAY, os.urandom(8).hex(), "ReadPerson", "person", id, subjects=[id])
    await db.write(log.write, entry)
    names = ("name", "name_latin", "birth_date", "sex", "home_region", "foreign_worker", "revision")
    person = {name: value for name, value in zip(names, row) if value is not None}
    if "birth_date" in person:
        person["birth_date"] = db.day_text(person["birth_date"])
    return answer({"id": str(id), **person, "foreign_worker": bool(row[5])}, receipt=entry[-1])


# Posting a vacancy ----------------------------------------------------------------------------------------------


KNOWN = (
    "SELECT (SELECT region_code FROM site WHERE id = {0} AND organisation_id = {1}),"
    " (SELECT 1 FROM occupation WHERE id = {2}),"
    " (SELECT 1 FROM vacancy WHERE organisation_id = {1} AND reference = {3}),"
    " (SELECT count(*) FROM skill WHERE id IN ({4}))"
)
VACANCY_COLUMNS = (
    "id, organisation_id, site_id, occupation_id, reference, title_zh, title_en, headcount, wage_min_minor,"
    " wage_max_minor, currency, starts_on, shift_day, shift_evening, shift_night, dormitory, age_min, seed, status,"
    " closed_on, revision"
)
REQUIREMENT_COLUMNS = "id, vacancy_id, skill_id, essential, level, floor, weight, ordinal"
made: dict[tuple, str] = {}


def mark(n: int) -> str:
    return f"?{n}" if db.sqlite else f"${n}"


def known_sql(skills: int) -> str:
    if ("known", skills) not in made:
        marks = ", ".join(mark(5 + n) for n in range(skills))
        made["known", skills] = KNOWN.format(*(mark(n) for n in range(1, 5)), marks)
    return made["known", skills]


def insert_sql(table: str, columns: str, rows: int) -> str:
    if (table, rows) not in made:
        width = columns.count(",") + 1
        of = lambda row: "(" + ", ".join(mark(row * width + n + 1) for n in range(width)) + ")"
        made[table, rows] = f"INSERT INTO {table} ({columns}) VALUES " + ", ".join(of(row) for row in range(rows))
    return made[table, rows]


def check_vacancy(connection, hashed: bytes, new: NewVacancy):
    actor = authenticate(connection, hashed)
    if actor.role != "factory_hr":
        raise Refused(403)
    skills = {requirement.skill_id for requirement in new.requirements}
    key = (db.id(new.site_id), db.id(actor.organisation), db.id(new.occupation_id), new.reference)
    found = connection.exec_driver_sql(known_sql(len(skills)), (*key, *map(db.id, skills))).one()
    if found[2] is not None:
        raise Refused(409)
    if found[0] is None or found[1] is None or found[3] != len(skills) or not new.coherent():
        raise Refused(422)
    return actor, found[0], log.sealed_key(connection, actor.organisation)


def write_vacancy(connection, vacancy, requirements, count, entry):
    connection.exec_driver_sql(insert_sql("vacancy", VACANCY_COLUMNS, 1), vacancy)
    connection.exec_driver_sql(insert_sql("vacancy_requirement", REQUIREMENT_COLUMNS, count), requirements)
    log.write(connection, entry)


@app.post("/api/v1/vacancies")
async def create_vacancy(request: Request, new: NewVacancy):
    actor, region, sealed_key = await db.read(check_vacancy, token_hash(request), new)
    id, factory = timed_id(NOW), actor.organisation
    has = {shift: shift in new.shifts for shift in ("day", "evening", "night")}
    vacancy = (
        db.id(id), db.id(factory), db.id(new.site_id), db.id(new.occupation_id), new.reference, new.title_zh,
        new.title_en, new.headcount, new.wage_min_minor, new.wage_max_minor, "CNY", db.day(new.starts_on), *has.values(),
        new.dormitory, new.age_min, os.urandom(16), "open", None, 1,
    )
    requirements = []
    for n, asked in enumerate(new.requirements):
        requirements += (db.id(timed_id(NOW)), db.id(id), db.id(asked.skill_id), asked.essential)
        requirements += (asked.level, asked.floor, asked.weight, n)
    told = {
        "id": str(id), "organisation_id": str(factory), "site_id": str(new.site_id),
        "occupation_id": str(new.occupation_id), "reference": new.reference, "title_zh": new.title_zh,
        "title_en": new.title_en, "headcount": new.headcount, "wage_min_minor": new.wage_min_minor,
        "wage_max_minor": new.wage_max_minor, "currency": "CNY", "starts_on": new.starts_on.isoformat(),
        "shift_day": has["day"], "shift_evening": has["evening"], "shift_night": has["night"],
        "dormitory": new.dormitory, "age_min": new.age_min, "status": "open", "closed_on": None, "revision": 1,
    }
    told = [{"after": told, "before": None, "id": str(id), "kind": "vacancy"}]
    entry = log.entry(
        actor, NOW, TODAY, os.urandom(8).hex(), "ManageVacancy", "organisation", factory, [("vacancy", id, 1)],
        values=(factory, sealed_key, told),
    )
    await db.write(write_vacancy, vacancy, tuple(requirements), len(new.requirements), entry)
    body = {
        "id": str(id),
        "organisation_id": str(factory),
        "site_id": str(new.site_id),
        "region": region,
        "occupation_id": str(new.occupation_id),
        "reference": new.reference,
        "title_zh": new.title_zh,
        "title_en": new.title_en,
        "headcount": new.headcount,
        "wage_min_minor": new.wage_min_minor,
        "wage_max_minor": new.wage_max_minor,
        "currency": "CNY",
        "starts_on": new.starts_on.isoformat(),
        "shifts": [shift for shift, taken in has.items() if taken],
        "dormitory": new.dormitory,
        "status": "open",
        "requirements": [
            {
                "skill_id": str(asked.skill_id),
                "essential": asked.essential,
                "level": asked.level,
                "floor": asked.floor,
                "weight": asked.weight,
            }
            for asked in new.requirements
        ],
        "revision": 1,
    }
    if new.age_min is not None:
        body["age_min"] = new.age_min
    return answer(body, 201, entry[-1])
