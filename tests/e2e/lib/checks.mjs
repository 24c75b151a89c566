// What every page of every journey keeps to.

import assert from "node:assert/strict";
import { overflow, violations } from "./browser.mjs";

/** Its language, one heading of the first level, a title, nothing sideways, and nothing that axe finds in either scheme. */
export async function checkPage(page, language, { script }) {
  const path = new URL(page.url()).pathname;
  assert.equal(await page.locator("html").getAttribute("lang"), language, `language of ${path}`);
  assert.equal(await page.locator("h1").count(), 1, `headings of the first level on ${path}`);
  assert.notEqual((await page.title()).trim(), "", `title of ${path}`);
  assert.ok((await overflow(page)) <= 0, `${path} scrolls sideways by ${await overflow(page)} px`);
  if (!script) return;
  for (const scheme of ["light", "dark"]) assert.deepEqual(await violations(page, scheme), [], `axe on ${path}`);
}
