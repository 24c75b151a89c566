"""How the other side reaches its database. Statements are Core without compilation (`exec_driver_sql`): the drivers
prepare each once a connection. A unit of work is a plain function of a synchronous connection, so that each way of
running it can be tried with the same statements.

RACE_WAY is one of
  asyncpg     PostgreSQL, asynchronous
  aiosqlite   SQLite, asynchronous: a thread for each connection
  threads     SQLite, synchronous, each unit of work in a thread of a pool, as FastAPI runs plain functions
  inline      SQLite, readings in the event loop itself (they are short), writes in one thread of their own

RACE_POOL is how many connections each worker may have.
"""

import asyncio
import datetime
import os
import re
import uuid
from concurrent.futures import ThreadPoolExecutor

from sqlalchemy import create_engine, event
from sqlalchemy.ext.asyncio import create_async_engine
from sqlalchemy.pool import AsyncAdaptedQueuePool, QueuePool

POOL = int(os.environ.get("RACE_POOL", "4"))


class Database:
    """Readings in autocommit, writes in a transaction of their own; on SQLite one writer a process."""

    def __init__(self, url: str, way: str):
        self.way, self.sqlite = way, way != "asyncpg"
        sign = "?" if self.sqlite else "$"
        self._numbered = re.compile(r":(\d)"), sign + r"\1"
        if way == "asyncpg":
            common = {"pool_pre_ping": False, "pool_reset_on_return": None, "max_overflow": 0}
            url = url.replace("postgres://", "postgresql+asyncpg://")
            # prepared_statement_cache_size is 100 by default, more than there are statements.
            self.reader = create_async_engine(url, isolation_level="AUTOCOMMIT", pool_size=POOL, **common)
            self.writer = create_async_engine(url, pool_size=POOL, **common)
        elif way == "aiosqlite":
            self.reader = create_async_engine(
                f"sqlite+aiosqlite:///{url}", poolclass=AsyncAdaptedQueuePool, pool_size=POOL, max_overflow=0
            )
            self.writer = create_async_engine(
                f"sqlite+aiosqlite:///{url}", poolclass=AsyncAdaptedQueuePool, pool_size=1, max_overflow=0
            )
            for engine, readers in ((self.reader.sync_engine, True), (self.writer.sync_engine, False)):
                event.listen(engine, "connect", _prepare_sqlite(readers))
        elif way in ("threads", "inline"):
            args = {"check_same_thread": False, "cached_statements": 256}
            options = {"poolclass": QueuePool, "max_overflow": 0, "pool_reset_on_return": None}
            self.reader = create_engine(f"sqlite:///{url}", connect_args=args, pool_size=POOL, **options)
            self.writer = create_engine(f"sqlite:///{url}", connect_args=args, pool_size=1, **options)
            event.listen(self.reader, "connect", _prepare_sqlite(True))
            event.listen(self.writer, "connect", _prepare_sqlite(False))
            self.threads, self.thread = ThreadPoolExecutor(POOL), ThreadPoolExecutor(1)
        else:
            raise SystemExit(f"RACE_WAY is none: {way}")

    def sql(self, text: str) -> str:
        """A statement with `:1`, `:2`, … as this database writes its parameters."""
        pattern, sign = self._numbered
        return pattern.sub(sign, text)

    async def read(self, work, *args):
        """Runs `work(connection, …)` without a transaction."""
        if self.way == "inline":
            return self._read(work, *args)
        if self.way == "threads":
            return await asyncio.get_running_loop().run_in_executor(self.threads, self._read, work, *args)
        async with self.reader.connect() as connection:
            return await connection.run_sync(work, *args)

    async def write(self, work, *args):
        """Runs `work(connection, …)` in a transaction that is durable when this returns."""
        if self.way in ("threads", "inline"):
            return await asyncio.get_running_loop().run_in_executor(self.thread, self._write, work, *args)
        async with self.writer.begin() as connection:
            if self.sqlite:
                await connection.exec_driver_sql("BEGIN IMMEDIATE")
            return await connection.run_sync(work, *args)

    def _read(self, work, *args):
        with self.reader.connect() as connection:
            return work(connection, *args)

    def _write(self, work, *args):
        with self.writer.begin() as connection:
            connection.exec_driver_sql("BEGIN IMMEDIATE")
            return work(connection, *args)

    def id(self, value: uuid.UUID):
        """An id as the database keeps it."""
        return value.bytes if self.sqlite else value

    def id_of(self, value) -> uuid.UUID:
        """An id from the database."""
        return uuid.UUID(bytes=value) if self.sqlite else value

    def instant(self, value: datetime.datetime):
        return value.isoformat() if self.sqlite else value

    def instant_of(self, value) -> datetime.datetime:
        return datetime.datetime.fromisoformat(value) if self.sqlite else value

    def day(self, value: datetime.date):
        return value.isoformat() if self.sqlite else value

    def day_text(self, value):
        return value if self.sqlite or value is None else value.isoformat()


def _prepare_sqlite(reader: bool):
    def prepare(connection, _record):
        # The driver must not begin by itself: a write begins with IMMEDIATE.
        connection.isolation_level = None
        cursor = connection.cursor()
        for pragma in ("journal_mode=WAL", "synchronous=FULL", "foreign_keys=ON", "secure_delete=ON", "busy_timeout=10000"):
            cursor.execute(f"PRAGMA {pragma}")
        if reader:
            cursor.execute("PRAGMA query_only=ON")
        cursor.close()

    return prepare
