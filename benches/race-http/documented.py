"""The three operations as the documentation of FastAPI and SQLAlchemy writes them: mapped classes, a session a request
by `Depends`, `selectinload`, response models. RACE_POOL is how many connections each worker may have."""

import datetime
import hashlib
import os
import uuid
from typing import Annotated

from fastapi import Depends, FastAPI, Header, HTTPException, Response
from fastapi.security import HTTPAuthorizationCredentials, HTTPBearer
from sqlalchemy import event, func, select
from sqlalchemy.ext.asyncio import AsyncSession, async_sessionmaker, create_async_engine
from sqlalchemy.orm import joinedload, selectinload

import bodies
import models
from audit import Log, timed_id

SHANGHAI = datetime.timezone(datetime.timedelta(hours=8))
# The demonstration's clock stands still on both sides.
NOW = datetime.datetime.fromisoformat(os.environ["RACE_NOW"])
TODAY = NOW.astimezone(SHANGHAI).date()
KINDS, LANGUAGES = {"preferred": 0, "alternative": 1}, {"zh-CN": 0, "en": 1}
DATABASE = os.environ["RACE_DATABASE"]
SQLITE = not DATABASE.startswith("postgres")

url = f"sqlite+aiosqlite:///{DATABASE}" if SQLITE else DATABASE.replace("postgres://", "postgresql+asyncpg://")
engine = create_async_engine(url, pool_size=int(os.environ["RACE_POOL"]), max_overflow=0)
sessions = async_sessionmaker(engine, expire_on_commit=False)
app = FastAPI(openapi_url=None)


@event.listens_for(engine.sync_engine, "connect")
def prepare(connection, _record):
    if SQLITE:
        cursor = connection.cursor()
        for pragma in ("journal_mode=WAL", "synchronous=FULL", "foreign_keys=ON", "secure_delete=ON", "busy_timeout=25000"):
            cursor.execute(f"PRAGMA {pragma}")
        cursor.close()


class Plain:
    """Values as they are: the mapped classes know how the database keeps them."""

    sqlite = SQLITE
    sql = id = instant = day = staticmethod(lambda value: value)


log = Log(Plain, os.environ["RACE_KEYS"])
ENTRY = (
    "id", "recorded_at", "actor_user_id", "actor_role", "organisation_id", "action", "resource_kind", "resource_id",
    "request_id", "header", "leaf_hash", "mac",
)  # fmt: skip


def entry_of(told) -> models.AuditEntry:
    """An entry of the log with what hangs on it, for the session to write."""
    row, touches, subjects, details, _receipt = told
    entry = models.AuditEntry(**dict(zip(ENTRY, row)))
    entry.touches = [models.AuditTouch(kind=kind, resource_id=id, revision=revision) for kind, id, revision in touches]
    entry.subjects = [models.AuditSubject(person_id=id) for id in subjects]
    if details:
        subject, salt, commitment, sealed = details
        entry.commitments = [models.AuditCommitment(subject_id=subject, digest=commitment)]
        entry.details = [models.AuditDetail(subject_id=subject, salt=salt, sealed=sealed)]
    return entry


async def session():
    async with sessions() as opened:
        yield opened


Session = Annotated[AsyncSession, Depends(session)]
Credentials = Annotated[HTTPAuthorizationCredentials, Depends(HTTPBearer())]


class Actor:
    """Who asks; of these logins each has one membership."""

    def __init__(self, membership: models.Membership):
        self.user, self.role = membership.user_id, membership.role
        self.organisation = membership.organisation_id


async def current_actor(session: Session, credentials: Credentials) -> Actor:
    hashed = hashlib.sha256(credentials.credentials.encode()).digest()
    memberships = joinedload(models.ApiToken.user).selectinload(models.User.memberships)
    query = (
        select(models.ApiToken)
        .where(models.ApiToken.token_hash == hashed, models.ApiToken.revoked_at.is_(None))
        .options(memberships.joinedload(models.Membership.organisation))
    )
    token = await session.scalar(query)
    if token is None or token.expires_at <= NOW or token.user.status != "active":
        raise HTTPException(401)
    for membership in token.user.memberships:
        valid = membership.valid_from <= TODAY and (membership.valid_until is None or membership.valid_until >= TODAY)
        if valid and membership.organisation is not None and membership.organisation.status == "active":
            return Actor(membership)
    raise HTTPException(401)


Caller = Annotated[Actor, Depends(current_actor)]


def name_of(names: list[models.Label], language: str, otherwise: str) -> str:
    own = [name.text for name in names if name.language == language]
    return own[0] if own else names[0].text if names else otherwise


