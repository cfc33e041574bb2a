// Compiles the contracts with the one setting of contracts/solc.json and the npm compiler: no download.
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";

const { version, settings } = JSON.parse(readFileSync(new URL("./contracts/solc.json", import.meta.url), "utf8"));

export default {
  paths: { sources: "./contracts", artifacts: "./artifacts-hardhat", cache: "./cache" },
  solidity: { version, settings, path: createRequire(import.meta.url).resolve("solc/soljson.js") },
};
