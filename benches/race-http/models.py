"""Ballast's tables as SQLAlchemy's documentation maps them, as far as the race needs them."""

import datetime
import uuid

from sqlalchemy import BigInteger, DateTime, ForeignKey, LargeBinary, Text, Uuid
from sqlalchemy.orm import DeclarativeBase, Mapped, foreign, mapped_column, relationship
from sqlalchemy.types import TypeDecorator


class Id(TypeDecorator):
    """A UUID: its own type on PostgreSQL, 16 bytes on SQLite."""

    impl, cache_ok = LargeBinary, True

    def load_dialect_impl(self, dialect):
        return dialect.type_descriptor(LargeBinary(16) if dialect.name == "sqlite" else Uuid())

    def process_bind_param(self, value, dialect):
        return value.bytes if dialect.name == "sqlite" and value is not None else value

    def process_result_value(self, value, dialect):
        return uuid.UUID(bytes=value) if dialect.name == "sqlite" and value is not None else value


class Instant(TypeDecorator):
    """An instant with its zone: text on SQLite."""

    impl, cache_ok = DateTime, True

    def load_dialect_impl(self, dialect):
        return dialect.type_descriptor(Text() if dialect.name == "sqlite" else DateTime(timezone=True))

    def process_bind_param(self, value, dialect):
        return value.isoformat() if dialect.name == "sqlite" and value is not None else value

    def process_result_value(self, value, dialect):
        return datetime.datetime.fromisoformat(value) if isinstance(value, str) else value


class Base(DeclarativeBase):
    type_annotation_map = {uuid.UUID: Id, datetime.datetime: Instant}


class Organisation(Base):
    __tablename__ = "organisation"
    id: Mapped[uuid.UUID] = mapped_column(primary_key=True)
    status: Mapped[str]


class Membership(Base):
    __tablename__ = "membership"
    id: Mapped[uuid.UUID] = mapped_column(primary_key=True)
    user_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("user.id"))
    organisation_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("organisation.id"))
    role: Mapped[str]
    valid_from: Mapped[datetime.date]
    valid_until: Mapped[datetime.date | None]
    organisation: Mapped[Organisation | None] = relationship()


class User(Base):
    __tablename__ = "user"
    id: Mapped[uuid.UUID] = mapped_column(primary_key=True)
    status: Mapped[str]
    memberships: Mapped[list[Membership]] = relationship(order_by=Membership.id)


class ApiToken(Base):
    __tablename__ = "api_token"
    id: Mapped[uuid.UUID] = mapped_column(primary_key=True)
    user_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("user.id"))
    token_hash: Mapped[bytes]
    expires_at: Mapped[datetime.datetime]
    revoked_at: Mapped[datetime.datetime | None]
    user: Mapped[User] = relationship()


class Framework(Base):
    __tablename__ = "framework"
    id: Mapped[uuid.UUID] = mapped_column(primary_key=True)
    code: Mapped[str]


class Label(Base):
    __tablename__ = "label"
    subject_id: Mapped[uuid.UUID] = mapped_column(primary_key=True)
    language: Mapped[str] = mapped_column(primary_key=True)
    kind: Mapped[str] = mapped_column(primary_key=True)
    ordinal: Mapped[int] = mapped_column(primary_key=True)
    text: Mapped[str]


class Skill(Base):
    __tablename__ = "skill"
    id: Mapped[uuid.UUID] = mapped_column(primary_key=True)
    uri: Mapped[str]
    names: Mapped[list[Label]] = relationship(
        primaryjoin=lambda: (Skill.id == foreign(Label.subject_id)) & (Label.kind == "preferred"), viewonly=True
    )


class OccupationSkill(Base):
    __tablename__ = "occupation_skill"
    occupation_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("occupation.id"), primary_key=True)
    skill_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("skill.id"), primary_key=True)
    relation: Mapped[str] = mapped_column(primary_key=True)
    level: Mapped[int | None]
    skill: Mapped[Skill] = relationship()


class Occupation(Base):
    __tablename__ = "occupation"
    id: Mapped[uuid.UUID] = mapped_column(primary_key=True)
    framework_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("framework.id"))
    uri: Mapped[str]
    code: Mapped[str | None]
    isco_group: Mapped[str | None]
    skill_level: Mapped[int | None]
    esco_uri: Mapped[str | None]
    csco_code: Mapped[str | None]
    revision: Mapped[int] = mapped_column(BigInteger)
    framework: Mapped[Framework] = relationship()
    asked: Mapped[list[OccupationSkill]] = relationship()
    labels: Mapped[list[Label]] = relationship(
        primaryjoin=lambda: Occupation.id == foreign(Label.subject_id),
        order_by=lambda: (Label.language, Label.kind, Label.ordinal),
        viewonly=True,
    )