@app.get("/api/v1/occupations/{id}", response_model_exclude_none=True)
async def get_occupation(
    id: uuid.UUID, session: Session, _caller: Caller, accept_language: Annotated[str, Header()] = ""
) -> bodies.OccupationDetail:
    language = "en" if accept_language.startswith("en") else "zh-CN"
    asked = selectinload(models.Occupation.asked).joinedload(models.OccupationSkill.skill)
    loaded = [
        joinedload(models.Occupation.framework),
        selectinload(models.Occupation.labels),
        asked.selectinload(models.Skill.names),
    ]
    found = await session.get(models.Occupation, id, options=loaded)
    if found is None:
        raise HTTPException(404)
    preferred = [label for label in found.labels if label.kind == "preferred"]
    skills = [
        bodies.AskedSkill(
            id=asked.skill_id,
            label=name_of(asked.skill.names, language, asked.skill.uri),
            relation=asked.relation,
            level=asked.level,
        )
        for asked in found.asked
    ]
    occupation = bodies.Occupation(
        id=found.id,
        framework=found.framework.code,
        uri=found.uri,
        code=found.code,
        label=name_of(preferred, language, found.uri),
        isco_group=found.isco_group,
        skill_level=found.skill_level,
        esco_uri=found.esco_uri,
        csco_code=found.csco_code,
        revision=found.revision,
    )
    labels = sorted(found.labels, key=lambda l: (KINDS.get(l.kind, 2), LANGUAGES.get(l.language, 2)))
    return bodies.OccupationDetail(
        occupation=occupation,
        labels=[bodies.Label.model_validate(label) for label in labels],
        skills=sorted(skills, key=lambda skill: (skill.relation != "essential", skill.label, str(skill.id))),
    )


@app.get("/api/v1/people/{id}", response_model_exclude_none=True)
async def get_person(id: uuid.UUID, session: Session, caller: Caller, response: Response) -> bodies.Person:
    if caller.role != "school_registrar":
        raise HTTPException(403)
    tied = models.Person.ties.any(
        (models.PersonTie.organisation_id == caller.organisation)
        & (models.PersonTie.valid_from <= TODAY)
        & (models.PersonTie.valid_until >= TODAY)
    )
    person = await session.scalar(select(models.Person).where(models.Person.id == id, tied))
    if person is None:
        raise HTTPException(404)
    told = log.entry(caller, NOW, TODAY, os.urandom(8).hex(), "ReadPerson", "person", id, subjects=[id])
    session.add(entry_of(told))
    await session.commit()
    response.headers["ballast-receipt"] = told[-1]
    return bodies.Person(
        id=person.id,
        name=person.name,
        name_latin=person.name_latin,
        birth_date=person.birth_date,
        sex=person.sex,
        home_region=person.home_region_code,
        foreign_worker=person.foreign_worker,
        revision=person.revision,
    )


async def check(session: AsyncSession, caller: Actor, new: bodies.NewVacancy) -> models.Site:
    """The site of a vacancy that may be posted."""
    site = await session.get(models.Site, new.site_id)
    occupation = await session.get(models.Occupation, new.occupation_id)
    skills = [requirement.skill_id for requirement in new.requirements]
    known = await session.scalar(select(func.count()).select_from(models.Skill).where(models.Skill.id.in_(skills)))
    taken = select(models.Vacancy.id).where(
        models.Vacancy.organisation_id == caller.organisation, models.Vacancy.reference == new.reference
    )
    if await session.scalar(taken) is not None:
        raise HTTPException(409)
    found = site is not None and site.organisation_id == caller.organisation and occupation is not None
    if not found or known != len(skills) or not new.coherent():
        raise HTTPException(422)
    return site


def told_of(row: models.Vacancy) -> dict:
    """A vacancy as the log tells it."""
    columns = [column.key for column in models.Vacancy.__table__.columns if column.key != "seed"]
    values = {column: getattr(row, column) for column in columns}
    return {name: str(value) if isinstance(value, uuid.UUID) else value for name, value in values.items()}


@app.post("/api/v1/vacancies", status_code=201, response_model_exclude_none=True)
async def create_vacancy(
    new: bodies.NewVacancy, session: Session, caller: Caller, response: Response
) -> bodies.Vacancy:
    if caller.role != "factory_hr":
        raise HTTPException(403)
    site = await check(session, caller, new)
    key = await session.get(models.AuditKey, caller.organisation)
    row = models.Vacancy(
        **new.model_dump(exclude={"shifts", "requirements"}),
        id=timed_id(NOW),
        organisation_id=caller.organisation,
        currency="CNY",
        shift_day="day" in new.shifts,
        shift_evening="evening" in new.shifts,
        shift_night="night" in new.shifts,
        seed=os.urandom(16),
        status="open",
        revision=1,
    )
    row.requirements = [
        models.VacancyRequirement(**asked.model_dump(), id=timed_id(NOW), ordinal=n)
        for n, asked in enumerate(new.requirements)
    ]
    change = [{"after": told_of(row), "before": None, "id": str(row.id), "kind": "vacancy"}]
    told = log.entry(
        caller, NOW, TODAY, os.urandom(8).hex(), "ManageVacancy", "organisation", caller.organisation,
        [("vacancy", row.id, 1)], values=(caller.organisation, key.sealed, change),
    )  # fmt: skip
    session.add_all([row, entry_of(told)])
    await session.commit()
    response.headers["ballast-receipt"] = told[-1]
    return bodies.Vacancy(
        **new.model_dump(exclude={"shifts", "requirements"}),
        id=row.id,
        organisation_id=row.organisation_id,
        region=site.region_code,
        currency=row.currency,
        shifts=[shift for shift in ("day", "evening", "night") if getattr(row, f"shift_{shift}")],
        status=row.status,
        requirements=new.requirements,
        revision=row.revision,
    )
