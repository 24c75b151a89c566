// What somebody does besides reading shortlists: a factory changes a vacancy and is told what is wrong with it; an
// official reads what they are told; an administrator sees what is done later and who is a member; a code that a desk
// gave is tried.

import assert from "node:assert/strict";
import { after, before, describe, test } from "node:test";
import { launchBrowser, newVisitor } from "./lib/browser.mjs";
import { checkPage } from "./lib/checks.mjs";
import { goToVacancies, goToVacancy, LANGUAGES, listedVacancies, signIn } from "./lib/pages.mjs";
import { startDemo } from "./lib/server.mjs";

let demo;
let browser;

before(async () => {
  demo = await startDemo();
  browser = await launchBrowser();
});

after(async () => {
  await browser?.close();
  if (demo) assert.equal(await demo.stop(), 0, "the server's exit code after SIGTERM");
});

/** Runs a journey as a fresh visitor, who complains of nothing but what `expected` matches. */
async function visit({ role, language, width, script, expected }, journey) {
  const visitor = await newVisitor(browser, { base: demo.base, language, width, script });
  const check = () => checkPage(visitor.page, language, { script });
  try {
    await signIn(visitor.page, demo.base, language, demo.logins[role]);
    await journey(visitor.page, check);
    const unexpected = visitor.complaints.filter((complaint) => !expected?.test(complaint));
    assert.deepEqual(unexpected, [], "what the browser complained about");
  } finally {
    await visitor.close();
  }
}

/** From the list into the first vacancy that can be changed, and to its form. */
async function goToForm(page) {
  await goToVacancies(page);
  for (const path of await listedVacancies(page)) {
    await goToVacancy(page, path);
    const edit = page.locator(`a[href="${path}/edit"]`);
    if ((await edit.count()) > 0) {
      await edit.first().click();
      await page.waitForURL((url) => url.pathname === `${path}/edit`);
      return path;
    }
    await goToVacancies(page);
  }
  throw new Error("no listed vacancy can be changed");
}

const save = (page) => page.locator("main form.panel button.btn:not(.alt)").click();

async function changeVacancy(page, check) {
  const path = await goToForm(page);
  await check();
  const posts = page.locator('input[name="headcount"]');
  const before = Number.parseInt(await posts.inputValue(), 10);

  // Two cells are wrong at once: both are named, linked to, and keep what was typed.
  await posts.fill("many");
  await page.locator('input[name="wage_min_minor"]').fill("1.234");
  await save(page);
  await page.locator('[role="alert"], .errors').first().waitFor();
  await check();
  assert.equal(await posts.inputValue(), "many", "what was typed is kept");
  assert.equal(await posts.getAttribute("aria-invalid"), "true");
  const links = await page.locator('a[href="#headcount"], a[href="#wage_min_minor"]').count();
  assert.equal(links, 2, "the summary leads to both cells");

  await posts.fill(String(before + 1));
  await page.locator('input[name="wage_min_minor"]').fill("3000.50");
  await save(page);
  await page.waitForURL((url) => url.pathname === path);
  await check();
  await page.locator(`a[href="${path}/edit"]`).first().click();
  assert.equal(await posts.inputValue(), String(before + 1), "the change is there");
  assert.equal(await page.locator('input[name="wage_min_minor"]').inputValue(), "3000.50");
}

async function readNotices(page, check) {
  await page.locator('a[href="/notifications"]').filter({ visible: true }).first().click();
  await page.waitForURL((url) => url.pathname === "/notifications");
  await check();
  const unread = () => page.locator("ul.notices > li.unread").count();
  const before = await unread();
  assert.ok(before > 0, "the demonstration tells an official something");
  await page.locator("ul.notices > li.unread button").first().click();
  await page.waitForURL((url) => url.pathname === "/notifications");
  assert.equal(await unread(), before - 1, "one fewer is unread");
  await check();
}

async function readJobs(page, check) {
  await page.locator('a[href="/jobs"]').filter({ visible: true }).first().click();
  await page.waitForURL((url) => url.pathname === "/jobs");
  await check();
  await page.locator('select[name="state"]').selectOption("done");
  await page.locator("main form button").first().click();
  await page.waitForURL((url) => url.searchParams.get("state") === "done");
  await check();
}

async function readMembers(page, check) {
  await page.locator('a[href="/members"]').filter({ visible: true }).first().click();
  await page.waitForURL((url) => url.pathname === "/members");
  await check();
  assert.ok((await page.locator('form[action$="/password-resets"] button').count()) > 0, "others can be let in again");
  // The logins of a demonstration are everybody's: nobody changes them.
  await page.locator('form[action$="/password-resets"] button').first().click();
  await page.waitForURL((url) => url.pathname.endsWith("/password-resets"));
  await check();
}

async function useCode(page, check) {
  for (const path of ["/sign-in/link?token=0", "/sign-in/code"]) {
    await page.goto(new URL(path, page.url()).href);
    await check();
  }
  await page.locator('input[name="login"]').fill("nobody");
  await page.locator('input[name="code"]').fill("0000000000");
  await page.locator('input[name="new_password"]').fill("silk on the slipway");
  await page.locator("main form.panel button.btn").click();
  await page.locator('a[href="#code"]').waitFor();
  await check();
}

