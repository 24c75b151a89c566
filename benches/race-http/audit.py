"""Entries of the log as Ballast writes them: canonical header, SHA-256 leaf, HMAC-SHA-256, touches, subjects, and the
values before and after, committed to and sealed under the key of whom they are about (XChaCha20-Poly1305).
`ballast audit verify` accepts what this writes; the race ends by asking it."""

import hashlib
import hmac
import os
import tomllib
import uuid

import nacl.bindings
import orjson


def parts(*values: bytes) -> bytes:
    """Each part behind its length in eight bytes."""
    return b"".join(len(value).to_bytes(8, "big") + value for value in values)


def timed_id(now) -> uuid.UUID:
    """UUID version 7."""
    number = (int(now.timestamp() * 1000) << 80) | int.from_bytes(os.urandom(10), "big")
    number = (number & ~(0xF << 76)) | (0x7 << 76)
    return uuid.UUID(int=(number & ~(0x3 << 62)) | (0x2 << 62))


class Log:
    """Writes entries."""

    def __init__(self, database, key_file: str):
        self.db = database
        with open(key_file, "rb") as file:
            keys = tomllib.load(file)
        self.key, self.secret = bytes.fromhex(keys["log_key"]), bytes.fromhex(keys["secret_key"])
        self.key_id = keys["key_id"]
        self.insert_entry = database.sql(
            "INSERT INTO audit_entry (id, recorded_at, actor_user_id, actor_role, organisation_id, action,"
            " resource_kind, resource_id, request_id, header, leaf_hash, mac)"
            + (" VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12)" if database.sqlite else
               " VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12)")
            + " RETURNING seq"
        )
        self.insert_touch = database.sql(
            "INSERT INTO audit_touch (kind, resource_id, revision, seq) VALUES (:1, :2, :3, :4)"
        )
        self.find_key = database.sql(
            "SELECT sealed FROM audit_key WHERE subject_id = :1"
            " AND NOT EXISTS (SELECT 1 FROM audit_erasure WHERE subject_id = :1)"
        )
        self.insert_commitment = database.sql(
            "INSERT INTO audit_commitment (seq, subject_id, digest) VALUES (:1, :2, :3)"
        )
        self.insert_detail = database.sql(
            "INSERT INTO audit_detail (seq, subject_id, salt, sealed) VALUES (:1, :2, :3, :4)"
        )
        self.insert_subject = database.sql("INSERT INTO audit_subject (person_id, seq) VALUES (:1, :2)")

    def sealed_key(self, connection, subject: uuid.UUID):
        """The key of a subject as it is stored. In these races it is there, and nobody is erased."""
        return connection.exec_driver_sql(self.find_key, (self.db.id(subject),)).scalar_one()

    def seal(self, entry: uuid.UUID, subject: uuid.UUID, sealed_key: bytes, values):
        """Salt, commitment and ciphertext of the values about a subject."""
        place = f"audit_key|sealed|{subject}|{self.key_id}".encode()
        key = nacl.bindings.crypto_aead_xchacha20poly1305_ietf_decrypt(
            sealed_key[24:], place, sealed_key[:24], self.secret
        )
        payload, salt, nonce = orjson.dumps(values, option=orjson.OPT_SORT_KEYS), os.urandom(32), os.urandom(24)
        place = f"audit_detail|sealed|{entry}|{subject}".encode()
        sealed = nacl.bindings.crypto_aead_xchacha20poly1305_ietf_encrypt(payload, place, nonce, key)
        return salt, hashlib.sha256(salt + payload).digest(), nonce + sealed

    def entry(self, actor, now, today, request_id, action, kind, resource, touches=(), subjects=(), values=None):
        """What `write` needs, worked out before the transaction begins. `values` are (whose, their sealed key, what)."""
        db, id, details = self.db, timed_id(now), None
        header = {
            "action": action,
            "actor": str(actor.user),
            "id": str(id),
            "organisation": str(actor.organisation),
            "recorded_at": now.strftime("%Y-%m-%dT%H:%M:%S.%fZ"),
            "request_id": request_id,
            "resource": {"id": str(resource), "kind": kind},
            "role": actor.role,
            "valid_on": today.isoformat(),
        }
        if values:
            subject, sealed_key, told = values
            salt, commitment, sealed = self.seal(id, subject, sealed_key, told)
            details = (db.id(subject), salt, commitment, sealed)
            digest = hashlib.sha256(parts(subject.bytes, commitment)).hexdigest()
            header["details"] = {"count": 1, "sha256": digest}
        if touches:
            told = sorted((kind, id.bytes, revision) for kind, id, revision in touches)
            data = b"".join(parts(kind.encode(), id, revision.to_bytes(8, "big")) for kind, id, revision in told)
            header["touches"] = {"count": len(told), "sha256": hashlib.sha256(data).hexdigest()}
        if subjects:
            data = b"".join(parts(id.bytes) for id in sorted(subjects))
            header["subjects"] = {"count": len(subjects), "sha256": hashlib.sha256(data).hexdigest()}
        # All of it is ASCII, and no number is a fraction: sorted keys are RFC 8785.
        header = orjson.dumps(header, option=orjson.OPT_SORT_KEYS)
        leaf = hashlib.sha256(b"\x00" + header).digest()
        mac = hmac.digest(self.key, parts(b"audit_entry", leaf), "sha256")
        row = (
            db.id(id), db.instant(now), db.id(actor.user), actor.role, db.id(actor.organisation), action,
            kind, db.id(resource), request_id, header.decode(), leaf, mac,
        )
        touched = [(kind, db.id(id), revision) for kind, id, revision in touches]
        return row, touched, [db.id(id) for id in subjects], details, f"{id} {leaf.hex()}"

    def write(self, connection, entry):
        """Inserts an entry with what hangs on it."""
        row, touches, subjects, details, _receipt = entry
        seq = connection.exec_driver_sql(self.insert_entry, row).scalar_one()
        for touch in touches:
            connection.exec_driver_sql(self.insert_touch, (*touch, seq))
        for subject in subjects:
            connection.exec_driver_sql(self.insert_subject, (subject, seq))
        if details:
            subject, salt, commitment, sealed = details
            connection.exec_driver_sql(self.insert_commitment, (seq, subject, commitment))
            connection.exec_driver_sql(self.insert_detail, (seq, subject, salt, sealed))
