// Words in the language of the page. Sentences of the law and of the records come from the service in both languages.

const LANGUAGES = { zh: "zh-CN", en: "en" };
let words = {};
export let language = "zh";

// More words, for those who need them; to be learned again after another language was spoken.
export async function learn(more, wanted = language) {
  const { default: own } = await import(`./words-${wanted}-${more}.js`);
  words = { ...words, ...own };
}

export async function speak(wanted, more = "sale") {
  const [common, own] = await Promise.all([import(`./words-${wanted}.js`), import(`./words-${wanted}-${more}.js`)]);
  words = { ...common.default, ...own.default };
  language = wanted;
  document.documentElement.lang = LANGUAGES[wanted];
  try {
    localStorage.setItem("pfl-language", wanted);
  } catch {
    /* private mode: the choice lasts as long as the page */
  }
}

export function preferred() {
  let kept = null;
  try {
    kept = localStorage.getItem("pfl-language");
  } catch {
    kept = null;
  }
  return kept in LANGUAGES ? kept : navigator.language.startsWith("zh") ? "zh" : "en";
}

export function t(key, values = {}) {
  const text = words[key];
  if (text === undefined) throw new Error(`no words for ${key} in ${language}`);
  return text.replace(/\{(\w+)\}/g, (_, name) => values[name]);
}

export function has(key) {
  return key in words;
}

export function both(pair) {
  return pair[language] ?? pair.zh;
}

export function money(sum) {
  const [whole, cents = ""] = sum.amount.split(".");
  const grouped = whole.replace(/\B(?=(\d{3})+$)/g, ",");
  return `${sum.currency === "CNY" ? "¥" : `${sum.currency} `}${grouped}${/[1-9]/.test(cents) ? `.${cents.padEnd(2, "0")}` : ""}`;
}

// Instants are UTC; people here live by Shanghai's clock.
export function moment(instant) {
  const style = { timeZone: "Asia/Shanghai", dateStyle: "long", timeStyle: "short", hourCycle: "h23" };
  return new Intl.DateTimeFormat(LANGUAGES[language], style).format(new Date(instant));
}

export function day(instant) {
  const style = { timeZone: "Asia/Shanghai", dateStyle: "long" };
  return new Intl.DateTimeFormat(LANGUAGES[language], style).format(new Date(instant));
}

export function today(instant) {
  const style = { timeZone: "Asia/Shanghai", year: "numeric", month: "2-digit", day: "2-digit" };
  return new Intl.DateTimeFormat("en-CA", style).format(new Date(instant));
}