async function lookAtNumbers(page, check) {
  await page.locator('a[href="/people"]').filter({ visible: true }).first().click();
  await page.waitForURL((url) => url.pathname === "/people");
  await check();
  await page.locator('main a[href^="/people/"]').first().click();
  await page.waitForURL((url) => /^\/people\/[^/]+$/.test(url.pathname));
  await check();
  const numbers = page.locator("section:has(form[action$='/number-readings']) td .code, section:has(#h-numbers) .code");
  assert.ok((await numbers.allInnerTexts()).every((number) => number.includes("*")), "covered at first");
  await page.locator('select[name="purpose"]').selectOption("identity_check");
  await page.locator('form[action$="/number-readings"] button').click();
  await page.waitForURL((url) => url.pathname.endsWith("/number-readings"));
  await check();
  const shown = await numbers.allInnerTexts();
  assert.ok(shown.length > 0 && shown.every((number) => !number.includes("*")), "then in full");
}

const JOURNEYS = [
  // A refused form is an answer of 422, which the console names.
  { what: "a factory changes a vacancy", role: "factory_hr", journey: changeVacancy, expected: /422/ },
  { what: "an official reads what they are told", role: "labour_official", journey: readNotices },
  { what: "an administrator sees the work", role: "administrator", journey: readJobs },
  { what: "an administrator sees the members", role: "administrator", journey: readMembers, expected: /409/ },
  { what: "a registrar looks at numbers", role: "school_registrar", journey: lookAtNumbers },
  { what: "a code that is none is refused", role: "trainee", journey: useCode, expected: /401/ },
];
// Every language, width and both ways of script once, not all with all.
const VISITS = [
  { language: LANGUAGES[0], width: 1280, script: true },
  { language: LANGUAGES[1], width: 360, script: true },
  { language: LANGUAGES[1], width: 1280, script: false },
];

for (const { what, journey, ...who } of JOURNEYS) {
  describe(what, () => {
    for (const how of VISITS) {
      test(`${how.language}, ${how.width} px, ${how.script ? "with" : "without"} script`, () =>
        visit({ ...who, ...how }, journey));
    }
  });
}

async function askForACorrection(page, check, base) {
  await page.goto(`${base}/my-data`);
  await check();
  const form = page.locator('form:has(input[name="kind"][value="correction"])');
  await form.locator('select[name="field"]').selectOption("name_latin");
  await form.locator('input[name="value"]').fill("Lin Xiaoman");
  await form.locator('textarea[name="reason"]').fill("Passport");
  await form.locator("button").click();
  await page.waitForURL((url) => url.pathname === "/my-data");
  await check();
}

describe("what people ask for by right", () => {
  test("a trainee asks on a phone, and the official decides", async () => {
    const language = LANGUAGES[1];
    await visit({ role: "trainee", language, width: 360, script: true }, (page, check) =>
      askForACorrection(page, check, demo.base),
    );
    await visit({ role: "labour_official", language, width: 1280, script: true }, async (page, check) => {
      await page.goto(`${demo.base}/rights-requests`);
      await check();
      await page.locator('main button[name="decision"][value="accept"]').first().click();
      await page.waitForURL((url) => url.pathname === "/rights-requests");
      assert.equal(await page.locator('main button[name="decision"]').count(), 0, "nothing waits any more");
    });
  });
});

/** What the API answers to the login of a role. */
async function api(role, path, body) {
  const ask = async (path, init, token) => {
    const headers = { "content-type": "application/json", ...(token && { authorization: `Bearer ${token}` }) };
    const answer = await fetch(`${demo.base}/api/v1${path}`, { ...init, headers });
    assert.ok(answer.ok, `${path}: ${await answer.clone().text()}`);
    return answer.json();
  };
  const post = (body) => ({ method: "POST", body: JSON.stringify(body) });
  const { login, password } = demo.logins[role];
  const { token } = await ask("/tokens", post({ login, password }));
  return ask(path, body ? post(body) : {}, token);
}

async function settleDuplicates(page, check, base) {
  const pairs = page.locator('main a[href^="/duplicates?one="]');
  const back = page.locator('main form[action$="/withdrawal"] button');
  // The list and the comparison are one address: each is known by what is on it.
  const listed = async (count, why) => {
    await page.locator("#h-said").waitFor();
    await page.waitForLoadState();
    assert.equal(await pairs.count(), count, why);
  };
  await page.goto(`${base}/duplicates`);
  await check();
  const waiting = await pairs.count();
  assert.ok(waiting > 0, "a pair waits");
  await pairs.first().click();
  await page.locator("#h-fields").waitFor();
  await check();
  await page.locator('main button[value="different"]').click();
  await page.locator("#reason-error").waitFor();
  await check();
  await page.locator("#reason").fill("Twins");
  await page.locator('main button[value="different"]').click();
  await listed(waiting - 1, "it was settled");
  await check();
  await back.first().click();
  await page.waitForLoadState();
  await listed(waiting, "and taken back");
  await pairs.first().click();
  await page.locator("#h-fields").waitFor();
  await page.locator('main button[value="same"]').click();
  await listed(waiting - 1, "one human being");
  await back.first().click();
  await page.waitForLoadState();
}

describe("people who are known twice", () => {
  before(async () => {
    const { items } = await api("labour_official", "/people?limit=1");
    const person = { name: "孙巧云", birth_date: "2004-02-03", home_region: items[0].home_region };
    for (const role of ["school_registrar", "labour_official"]) await api(role, "/people", person);
  });
  for (const [language, width, script] of [
    [LANGUAGES[0], 1280, true],
    [LANGUAGES[1], 390, true],
    [LANGUAGES[0], 390, false],
  ]) {
    test(`an official settles a pair, ${language}, ${width} px, ${script ? "with" : "without"} JavaScript`, () =>
      visit({ role: "labour_official", language, width, script, expected: /422/ }, (page, check) =>
        settleDuplicates(page, check, demo.base)));
  }
});
