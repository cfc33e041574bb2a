#!/usr/bin/env node
// The npm compiler as a `solc` program for py-solc-x: `--version` and `--standard-json`, nothing else on standard output.
const { readFileSync } = require("node:fs");
const { log } = console;
console.log = console.error; // the module prints a line of its own while it loads
const solc = require("solc");
if (process.argv.includes("--version")) log(`solc, the solidity compiler\nVersion: ${solc.version()}`);
else if (process.argv.includes("--standard-json")) log(solc.compile(readFileSync(0, "utf8")));
else process.exit((console.error("solc.cjs knows --version and --standard-json"), 1));
