// The signing key: made here, kept here, and not extractable, not even by this page. Only signatures leave the device.

import { onTerminal } from "./channel.js";
import { hex, request, signature } from "./der.js";

const ALGORITHM = { name: "ECDSA", namedCurve: "P-256" };
const SIGN = { name: "ECDSA", hash: "SHA-256" };
const STORE = "keys";

function database() {
  return new Promise((resolve, reject) => {
    const opening = indexedDB.open("pfl", 1);
    opening.onupgradeneeded = () => opening.result.createObjectStore(STORE);
    opening.onsuccess = () => resolve(opening.result);
    opening.onerror = () => reject(opening.error);
  });
}

async function use(mode, act) {
  const store = await database();
  try {
    return await new Promise((resolve, reject) => {
      const asked = act(store.transaction(STORE, mode).objectStore(STORE));
      asked.onsuccess = () => resolve(asked.result);
      asked.onerror = () => reject(asked.error);
    });
  } finally {
    store.close();
  }
}

let passing = null; // on a shared terminal the key lives as long as the page does

// One key an investor and device: whoever goes on elsewhere gets another key and another certificate there.
export async function keyOf(investor) {
  const make = () => crypto.subtle.generateKey(ALGORITHM, false, ["sign", "verify"]);
  if (onTerminal()) return (passing ??= await make());
  const kept = await use("readonly", (store) => store.get(investor));
  if (kept) return kept;
  const made = await make();
  await use("readwrite", (store) => store.put(made, investor));
  return made;
}

export async function sign(pair, content) {
  return signature(new Uint8Array(await crypto.subtle.sign(SIGN, pair.privateKey, content)));
}

export async function certificateRequest(pair) {
  const spki = new Uint8Array(await crypto.subtle.exportKey("spki", pair.publicKey));
  const raw = async (content) => new Uint8Array(await crypto.subtle.sign(SIGN, pair.privateKey, content));
  return request("investor", spki, raw);
}

export async function sha256(content) {
  return hex(new Uint8Array(await crypto.subtle.digest("SHA-256", content)));
}