class PersonTie(Base):
    __tablename__ = "person_tie"
    id: Mapped[uuid.UUID] = mapped_column(primary_key=True)
    organisation_id: Mapped[uuid.UUID]
    person_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("person.id"))
    valid_from: Mapped[datetime.date]
    valid_until: Mapped[datetime.date]


class Person(Base):
    __tablename__ = "person"
    id: Mapped[uuid.UUID] = mapped_column(primary_key=True)
    name: Mapped[str]
    name_latin: Mapped[str | None]
    birth_date: Mapped[datetime.date | None]
    sex: Mapped[str | None]
    home_region_code: Mapped[str | None]
    foreign_worker: Mapped[bool]
    revision: Mapped[int] = mapped_column(BigInteger)
    ties: Mapped[list[PersonTie]] = relationship()


class Site(Base):
    __tablename__ = "site"
    id: Mapped[uuid.UUID] = mapped_column(primary_key=True)
    organisation_id: Mapped[uuid.UUID]
    region_code: Mapped[str]


class VacancyRequirement(Base):
    __tablename__ = "vacancy_requirement"
    id: Mapped[uuid.UUID] = mapped_column(primary_key=True)
    vacancy_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("vacancy.id"))
    skill_id: Mapped[uuid.UUID]
    essential: Mapped[bool]
    level: Mapped[int]
    floor: Mapped[int]
    weight: Mapped[int]
    ordinal: Mapped[int]


class Vacancy(Base):
    __tablename__ = "vacancy"
    id: Mapped[uuid.UUID] = mapped_column(primary_key=True)
    organisation_id: Mapped[uuid.UUID]
    site_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("site.id"))
    occupation_id: Mapped[uuid.UUID]
    reference: Mapped[str]
    title_zh: Mapped[str]
    title_en: Mapped[str]
    headcount: Mapped[int]
    wage_min_minor: Mapped[int] = mapped_column(BigInteger)
    wage_max_minor: Mapped[int] = mapped_column(BigInteger)
    currency: Mapped[str]
    starts_on: Mapped[datetime.date]
    shift_day: Mapped[bool]
    shift_evening: Mapped[bool]
    shift_night: Mapped[bool]
    dormitory: Mapped[bool]
    age_min: Mapped[int | None]
    seed: Mapped[bytes]
    status: Mapped[str]
    closed_on: Mapped[datetime.date | None]
    revision: Mapped[int] = mapped_column(BigInteger)
    requirements: Mapped[list[VacancyRequirement]] = relationship(order_by=VacancyRequirement.ordinal)


class AuditKey(Base):
    __tablename__ = "audit_key"
    subject_id: Mapped[uuid.UUID] = mapped_column(primary_key=True)
    sealed: Mapped[bytes]


class AuditTouch(Base):
    __tablename__ = "audit_touch"
    kind: Mapped[str] = mapped_column(primary_key=True)
    resource_id: Mapped[uuid.UUID] = mapped_column(primary_key=True)
    revision: Mapped[int] = mapped_column(BigInteger, primary_key=True)
    seq: Mapped[int] = mapped_column(ForeignKey("audit_entry.seq"))


class AuditSubject(Base):
    __tablename__ = "audit_subject"
    person_id: Mapped[uuid.UUID] = mapped_column(primary_key=True)
    seq: Mapped[int] = mapped_column(ForeignKey("audit_entry.seq"), primary_key=True)


class AuditCommitment(Base):
    __tablename__ = "audit_commitment"
    seq: Mapped[int] = mapped_column(ForeignKey("audit_entry.seq"), primary_key=True)
    subject_id: Mapped[uuid.UUID] = mapped_column(primary_key=True)
    digest: Mapped[bytes]


class AuditDetail(Base):
    __tablename__ = "audit_detail"
    seq: Mapped[int] = mapped_column(ForeignKey("audit_entry.seq"), primary_key=True)
    subject_id: Mapped[uuid.UUID] = mapped_column(primary_key=True)
    salt: Mapped[bytes]
    sealed: Mapped[bytes]


class AuditEntry(Base):
    __tablename__ = "audit_entry"
    seq: Mapped[int] = mapped_column(BigInteger, primary_key=True, autoincrement=True)
    id: Mapped[uuid.UUID]
    recorded_at: Mapped[datetime.datetime]
    actor_user_id: Mapped[uuid.UUID]
    actor_role: Mapped[str]
    organisation_id: Mapped[uuid.UUID]
    action: Mapped[str]
    resource_kind: Mapped[str]
    resource_id: Mapped[uuid.UUID]
    request_id: Mapped[str]
    header: Mapped[str]
    leaf_hash: Mapped[bytes]
    mac: Mapped[bytes]
    touches: Mapped[list[AuditTouch]] = relationship()
    subjects: Mapped[list[AuditSubject]] = relationship()
    commitments: Mapped[list[AuditCommitment]] = relationship()
    details: Mapped[list[AuditDetail]] = relationship()
