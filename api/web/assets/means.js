// With what a statement is approved besides this device's key: a passkey, or a wallet. The service registers public keys
// only; what is approved is checked there by the same code that will check the evidence years later.

import { onTerminal } from "./channel.js";
import { h } from "./dom.js";
import { hex, unhex } from "./der.js";
import { choice } from "./forms.js";
import { get, post } from "./http.js";
import { Declined } from "./page.js";
import { investor } from "./state.js";
import { t } from "./words.js";

const PASSKEY = "webauthn-p256";
const WALLET = "eip712-secp256k1";
const WALLETS = [WALLET, "eip1271"];
let chosen = null;
let anew = false;

const passkeys = () => "PublicKeyCredential" in window && isSecureContext && !/^[0-9.]+$|:/.test(location.hostname);

// How to sign, in the order of preference; nothing is shown where there is no choice.
export function means(onpick) {
  const options = [
    !onTerminal() && passkeys() && { value: PASSKEY, label: t("means_passkey"), note: t("means_passkey_note") },
    !onTerminal() && window.ethereum && { value: WALLET, label: t("means_wallet"), note: t("means_wallet_note") },
    { value: "device", label: t("means_device"), note: t("means_device_note") },
  ].filter(Boolean);
  if (!options.some(({ value }) => value === chosen)) chosen = options[0].value;
  const pick = (value) => {
    chosen = value;
    anew = false;
    onpick(value !== "device");
  };
  onpick(chosen !== "device");
  if (options.length === 1) return null;
  const fresh = h("button", { type: "button", class: "link", id: "new-passkey", onclick: () => { anew = true; fresh.textContent = t("means_anew_chosen"); } }, t("means_anew"));
  return h("section", { class: "card means" }, choice("means", t("means_title"), options, { onpick: pick, chosen }), passkeys() && h("p", {}, fresh));
}

// The credential to approve with, registered first where there is none; null when the device's key is enough.
export async function credential() {
  if (chosen === PASSKEY) return (anew ? null : await newest(PASSKEY)) ?? (await registerPasskey());
  if (chosen === WALLET) return wallet();
  return null;
}

export async function approve(request) {
  if (request.suite === PASSKEY) return assertion(request);
  const { approve: approved } = await import("./wallet.js");
  return { signature: await approved(request) };
}

async function newest(suite) {
  const { items } = await get(`${investor()}/credentials`);
  return items.filter((item) => item.suite === suite).at(-1)?.credential ?? null;
}

async function register(suite, answering) {
  const asked = await post(`${investor()}/credentials/challenges`, { suite }, crypto.randomUUID());
  const answer = await answering(asked.request);
  return (await post(`${investor()}/credentials`, { challenge: asked.challenge, answer })).record;
}

async function registerPasskey() {
  const record = await register(PASSKEY, async (options) => {
    const publicKey = {
      ...options,
      challenge: unbase64(options.challenge),
      user: { ...options.user, id: unbase64(options.user.id) },
      excludeCredentials: (options.excludeCredentials ?? []).map((known) => ({ ...known, id: unbase64(known.id) })),
    };
    const made = await asking(navigator.credentials.create({ publicKey }));
    return {
      id: made.id,
      rawId: made.id,
      type: made.type,
      response: { clientDataJSON: base64(made.response.clientDataJSON), attestationObject: base64(made.response.attestationObject) },
    };
  });
  anew = false;
  return record;
}

async function assertion(request) {
  const publicKey = {
    challenge: unbase64(request.challenge),
    rpId: request.rp_id,
    allowCredentials: [{ type: "public-key", id: unhex(request.credential_id) }],
    userVerification: "required",
  };
  const { response } = await asking(navigator.credentials.get({ publicKey }));
  return {
    authenticator_data: hex(new Uint8Array(response.authenticatorData)),
    client_data: new TextDecoder().decode(response.clientDataJSON),
    signature: hex(new Uint8Array(response.signature)),
  };
}

async function wallet() {
  const { account, plain, sign } = await import("./wallet.js");
  const address = await account();
  const { items } = await get(`${investor()}/credentials`);
  const known = items.find((item) => WALLETS.includes(item.suite) && item.key === plain(address));
  if (known) return known.credential;
  return register(WALLET, async ({ message }) => ({ address, signature: await sign(message, address) }));
}

// Saying no, or not having the key here, is no fault of the page's.
async function asking(answer) {
  try {
    return await answer;
  } catch (error) {
    if (error.name === "NotAllowedError" || error.name === "InvalidStateError") throw new Declined();
    throw error;
  }
}

function base64(buffer) {
  return btoa(String.fromCharCode(...new Uint8Array(buffer))).replaceAll("+", "-").replaceAll("/", "_").replaceAll("=", "");
}

function unbase64(text) {
  return Uint8Array.from(atob(text.replaceAll("-", "+").replaceAll("_", "/")), (each) => each.charCodeAt(0));
}
