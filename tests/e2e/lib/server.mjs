// Starts the real binary with its demonstration in a folder of its own, reads from what it prints where it listens and
// who can sign in, and stops it.

import { spawn, spawnSync } from "node:child_process";
import { mkdtemp, rm } from "node:fs/promises";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

const ROOT = join(dirname(fileURLToPath(import.meta.url)), "../../..");
const BINARY = process.env.BALLAST_BINARY ?? join(ROOT, "target/debug/ballast");

// A debug build seeds the city several times slower than a release build.
const START_SECONDS_MAX = 300;
const STOP_SECONDS_MAX = 20;

const ROLES = ["administrator", "school_registrar", "factory_hr", "labour_official", "targeting_officer", "trainee"];

/**
 * Starts `ballast demo` on a free port.
 * @returns {Promise<{base: string, logins: Record<string, {login: string, password: string}>, stop: () => Promise<number|null>}>}
 *   the address without a trailing slash, the first login of each role, and a function that stops the server and gives its
 *   exit code (null where it had to be killed)
 */
export async function startDemo() {
  const folder = await mkdtemp(join(tmpdir(), "ballast-e2e-"));
  const child = spawn(BINARY, ["demo", "--data-dir", join(folder, "data"), "--port", "0"], {
    cwd: ROOT,
    stdio: ["ignore", "pipe", "pipe"],
  });
  const exited = new Promise((resolve) => {
    child.once("error", () => resolve(null));
    child.once("exit", (code) => resolve(code));
  });

  const stop = async () => {
    if (child.exitCode === null && child.signalCode === null && child.pid !== undefined) {
      child.kill("SIGTERM");
      const timer = setTimeout(() => child.kill("SIGKILL"), STOP_SECONDS_MAX * 1000);
      await exited;
      clearTimeout(timer);
    }
    await rm(folder, { recursive: true, force: true });
    return child.exitCode;
  };

  try {
    return { ...(await readiness(child)), stop };
  } catch (error) {
    await stop();
    throw error;
  }
}

const CHIEF = { login: "chief", password: "silk on the slipway" };

/**
 * Starts `ballast serve` on a new installation with one administrator, at a name at which browsers have passkeys.
 * @param {Record<string, string>} settings more of the environment
 * @returns {Promise<{base: string, chief: {login: string, password: string}, stop: () => Promise<number|null>}>}
 */
export async function startInstallation(settings = {}) {
  const folder = await mkdtemp(join(tmpdir(), "ballast-e2e-"));
  const data = ["--data-dir", join(folder, "data")];
  const port = await freePort();
  const base = `http://localhost:${port}`;
  const make = spawnSync(
    BINARY,
    ["user", "create", CHIEF.login, "--name", "Chief", "--role", "administrator", ...data],
    { cwd: ROOT, input: CHIEF.password, encoding: "utf8" },
  );
  if (make.status !== 0) throw new Error(`no administrator: ${make.stderr}`);
  const child = spawn(BINARY, ["serve", "--listen", `127.0.0.1:${port}`, ...data], {
    cwd: ROOT,
    env: { ...process.env, BALLAST_PUBLIC_URL: base, ...settings },
    stdio: ["ignore", "pipe", "inherit"],
  });
  const exited = new Promise((resolve) => child.once("exit", (code) => resolve(code)));
  const stop = async () => {
    if (child.exitCode === null && child.signalCode === null) {
      child.kill("SIGTERM");
      const timer = setTimeout(() => child.kill("SIGKILL"), STOP_SECONDS_MAX * 1000);
      await exited;
      clearTimeout(timer);
    }
    await rm(folder, { recursive: true, force: true });
    return child.exitCode;
  };
  const served = new Promise((resolve) => child.stdout.once("data", () => resolve(true)));
  if ((await Promise.race([served, exited])) !== true) {
    await stop();
    throw new Error("ballast serve ended by itself");
  }
  return { base, chief: CHIEF, stop };
}

export function freePort() {
  return new Promise((resolve, reject) => {
    const server = createServer();
    server.once("error", reject);
    server.listen(0, "127.0.0.1", () => {
      const { port } = server.address();
      server.close(() => resolve(port));
    });
  });
}

// Reads what is printed until the address and a login of every role are there.
function readiness(child) {
  return new Promise((resolve, reject) => {
    let text = "";
    let timer;
    const fail = (why) => {
      clearTimeout(timer);
      reject(new Error(`${BINARY} demo ${why}; it printed:\n${text.slice(-4000)}`));
    };
    const failAfter = (seconds, why) => {
      clearTimeout(timer);
      timer = setTimeout(() => fail(`${why()} within ${seconds} s`), seconds * 1000);
    };
    const missing = () => ROLES.filter((role) => !(role in readLogins(text)));
    let address;
    const read = (chunk) => {
      text += chunk;
      if (!address) {
        address = text.match(/http:\/\/127\.0\.0\.1:\d+(?=[\s/])/)?.[0];
        if (address) failAfter(10, () => `printed no login of ${missing()}`);
      }
      if (address && missing().length === 0) {
        clearTimeout(timer);
        resolve({ base: address, logins: readLogins(text) });
      }
    };
    failAfter(START_SECONDS_MAX, () => "did not listen");
    child.stdout.setEncoding("utf8").on("data", read);
    child.stderr.setEncoding("utf8").on("data", (chunk) => (text += chunk));
    child.once("error", (error) => fail(`did not start (${error.message})`));
    child.once("exit", (code) => fail(`ended with ${code}`));
  });
}

// A login is a line of three words: role, login, password.
function readLogins(text) {
  const logins = {};
  for (const line of text.split("\n").slice(0, -1)) {
    const [role, login, password, ...rest] = line.trim().split(/\s+/);
    if (ROLES.includes(role) && password !== undefined && rest.length === 0) logins[role] ??= { login, password };
  }
  return logins;
}
