#!/usr/bin/env node
// The npm compiler as a `solc` program for py-solc-x, slither and forge: `--version` and `--standard-json`, nothing else on
// standard output. SOLC_OPTIMIZER (JSON) stands in for the optimizer setting, of which `forge coverage` leaves none.
const { readFileSync } = require("node:fs");
const { log } = console;
console.log = console.error; // the module prints a line of its own while it loads
const solc = require("solc");
const optimizer = process.env.SOLC_OPTIMIZER;

function compiled(input) {
  if (!optimizer) return solc.compile(input);
  const asked = JSON.parse(input);
  asked.settings.optimizer = JSON.parse(optimizer);
  return solc.compile(JSON.stringify(asked));
}

if (process.argv.includes("--version")) log(`solc, the solidity compiler\nVersion: ${solc.version()}`);
else if (process.argv.includes("--standard-json")) log(compiled(readFileSync(0, "utf8")));
else process.exit((console.error("solc.cjs knows --version and --standard-json"), 1));
