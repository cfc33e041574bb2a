// Calls of our own API. A write keeps its idempotency key until the service has answered it, so that a second tap or a
// lost connection never does a thing twice.

export class Problem extends Error {
  constructor(document) {
    super(document.detail ?? document.title);
    Object.assign(this, { status: document.status, code: document.code, document });
  }
}

export class Offline extends Error {}

// Whose page this is: a browser may hold an investor's session and the console's.
const PAGE = document.documentElement.dataset.page ?? "1";
const keys = new Map();

export async function get(path) {
  return answer(await reach(path, { method: "GET" }));
}

export async function post(path, body = {}, key = null) {
  const content = JSON.stringify(body);
  const name = `${path} ${content}`;
  if (!keys.has(name)) keys.set(name, key ?? crypto.randomUUID());
  const headers = { "Content-Type": "application/json", "Idempotency-Key": keys.get(name) };
  const response = await reach(path, { method: "POST", headers, body: content });
  if (response.status < 500) keys.delete(name);
  return answer(response);
}

export async function end(path) {
  return answer(await reach(path, { method: "DELETE" }));
}

export async function bytes(path) {
  const response = await reach(path, { method: "GET" });
  if (!response.ok) await answer(response);
  return new Uint8Array(await response.arrayBuffer());
}

// `fetch` cannot tell how far an upload is, so this one call is an XMLHttpRequest.
export function upload(path, fields, key, progress) {
  return new Promise((resolve, reject) => {
    const form = new FormData();
    for (const [name, value] of Object.entries(fields)) form.append(name, value);
    const call = new XMLHttpRequest();
    call.open("POST", path);
    call.setRequestHeader("X-PFL-Page", PAGE);
    call.setRequestHeader("Idempotency-Key", key);
    call.upload.addEventListener("progress", (event) => progress(event.loaded / Math.max(event.total, 1)));
    call.addEventListener("error", () => reject(new Offline()));
    call.addEventListener("load", () => {
      let document = {};
      try {
        document = JSON.parse(call.responseText);
      } catch {
        return reject(new Offline());
      }
      return call.status < 300 ? resolve(document) : reject(new Problem(document));
    });
    call.send(form);
  });
}

async function reach(path, options) {
  const headers = { ...options.headers, "X-PFL-Page": PAGE };
  try {
    return await fetch(path, { ...options, headers, credentials: "same-origin", cache: "no-store" });
  } catch {
    throw new Offline();
  }
}

async function answer(response) {
  let document = null;
  try {
    document = await response.json();
  } catch {
    throw new Offline();
  }
  if (!response.ok) throw new Problem(document);
  return document;
}
