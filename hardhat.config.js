// Compiles and tests the contracts with the one setting of contracts/solc.json and the npm compiler: no download.
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";

const { version, settings } = JSON.parse(readFileSync(new URL("./contracts/solc.json", import.meta.url), "utf8"));

// Every kind of history is driven by `runs` sequences of `depth` calls; a call that reverts fails its test.
const profile = (runs, depth, fuzz) => ({
  invariant: { runs, depth, failOnRevert: true, dictionaryWeight: 20 },
  fuzz: { runs: fuzz },
});

export default {
  paths: { sources: "./contracts", artifacts: "./artifacts-hardhat", cache: "./cache" },
  solidity: { version, settings, path: createRequire(import.meta.url).resolve("solc/soljson.js") },
  test: { solidity: { profiles: { default: profile(25, 100, 256), nightly: profile(2_500, 100, 10_000) } } },
};
