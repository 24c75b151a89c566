// The second factor of an administrator: being led to it, setting up an app, signing in with a recovery code, keeping a
// passkey on a device, and signing in with that alone. The device is the browser's own virtual one.

import assert from "node:assert/strict";
import { createHmac } from "node:crypto";
import { after, before, describe, test } from "node:test";
import { launchBrowser, newVisitor } from "./lib/browser.mjs";
import { checkPage } from "./lib/checks.mjs";
import { startInstallation } from "./lib/server.mjs";

const PAGE = "/account/second-factor";

let browser;

before(async () => {
  browser = await launchBrowser();
});

after(() => browser?.close());

/** The code that an app would show now (RFC 6238). */
function codeOf(secret) {
  const alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";
  const bits = [...secret].map((letter) => alphabet.indexOf(letter).toString(2).padStart(5, "0")).join("");
  const key = Buffer.from(bits.match(/.{8}/g).map((byte) => Number.parseInt(byte, 2)));
  const step = Buffer.alloc(8);
  step.writeBigUInt64BE(BigInt(Math.floor(Date.now() / 30_000)));
  const digest = createHmac("sha1", key).update(step).digest();
  const at = digest[19] & 15;
  return String((digest.readUInt32BE(at) & 0x7fffffff) % 1_000_000).padStart(6, "0");
}

const at = (page, path) => page.waitForURL((url) => url.pathname === path);

async function password(page, base, language, { login, password }) {
  await page.goto(`${base}/sign-in?lang=${language}`);
  await page.locator('input[name="login"]').fill(login);
  await page.locator('input[name="password"]').fill(password);
  await page.locator('form:has(input[name="password"]) button').click();
}

async function signOut(page) {
  await page.locator('details:has(form[action="/sign-out"]) > summary').click();
  await page.locator('form[action="/sign-out"] button').click();
  await at(page, "/sign-in");
}

/** Sets up an app; gives the recovery codes. */
async function setUpApp(page, check) {
  await at(page, PAGE);
  await check();
  await page.locator(`form[action="${PAGE}/totp"] button`).click();
  await page.locator("svg.qr").waitFor();
  await check();
  const secret = (await page.locator(".enrolment .code").innerText()).replaceAll(/\s/g, "");
  await page.locator('input[name="code"]').fill(codeOf(secret));
  await page.locator(`form[action="${PAGE}/totp/confirmation"] button`).click();
  await page.locator(".recovery-codes").waitFor();
  await check();
  const codes = await page.locator(".recovery-codes li").allInnerTexts();
  assert.equal(new Set(codes).size, 10);
  return codes;
}

async function showCode(page, check, code) {
  await at(page, "/sign-in/second-factor");
  await check();
  await page.locator('input[name="code"]').fill(code);
  await page.locator('form:has(input[name="code"]) button').click();
  await at(page, "/");
}

/** A device in the browser that keeps passkeys and knows its owner. */
async function plugIn(page) {
  const session = await page.context().newCDPSession(page);
  await session.send("WebAuthn.enable");
  await session.send("WebAuthn.addVirtualAuthenticator", {
    options: {
      protocol: "ctap2",
      transport: "internal",
      hasResidentKey: true,
      hasUserVerification: true,
      isUserVerified: true,
      automaticPresenceSimulation: true,
    },
  });
}

for (const [language, width, script] of [
  ["zh-CN", 1280, true],
  ["en", 390, true],
  ["en", 1280, false],
]) {
  describe(`${language}, ${width} px, ${script ? "with" : "without"} script`, () => {
    test("an administrator sets up what is asked for and signs in with it", async () => {
      const installation = await startInstallation();
      const { base, chief } = installation;
      const visitor = await newVisitor(browser, { base, language, width, script });
      const { page } = visitor;
      const check = () => checkPage(page, language, { script });
      try {
        await password(page, base, language, chief);
        const codes = await setUpApp(page, check);
        await signOut(page);
        await password(page, base, language, chief);
        await showCode(page, check, codes[0]);
        await page.goto(`${base}/account`);
        await check();
        await page.locator('input[name="mail_address"]').fill("chief@example.com");
        await page.locator('form[action="/account/mail-address"] button').click();
        await check();
        await page.goto(`${base}/account/confirmation?next=${PAGE}`);
        await check();
        await page.locator('input[name="password"]').fill(chief.password);
        await page.locator('form[action="/account/confirmation"] button').click();
        await at(page, PAGE);
        await page.goto(`${base}/members`);
        await check();
        await page.goto(`${base}/sign-in/forgotten`);
        await check();
        await page.goto(`${base}${PAGE}`);
        await check();
        const form = page.locator('form[data-passkey="create"]');
        assert.equal(await form.isVisible(), script, "without script nothing is offered that needs it");
        assert.equal(await page.locator("[data-passkey-failed]").isVisible(), false, "nothing has failed yet");
        if (script) await keepAndUsePasskey(page, check, form);
        // Whoever goes on before the tab has its mark breaks the loading off; nothing is wrong with that.
        const complaints = visitor.complaints.filter((said) => !/mark\.svg.*ERR_ABORTED/.test(said));
        assert.deepEqual(complaints, [], "what the browser complained about");
      } finally {
        await visitor.close();
        assert.equal(await installation.stop(), 0, "the server's exit code after SIGTERM");
      }
    });
  });
}

async function keepAndUsePasskey(page, check, form) {
  await plugIn(page);
  await form.locator('input[name="name"]').fill("Laptop");
  await form.locator("button").click();
  await page.locator('form[action$="/removal"] button[aria-label$="Laptop"]').waitFor();
  await check();
  await signOut(page);
  await check();
  await page.locator('form[data-passkey="get"] button').click();
  await at(page, "/");
  await check();
}
