// A client that openapi-typescript and openapi-fetch make of the API's document, against the server at BALLAST_URL, a
// demonstration. What is not in the document does not compile here.

import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import { before, test } from "node:test";
import createClient, { type Client } from "openapi-fetch";
import type { components, paths } from "./generated/ballast.js";

type Vacancy = components["schemas"]["Vacancy"];
type VacancyInput = components["schemas"]["VacancyInput"];

const BASE = `${process.env["BALLAST_URL"]}/api/v1`;
const PASSWORD = process.env["BALLAST_PASSWORD"] ?? "";

let factory: Client<paths>;
let vacancies: Vacancy[];

before(async () => {
  const nobody = createClient<paths>({ baseUrl: BASE });
  const { data, error } = await nobody.POST("/tokens", { body: { login: "factory", password: PASSWORD } });
  assert.equal(error, undefined);
  assert.match(data?.token ?? "", /^blst_[0-9a-f]{64}$/);
  factory = createClient<paths>({ baseUrl: BASE, headers: { Authorization: `Bearer ${data?.token}` } });
  vacancies = await all();
});

/** All vacancies, two a page, by the cursor of the page before. */
async function all(): Promise<Vacancy[]> {
  const found: Vacancy[] = [];
  let cursor: string | undefined;
  do {
    const query = { limit: 2, ...(cursor === undefined ? {} : { cursor }) };
    const { data } = await factory.GET("/vacancies", { params: { query } });
    assert.ok(data && data.items.length > 0 && data.items.length <= 2);
    found.push(...data.items);
    cursor = data.next_cursor;
  } while (cursor !== undefined);
  return found;
}

function open(): Vacancy {
  const found = vacancies.find((vacancy) => vacancy.status === "open");
  assert.ok(found);
  return found;
}

/** A vacancy like another, to be posted under a reference of its own. */
function like(vacancy: Vacancy, reference: string): VacancyInput {
  const { site_id, occupation_id, title_zh, title_en, headcount, starts_on, shifts, dormitory } = vacancy;
  const { wage_min_minor, wage_max_minor, requirements } = vacancy;
  const work = { site_id, occupation_id, title_zh, title_en, headcount, starts_on, shifts, dormitory };
  return { ...work, reference, wage_min_minor, wage_max_minor, requirements };
}

test("no type is left open", async () => {
  const types = await readFile(new URL("ballast.d.ts", import.meta.url), "utf8");
  const lines = types.split("\n").filter((line) => !/^\s*(\/?\*|\/\/)/.test(line));
  const opened = lines.filter((line) => /(: |\| |<)(unknown|any)\b/.test(line));
  // Headers that the document does not name are there all the same.
  assert.deepEqual(opened.filter((line) => line.trim() !== "[name: string]: unknown;"), []);
  assert.ok(opened.length > 100);
});

test("a list is read to its end, page by page, each row once", async () => {
  const { data } = await factory.GET("/vacancies", { params: { query: { limit: 1, with_total: true } } });
  assert.ok(data?.total !== undefined && data.total > 2);
  assert.equal(vacancies.length, data.total);
  assert.equal(new Set(vacancies.map((vacancy) => vacancy.id)).size, data.total);
});

test("who has a row already is told so by its tag", async () => {
  const path = { id: open().id };
  const { data, response } = await factory.GET("/vacancies/{id}", { params: { path } });
  const tag = response.headers.get("ETag");
  assert.ok(data && tag);
  assert.match(tag, new RegExp(`^"${data.revision}-`));
  const header = { "If-None-Match": tag };
  const again = await factory.GET("/vacancies/{id}", { params: { path, header } });
  assert.equal(again.response.status, 304);
});

test("a change takes the tag that was seen, and a stale one is refused", async () => {
  const path = { id: open().id };
  const { data: seen, response } = await factory.GET("/vacancies/{id}", { params: { path } });
  const tag = response.headers.get("ETag");
  assert.ok(seen && tag);
  const change = { params: { path, header: { "If-Match": tag } }, body: { headcount: seen.headcount + 1 } };
  const changed = await factory.PATCH("/vacancies/{id}", change);
  assert.equal(changed.data?.headcount, seen.headcount + 1);
  assert.notEqual(changed.response.headers.get("ETag"), tag);
  const stale = await factory.PATCH("/vacancies/{id}", change);
  assert.equal(stale.response.status, 412);
  assert.equal(stale.error?.code, "stale");
});

test("a retried request has its effect once", async () => {
  const header = { "Idempotency-Key": "typescript-0001" };
  const body = like(open(), "TS-1");
  const first = await factory.POST("/vacancies", { params: { header }, body });
  assert.equal(first.response.status, 201);
  assert.equal(first.response.headers.get("Idempotency-Replayed"), null);
  const second = await factory.POST("/vacancies", { params: { header }, body });
  assert.equal(second.response.headers.get("Idempotency-Replayed"), "true");
  assert.ok(first.data && first.data.id === second.data?.id);
  const other = await factory.POST("/vacancies", { params: { header }, body: like(open(), "TS-2") });
  assert.equal(other.response.status, 422);
  assert.equal(other.error?.code, "idempotency_key_reused");
});

test("every wrong field is named, with a stable code", async () => {
  const body = { ...like(open(), "TS-3"), title_en: "", headcount: 0, wage_min_minor: -1 };
  const { error, response } = await factory.POST("/vacancies", { body });
  assert.equal(response.status, 422);
  assert.equal(error?.code, "invalid");
  const wrong = error.errors.map((field) => `${field.pointer} ${field.code}`).sort();
  assert.deepEqual(wrong, ["/headcount out_of_range", "/title_en required", "/wage_min_minor out_of_range"]);
});

test("a parameter out of its limits is a problem", async () => {
  const { error, response } = await factory.GET("/vacancies", { params: { query: { limit: 0 } } });
  assert.equal(response.status, 400);
  assert.equal(error?.code, "bad_parameter");
  assert.equal(error.errors[0]?.pointer, "limit");
});

test("nobody is told what is wrong, in the language that was asked for", async () => {
  const nobody = createClient<paths>({ baseUrl: BASE });
  const { error, response } = await nobody.GET("/me", { params: { query: { lang: "en" } } });
  assert.equal(response.status, 401);
  assert.equal(response.headers.get("WWW-Authenticate"), "Bearer");
  assert.equal(error?.code, "unauthenticated");
  assert.match(error.title, /^[A-Z]/);
});
