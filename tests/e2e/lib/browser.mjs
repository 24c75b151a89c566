// The system's Chromium, a page in it that reports everything a visitor would not see go wrong, and what is measured on
// a page: accessibility by axe, and whether it scrolls sideways.

import axe from "axe-core";
import { chromium } from "playwright-core";

const EXECUTABLE = process.env.BALLAST_CHROMIUM ?? "/usr/bin/chromium";

// The sandbox is off because the tests may run as root, and the only pages opened are our own on this machine. The rest
// keeps the browser from talking to anything but them.
const FLAGS = [
  "--no-sandbox",
  "--disable-gpu",
  "--disable-quic",
  "--no-first-run",
  "--disable-background-networking",
  "--disable-component-update",
  "--disable-sync",
];

const AXE_TAGS = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"];

/** The height given to a page of this width: a phone's or a desk's. */
export const heightOf = (width) => (width < 600 ? 780 : 900);

/** Starts the browser. The caller closes it. */
export function launchBrowser() {
  return chromium.launch({ executablePath: EXECUTABLE, headless: true, args: FLAGS });
}

/**
 * A fresh visitor: no cookies, a language, a width, script on or off.
 * @returns {Promise<{page: import("playwright-core").Page, complaints: string[], close: () => Promise<void>}>}
 *   `complaints` grows with each console error, script error, failed or foreign request, 4xx/5xx answer, and page without
 *   a strict content security policy (whose violations are console errors)
 */
export async function newVisitor(browser, { base, language, width, script }) {
  const context = await browser.newContext({
    locale: language,
    viewport: { width, height: heightOf(width) },
    javaScriptEnabled: script,
  });
  context.setDefaultTimeout(20_000);
  const page = await context.newPage();
  const complaints = [];
  page.on("console", (message) => {
    if (["error", "warning"].includes(message.type())) complaints.push(`console: ${message.text()} (${message.location().url})`);
  });
  page.on("pageerror", (error) => complaints.push(`script: ${error.message}`));
  page.on("requestfailed", (request) => {
    // A page that is left before all of it has come is nobody's fault.
    const why = request.failure()?.errorText;
    if (why !== "net::ERR_ABORTED") complaints.push(`failed: ${request.url()} ${why}`);
  });
  page.on("request", (request) => {
    const url = new URL(request.url());
    if (url.protocol !== "data:" && url.origin !== base) complaints.push(`outside address: ${url.href}`);
  });
  page.on("response", (response) => complaints.push(...complaintsAbout(response)));
  return { page, complaints, close: () => context.close() };
}

function complaintsAbout(response) {
  const complaints = [];
  if (response.status() >= 400) complaints.push(`answer ${response.status()}: ${response.url()}`);
  const headers = response.headers();
  if ((headers["content-type"] ?? "").startsWith("text/html")) {
    const policy = headers["content-security-policy"] ?? "";
    if (!policy.includes("default-src 'self'") || policy.includes("unsafe")) {
      complaints.push(`content security policy "${policy}": ${response.url()}`);
    }
  }
  return complaints;
}

/**
 * What axe finds on the page in one colour scheme, as lines; empty when it finds nothing.
 * The checker is put in through the debugger, which no content security policy hinders.
 */
export async function violations(page, scheme) {
  await page.emulateMedia({ colorScheme: scheme });
  if (!(await page.evaluate(() => "axe" in globalThis))) await page.evaluate(axe.source);
  const found = await page.evaluate((tags) => globalThis.axe.run(document, { runOnly: { type: "tag", values: tags } }), AXE_TAGS);
  if (found.passes.length === 0) return ["axe checked nothing"];
  return found.violations.flatMap((violation) =>
    violation.nodes.map((node) => `${scheme} ${violation.id}: ${node.target.join(" ")}: ${node.failureSummary}`),
  );
}

/** By how many CSS pixels the page is wider than its window. */
export function overflow(page) {
  return page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth);
}
