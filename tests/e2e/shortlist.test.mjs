// The main journey: sign in, find a vacancy, read its shortlist; as a factory and as an official, on a desk and on a phone,
// in both languages, with script and without, in a light and a dark scheme.

import assert from "node:assert/strict";
import { after, before, describe, test } from "node:test";
import { launchBrowser, newVisitor } from "./lib/browser.mjs";
import { checkPage } from "./lib/checks.mjs";
import { findShortlist, goToShortlist, goToVacancies, goToVacancy, LANGUAGES, people, signIn, WORDS } from "./lib/pages.mjs";
import { startDemo } from "./lib/server.mjs";

const WIDTHS = [1280, 360];
const ROLES = ["factory_hr", "labour_official"];

let demo;
let browser;

before(async () => {
  demo = await startDemo();
  browser = await launchBrowser();
});

after(async () => {
  await browser?.close();
  // The server ends by itself when asked to, so that a restart loses nothing.
  if (demo) assert.equal(await demo.stop(), 0, "the server's exit code after SIGTERM");
});

async function checkSignInForm(page) {
  for (const name of ["login", "password"]) {
    const labels = await page.locator(`input[name="${name}"]`).evaluate((input) => input.labels.length);
    assert.equal(labels, 1, `labels of the field ${name}`);
  }
}

/** The arithmetic that a reader can redo from the page, and the order of the list. */
async function checkShortlist(page, language) {
  const listed = await people(page);
  for (const { who, score, addends, total, hasChart } of listed) {
    assert.notEqual(who, "", "every row says whom it is about");
    assert.ok(addends.length > 0, `${who} has a table of addends`);
    assert.equal(addends.reduce((sum, addend) => sum + addend, 0), score, `the addends of ${who} sum to the score`);
    assert.equal(total, score, `the total under the addends of ${who}`);
    assert.ok(hasChart, `${who} has a chart with a title`);
  }
  const scores = listed.map((person) => person.score);
  assert.deepEqual(scores, scores.toSorted((a, b) => b - a), "the best come first");
  assert.equal(new Set(listed.map((person) => person.who)).size, listed.length, "nobody is listed twice");

  const words = WORDS[language];
  const headings = (await page.locator("h1, h2").allTextContents()).join("\n");
  for (const [name, word] of Object.entries(words)) assert.match(headings, word, `a heading for "${name}"`);
}

async function journey({ role, language, width, script }) {
  const visitor = await newVisitor(browser, { base: demo.base, language, width, script });
  const { page } = visitor;
  const check = () => checkPage(page, language, { script });
  try {
    await page.goto(`${demo.base}/sign-in?lang=${language}`);
    await checkSignInForm(page);
    await check();
    await signIn(page, demo.base, language, demo.logins[role]);
    await check();
    await goToVacancies(page);
    await check();
    const vacancy = await findShortlist(page);
    await checkShortlist(page, language);
    await check();
    await goToVacancies(page);
    await goToVacancy(page, vacancy);
    await check();
    // A reader can come back to the list, and it is still the same.
    await goToShortlist(page, vacancy);
    await checkShortlist(page, language);
    assert.deepEqual(visitor.complaints, [], "what the browser complained about");
  } finally {
    await visitor.close();
  }
}

for (const script of [true, false]) {
  describe(`from the sign-in to a shortlist, ${script ? "with" : "without"} script`, () => {
    for (const role of ROLES) {
      for (const language of LANGUAGES) {
        for (const width of WIDTHS) {
          test(`${role}, ${language}, ${width} px`, () => journey({ role, language, width, script }));
        }
      }
    }
  });
}

test("a visitor who is not signed in is asked to sign in", async () => {
  const visitor = await newVisitor(browser, { base: demo.base, language: "en", width: 1280, script: true });
  try {
    await visitor.page.goto(`${demo.base}/vacancies`);
    assert.equal(new URL(visitor.page.url()).pathname, "/sign-in");
  } finally {
    await visitor.close();
  }
});
