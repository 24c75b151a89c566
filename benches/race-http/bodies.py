"""The bodies of the race's operations: what is asked for is checked by these on both ways of writing the other side;
what is answered has a model where FastAPI's documentation asks for one."""

import datetime
import uuid
from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field


class Requirement(BaseModel):
    model_config = ConfigDict(extra="forbid", from_attributes=True)
    skill_id: uuid.UUID
    essential: bool
    level: Annotated[int, Field(ge=1, le=7)]
    floor: Annotated[int, Field(ge=0, le=7)]
    weight: Annotated[int, Field(ge=1, le=1000)]


class NewVacancy(BaseModel):
    model_config = ConfigDict(extra="forbid")
    site_id: uuid.UUID
    occupation_id: uuid.UUID
    reference: Annotated[str, Field(min_length=1, max_length=64)]
    title_zh: Annotated[str, Field(min_length=1, max_length=200)]
    title_en: Annotated[str, Field(min_length=1, max_length=200)]
    headcount: Annotated[int, Field(ge=1, le=10_000)]
    wage_min_minor: Annotated[int, Field(ge=0)]
    wage_max_minor: Annotated[int, Field(ge=0)]
    starts_on: datetime.date
    shifts: Annotated[list[Literal["day", "evening", "night"]], Field(min_length=1, max_length=3)]
    dormitory: bool
    age_min: Annotated[int | None, Field(ge=16, le=60)] = None
    requirements: Annotated[list[Requirement], Field(min_length=1, max_length=20)]

    def coherent(self) -> bool:
        """What no single field says."""
        asked = self.requirements
        right = self.wage_min_minor <= self.wage_max_minor and len({r.skill_id for r in asked}) == len(asked)
        right = right and any(r.essential for r in asked)
        return right and all(r.essential == (r.floor >= 1) and r.floor <= r.level for r in asked)


class Vacancy(BaseModel):
    id: uuid.UUID
    organisation_id: uuid.UUID
    site_id: uuid.UUID
    region: str
    occupation_id: uuid.UUID
    reference: str
    title_zh: str
    title_en: str
    headcount: int
    wage_min_minor: int
    wage_max_minor: int
    currency: str
    starts_on: datetime.date
    shifts: list[str]
    dormitory: bool
    age_min: int | None
    status: str
    requirements: list[Requirement]
    revision: int


class Person(BaseModel):
    id: uuid.UUID
    name: str
    name_latin: str | None
    birth_date: datetime.date | None
    sex: str | None
    home_region: str | None
    foreign_worker: bool
    revision: int


class Occupation(BaseModel):
    id: uuid.UUID
    framework: str
    uri: str
    code: str | None
    label: str
    isco_group: str | None
    skill_level: int | None
    esco_uri: str | None
    csco_code: str | None
    revision: int


class Label(BaseModel):
    model_config = ConfigDict(from_attributes=True)
    language: str
    kind: str
    text: str


class AskedSkill(BaseModel):
    id: uuid.UUID
    label: str
    relation: str
    level: int | None


class OccupationDetail(BaseModel):
    occupation: Occupation
    labels: list[Label]
    skills: list[AskedSkill]
