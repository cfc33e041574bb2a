// A name drawn beside the signature, where the institution's policy asks for it. Only the shape is kept: no pressure, no
// speed, no time. It is never the signature itself, and may always be left out.

import { h, icon, tell } from "./dom.js";
import { state } from "./state.js";
import { t } from "./words.js";

const WIDTH = 600;
const HEIGHT = 200;
const MOST_STROKES = 64;
const MOST_POINTS = 900; // of a stroke
const APART = 3;
let strokes = [];

export function drawn() {
  return strokes.length > 0 ? strokes : null;
}

export function drawing(purpose) {
  strokes = [];
  if (!state.journey.sale.handwriting.includes(purpose)) return null;
  const canvas = h("canvas", { class: "pad", id: "pad", width: WIDTH, height: HEIGHT, role: "img", "aria-label": t("pad_label") });
  const pen = canvas.getContext("2d");
  let stroke = null;
  const said = h("p", { class: "hint" }, t("pad_empty"));
  const clear = h("button", { type: "button", class: "button quiet", id: "clear-pad", disabled: true }, t("pad_clear"));
  const tellState = () => {
    said.textContent = t(strokes.length > 0 ? "pad_drawn" : "pad_empty");
    clear.disabled = strokes.length === 0;
  };
  const at = (event) => {
    const box = canvas.getBoundingClientRect();
    const within = (value, most) => Math.min(most, Math.max(0, Math.round(value)));
    return [within(((event.clientX - box.left) / box.width) * WIDTH, WIDTH), within(((event.clientY - box.top) / box.height) * HEIGHT, HEIGHT)];
  };
  const line = (from, to) => {
    pen.strokeStyle = getComputedStyle(canvas).color;
    Object.assign(pen, { lineWidth: 3, lineCap: "round", lineJoin: "round" });
    pen.beginPath();
    pen.moveTo(...from);
    pen.lineTo(...to);
    pen.stroke();
  };
  canvas.addEventListener("pointerdown", (event) => {
    if (event.button !== 0 || strokes.length >= MOST_STROKES) return;
    event.preventDefault();
    canvas.setPointerCapture(event.pointerId);
    const point = at(event);
    stroke = [point];
    strokes.push(stroke);
    line(point, point);
    tellState();
  });
  canvas.addEventListener("pointermove", (event) => {
    if (stroke === null || stroke.length >= MOST_POINTS || strokes.flat().length >= 3900) return;
    const point = at(event);
    const before = stroke.at(-1);
    if (Math.hypot(point[0] - before[0], point[1] - before[1]) < APART) return;
    stroke.push(point);
    line(before, point);
  });
  for (const kind of ["pointerup", "pointercancel"]) canvas.addEventListener(kind, () => (stroke = null));
  clear.addEventListener("click", () => {
    strokes = [];
    pen.clearRect(0, 0, WIDTH, HEIGHT);
    tellState();
    tell(t("pad_empty"));
  });
  return h("section", { class: "card drawn", "aria-labelledby": "pad-title" }, h("h2", { id: "pad-title" }, icon("file"), t("pad_title")), h("p", {}, t("pad_text")), canvas, said, clear);
}
