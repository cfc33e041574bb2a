// Just enough DER (X.690) for a certificate request (RFC 2986) and an ECDSA signature.

const SEQUENCE = 0x30;
const SET = 0x31;

function element(tag, ...parts) {
  const content = join(parts);
  return join([new Uint8Array([tag, ...length(content.length)]), content]);
}

function length(size) {
  if (size < 0x80) return [size];
  const octets = [];
  for (let rest = size; rest > 0; rest >>= 8) octets.unshift(rest & 0xff);
  return [0x80 | octets.length, ...octets];
}

export function join(parts) {
  const whole = new Uint8Array(parts.reduce((size, part) => size + part.length, 0));
  let at = 0;
  for (const part of parts) {
    whole.set(part, at);
    at += part.length;
  }
  return whole;
}

function oid(text) {
  const [first, second, ...rest] = text.split(".").map(Number);
  const octets = [first * 40 + second];
  for (const arc of rest) {
    const group = [arc & 0x7f];
    for (let left = arc >> 7; left > 0; left >>= 7) group.unshift((left & 0x7f) | 0x80);
    octets.push(...group);
  }
  return element(0x06, new Uint8Array(octets));
}

function integer(octets) {
  let start = 0;
  while (start < octets.length - 1 && octets[start] === 0) start += 1;
  const value = octets.slice(start);
  return element(0x02, value[0] & 0x80 ? new Uint8Array([0]) : new Uint8Array(), value);
}

const ORDER = 0xffffffff00000000ffffffffffffffffbce6faada7179e84f3b9cac2fc632551n;

// WebCrypto gives r and s one after the other; records want DER with the low s, so that there is one form only.
export function signature(raw) {
  const r = raw.slice(0, 32);
  const s = BigInt(`0x${hex(raw.slice(32))}`);
  const low = s > ORDER / 2n ? ORDER - s : s;
  return element(SEQUENCE, integer(r), integer(unhex(low.toString(16).padStart(64, "0"))));
}

export async function request(commonName, spki, sign) {
  const name = element(
    SEQUENCE,
    element(SET, element(SEQUENCE, oid("2.5.4.3"), element(0x0c, new TextEncoder().encode(commonName)))),
  );
  const body = element(SEQUENCE, integer(new Uint8Array([0])), name, spki, element(0xa0));
  const algorithm = element(SEQUENCE, oid("1.2.840.10045.4.3.2"));
  const bits = element(0x03, new Uint8Array([0]), signature(await sign(body)));
  return pem("CERTIFICATE REQUEST", element(SEQUENCE, body, algorithm, bits));
}

function pem(label, der) {
  const text = btoa(String.fromCharCode(...der));
  return `-----BEGIN ${label}-----\n${text.match(/.{1,64}/g).join("\n")}\n-----END ${label}-----\n`;
}

export function hex(octets) {
  return Array.from(octets, (octet) => octet.toString(16).padStart(2, "0")).join("");
}

export function unhex(text) {
  return new Uint8Array(text.match(/../g).map((pair) => parseInt(pair, 16)));
}
