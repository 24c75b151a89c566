// Pictures of the demonstration for the README: `node screenshot.mjs FOLDER`, through scripts/screenshot.

import { mkdir } from "node:fs/promises";
import { join, resolve } from "node:path";
import { launchBrowser, newVisitor } from "./lib/browser.mjs";
import { findShortlist, goToVacancies, LANGUAGES, signIn } from "./lib/pages.mjs";
import { startDemo } from "./lib/server.mjs";

const WIDTHS = { desktop: 1280, phone: 360 };
const NAMES = { factory_hr: "factory", labour_official: "official" };

async function shoot(page, folder, name) {
  const path = join(folder, `${name}.png`);
  await page.screenshot({ path });
  console.log(path);
}

async function shootJourney(browser, demo, folder, { role, language, device }) {
  const visitor = await newVisitor(browser, { base: demo.base, language, width: WIDTHS[device], script: true });
  const { page } = visitor;
  const suffix = `${NAMES[role]}-${device}-${language}`;
  try {
    await signIn(page, demo.base, language, demo.logins[role]);
    await shoot(page, folder, `home-${suffix}`);
    await goToVacancies(page);
    await shoot(page, folder, `vacancies-${suffix}`);
    await findShortlist(page);
    await shoot(page, folder, `shortlist-${suffix}`);
  } finally {
    await visitor.close();
  }
}

async function main([folder, ...rest]) {
  if (!folder || rest.length > 0) {
    console.error("usage: scripts/screenshot FOLDER");
    process.exitCode = 2;
    return;
  }
  const target = resolve(folder);
  await mkdir(target, { recursive: true });
  const demo = await startDemo();
  let browser;
  try {
    browser = await launchBrowser();
    for (const role of Object.keys(NAMES)) {
      for (const language of LANGUAGES) {
        for (const device of Object.keys(WIDTHS)) await shootJourney(browser, demo, target, { role, language, device });
      }
    }
  } finally {
    await browser?.close();
    await demo.stop();
  }
}

await main(process.argv.slice(2));
