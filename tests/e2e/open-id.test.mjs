// Signing in at an organisation's own provider, which is oidc-provider on this machine: an administrator sets it up, links
// their login with their account there, and signs in by that.

import assert from "node:assert/strict";
import { after, before, describe, test } from "node:test";
import Provider from "oidc-provider";
import { launchBrowser, newVisitor } from "./lib/browser.mjs";
import { checkPage } from "./lib/checks.mjs";
import { freePort, startInstallation } from "./lib/server.mjs";

const SECRET = "a secret between two servers";
const HEAD = { login: "head", password: "silk on the slipway" };

let browser;

before(async () => {
  browser = await launchBrowser();
});

after(() => browser?.close());

/** A provider at which anybody has an account by the name that they type. */
async function startProvider(base) {
  const issuer = `http://localhost:${await freePort()}`;
  const provider = new Provider(issuer, {
    clients: [
      {
        client_id: "ballast",
        client_secret: SECRET,
        redirect_uris: [`${base}/sign-in/open-id/ya-lu/answer`],
        response_types: ["code"],
        grant_types: ["authorization_code"],
      },
    ],
    pkce: { required: () => true },
    cookies: { keys: ["not a secret"] },
    findAccount: (_context, id) => ({ accountId: id, claims: () => ({ sub: id }) }),
  });
  const server = await new Promise((resolve) => {
    const listening = provider.listen(Number(new URL(issuer).port), "127.0.0.1", () => resolve(listening));
  });
  const stop = () => {
    server.closeAllConnections();
    return new Promise((resolve) => server.close(resolve));
  };
  return { issuer, stop };
}

/** A factory with somebody who runs its logins. */
async function foundFactory(base, chief) {
  const post = async (path, body, token) => {
    const headers = { "content-type": "application/json", ...(token && { authorization: `Bearer ${token}` }) };
    const answer = await fetch(`${base}/api/v1${path}`, { method: "POST", headers, body: JSON.stringify(body) });
    assert.ok(answer.ok, `${path}: ${answer.status} ${await answer.clone().text()}`);
    return answer.status === 204 ? {} : answer.json();
  };
  const { token } = await post("/tokens", chief);
  const region = (code) => ({ code, name_zh: `地区${code}`, name_en: `Region ${code}` });
  await post("/regions", { items: [region("21"), region("2106")] }, token);
  const factory = { kind: "factory", name_zh: "鸭绿服装", name_en: "Ya Lu Apparel", region: "2106" };
  const { id } = await post("/organisations", factory, token);
  const role = { role: "organisation_administrator", organisation_id: id };
  await post("/users", { ...HEAD, display_name: "Head", ...role }, token);
}

const at = (page, path) => page.waitForURL((url) => url.pathname === path);

async function setUp(page, check, issuer) {
  await page.locator('a[href="/members"]').first().click();
  await page.locator('a[href$="/open-id"]').click();
  await page.locator('input[name="issuer"]').waitFor();
  await check();
  // What is wrong is said at its field, and the rest is still there.
  await page.locator('input[name="code"]').fill("-");
  await page.locator('input[name="issuer"]').fill("ftp://login.example");
  await page.locator('input[name="client_id"]').fill("ballast");
  await page.locator('input[name="client_secret"]').fill(SECRET);
  await page.locator('form:has(input[name="issuer"]) button').click();
  await page.locator("#issuer-error").waitFor();
  await check();
  assert.equal(await page.locator('input[name="client_id"]').inputValue(), "ballast");
  assert.equal(await page.locator('input[name="client_secret"]').inputValue(), "");
  await page.locator('input[name="code"]').fill("ya-lu");
  await page.locator('input[name="issuer"]').fill(issuer);
  await page.locator('input[name="client_id"]').fill("ballast");
  await page.locator('input[name="client_secret"]').fill(SECRET);
  await page.locator('input[name="enabled"]').check();
  await page.locator('form:has(input[name="issuer"]) button').click();
  await page.locator('form[action$="/open-id/removal"]').waitFor();
  await check();
  assert.match(await page.locator("dl.facts").innerText(), /\/sign-in\/open-id\/ya-lu\/answer/);
}

/** Signs in at the provider, and lets it tell us. */
async function signInThere(page) {
  await page.locator('input[name="login"]').fill("head-at-ya-lu");
  await page.locator('input[name="password"]').fill("x");
  await page.locator('button[type="submit"]').click();
  await page.locator('form:has(input[value="consent"]) button').click();
}

async function unlink(page, check) {
  await page.goto(new URL("/account", page.url()).href);
  await page.locator('form[action^="/account/open-id/links/"] button').click();
  await at(page, "/account/confirmation");
  await check();
  await page.locator('input[name="password"]').fill(HEAD.password);
  await page.locator('form:has(input[name="password"]) button').click();
  await at(page, "/account");
  await page.locator('form[action^="/account/open-id/links/"] button').click();
  await page.locator('form[action^="/account/open-id/links/"]').waitFor({ state: "detached" });
  await check();
}

for (const [language, width, script] of [
  ["zh-CN", 1280, true],
  ["en", 390, true],
  ["en", 1280, false],
]) {
  describe(`${language}, ${width} px, ${script ? "with" : "without"} script`, () => {
    test("who links their login signs in at their organisation", async () => {
      const installation = await startInstallation({
        BALLAST_REQUIRE_SECOND_FACTOR: "false",
        BALLAST_OUTGOING_PRIVATE_ADDRESSES: "true",
      });
      const { base, chief } = installation;
      const provider = await startProvider(base);
      const visitor = await newVisitor(browser, { base, language, width, script });
      const { page } = visitor;
      const check = () => checkPage(page, language, { script });
      try {
        await foundFactory(base, chief);
        await page.goto(`${base}/sign-in?lang=${language}`);
        assert.equal(await page.locator('a[href^="/sign-in/open-id"]').count(), 0, "nobody has one yet");
        await page.locator('input[name="login"]').fill(HEAD.login);
        await page.locator('input[name="password"]').fill(HEAD.password);
        await page.locator('form:has(input[name="password"]) button').click();
        await at(page, "/");
        await setUp(page, check, provider.issuer);

        await page.goto(`${base}/account`);
        await check();
        await page.locator('a[href="/account/open-id/doors/ya-lu"]').click();
        await signInThere(page);
        await at(page, "/sign-in/open-id/ya-lu/answer");
        await check();
        await page.locator('form[action="/account/open-id"] button').click();
        await at(page, "/account");
        await page.locator('form[action^="/account/open-id/links/"]').waitFor();
        await check();

        await page.locator('details:has(form[action="/sign-out"]) > summary').click();
        await page.locator('form[action="/sign-out"] button').click();
        await at(page, "/sign-in");
        await check();
        await page.locator('a[href^="/sign-in/open-id"]').click();
        await check();
        await page.locator('input[name="organisation"]').fill("nobody");
        await page.locator('form:has(input[name="organisation"]) button').click();
        await page.locator("#organisation-error").waitFor();
        await check();
        await page.locator('input[name="organisation"]').fill("Ya-Lu");
        await page.locator('form:has(input[name="organisation"]) button').click();
        await at(page, "/sign-in/open-id/ya-lu");
        await check();
        // The provider knows this browser by now.
        await page.locator('a[href$="/departure"]').click();
        await at(page, "/");
        await check();
        // That was no password: it is asked for before the login is unlinked.
        await unlink(page, check);
      } finally {
        await visitor.close();
        await provider.stop();
        assert.equal(await installation.stop(), 0, "the server's exit code after SIGTERM");
      }
    });
  });
}
