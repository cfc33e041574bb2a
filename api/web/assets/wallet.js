// A wallet that is injected into the page (EIP-1193). What it refuses is said in words, with what to do about it; nothing
// has been signed then, and the same button goes on from where one was.

import { h } from "./dom.js";
import { hex } from "./der.js";
import { Declined, attempt } from "./page.js";
import { t } from "./words.js";

const UNKNOWN_CHAIN = 4902;
const REASONS = { 4001: "rejected", 4100: "locked", 4900: "away", 4901: "away", [UNKNOWN_CHAIN]: "no_chain", "-32002": "busy" };

export async function account() {
  const [first] = (await ask("eth_requestAccounts")) ?? [];
  if (!first) throw new Declined("wallet_empty");
  return first;
}

export async function sign(message, address) {
  return ask("personal_sign", [`0x${hex(new TextEncoder().encode(message))}`, address]);
}

// The account that is registered shows and signs, on the chain that the text is for.
export async function approve({ address, typed_data }) {
  const now = await account();
  if (plain(now) !== address) throw new Declined("wallet_account", { now: short(now), wanted: short(`0x${address}`) });
  const { chainId } = typed_data.domain;
  if (BigInt(await ask("eth_chainId")) !== BigInt(chainId)) throw new Declined("wallet_chain", { chain: chainId }, switching(chainId));
  return ask("eth_signTypedData_v4", [now, JSON.stringify(typed_data)]);
}

export function plain(address) {
  return address.toLowerCase().replace("0x", "");
}

// A button under the notice: the wallet changes its network, and signing goes on.
function switching(chainId) {
  return (trouble) => {
    const button = h("button", { type: "button", class: "button quiet", id: "switch-chain" }, t("wallet_switch"));
    button.addEventListener("click", () =>
      attempt(button, trouble, async () => {
        await ask("wallet_switchEthereumChain", [{ chainId: `0x${chainId.toString(16)}` }], { chain: chainId });
        document.getElementById("sign").click();
      }),
    );
    return button;
  };
}

async function ask(method, params = [], about = {}) {
  try {
    return await window.ethereum.request({ method, params });
  } catch (error) {
    const code = error?.code ?? error?.data?.originalError?.code;
    throw new Declined(`wallet_${REASONS[code] ?? "failed"}`, { code: code ?? "?", chain: "", ...about });
  }
}

function short(address) {
  return `${address.slice(0, 6)}…${address.slice(-4)}`;
}
