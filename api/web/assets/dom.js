// Elements without markup from strings: nothing that somebody typed can ever become an element.

export function h(tag, props, ...children) {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(props ?? {})) {
    if (value === null || value === undefined || value === false) continue;
    if (name.startsWith("on")) element.addEventListener(name.slice(2), value);
    else if (name === "class") element.className = value;
    else if (name in element && typeof value !== "string") element[name] = value;
    else element.setAttribute(name, value === true ? "" : value);
  }
  element.append(...flat(children));
  return element;
}

function flat(children) {
  return children.flat(Infinity).filter((child) => child !== null && child !== undefined && child !== false);
}

export function replace(parent, ...children) {
  parent.replaceChildren(...flat(children));
}

let last = 0;

export function unique(word) {
  last += 1;
  return `${word}-${last}`;
}

const SVG = "http://www.w3.org/2000/svg";
const PATHS = {
  check: "M5 12.500l4.500 4.500L19 7.500",
  arrow: "M9 5l7 7-7 7",
  back: "M15 5l-7 7 7 7",
  clock: "M12 7v5l3.500 2M12 3a9 9 0 1 0 0 18a9 9 0 0 0 0-18z",
  shield: "M12 3l7 3v5.500c0 4.300-2.900 7.600-7 9.500c-4.100-1.900-7-5.200-7-9.500V6z",
  file: "M7 3h7l4 4v14H7zM14 3v4h4M10 12h5M10 16h5",
  key: "M14.500 9.500a4 4 0 1 0-3.200 3.900L13 15h2v2h2v2h3v-3l-6-6z",
  alert: "M12 4l9 16H3zM12 10v4M12 17v.500",
  camera: "M4 8h3.500L9 5.500h6L16.500 8H20v11H4zM12 10.500a3 3 0 1 0 0 6a3 3 0 0 0 0-6z",
  download: "M12 4v11M7.500 11L12 15.500L16.500 11M5 19.500h14",
};

export function icon(name) {
  const svg = document.createElementNS(SVG, "svg");
  const path = document.createElementNS(SVG, "path");
  svg.setAttribute("viewBox", "0 0 24 24");
  svg.setAttribute("class", `icon icon-${name}`);
  svg.setAttribute("aria-hidden", "true");
  path.setAttribute("d", PATHS[name]);
  svg.append(path);
  return svg;
}

export function tell(text) {
  const status = document.getElementById("status");
  status.textContent = "";
  requestAnimationFrame(() => {
    status.textContent = text;
  });
}
