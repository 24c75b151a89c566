// run.mjs PYTHON FOLDER: starts the demonstration as the browser journeys do, lets both generated clients work with it, stops
// it, and leaves their results as TAP in the folder.

import { spawn } from "node:child_process";
import { rm } from "node:fs/promises";
import { dirname, join, resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { startDemo } from "../e2e/lib/server.mjs";

const HERE = dirname(fileURLToPath(import.meta.url));
const [python, folder] = process.argv.slice(2).map((path) => resolve(path));
const report = (language) => join(folder, `clients-${language}.tap`);

const COMMANDS = [
  [
    process.execPath,
    ["--test", "--test-reporter=spec", "--test-reporter-destination=stdout"],
    ["--test-reporter=tap", `--test-reporter-destination=${report("typescript")}`],
    [join(HERE, "typescript/generated/client.test.js")],
  ],
  [python, ["-B", join(HERE, "python/test_client.py"), report("python")]],
];

/** Ends with the command's status. */
function run(command, args, env) {
  return new Promise((done) => {
    const child = spawn(command, args, { stdio: ["ignore", "inherit", "inherit"], env });
    child.once("error", (error) => (console.error(`${command}: ${error.message}`), done(127)));
    child.once("exit", (status) => done(status ?? 1));
  });
}

// A report of an earlier run is no result of this one.
await Promise.all(["typescript", "python"].map((language) => rm(report(language), { force: true })));
const demo = await startDemo();
try {
  const env = {
    ...process.env,
    BALLAST_URL: demo.base,
    BALLAST_PASSWORD: demo.logins.factory_hr.password,
    PYTHONPATH: join(HERE, "python/generated"),
  };
  for (const [command, ...args] of COMMANDS) {
    if ((await run(command, args.flat(), env)) !== 0) process.exitCode = 1;
  }
} finally {
  await demo.stop();
}
