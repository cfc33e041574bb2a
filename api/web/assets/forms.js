// Fields with labels, hints and errors that a screen reader hears; nothing is ever filled in beforehand.

import { h, unique } from "./dom.js";

export function field(name, label, control, hint = null) {
  const id = unique(name);
  control.id ||= id;
  control.name ||= name;
  const said = hint && h("p", { class: "hint", id: `${control.id}-hint` }, hint);
  const error = h("p", { class: "error", id: `${control.id}-error` });
  control.setAttribute("aria-describedby", [said && said.id, error.id].filter(Boolean).join(" "));
  return h("div", { class: "field", "data-field": name }, h("label", { for: control.id }, label), said, control, error);
}

export function complain(container, name, text) {
  const field = container.querySelector(`[data-field="${name}"]`);
  const control = field.querySelector("input, select, textarea");
  field.querySelector(".error").textContent = text;
  field.classList.toggle("wrong", Boolean(text));
  for (const each of field.querySelectorAll("input, select, textarea")) {
    if (text) each.setAttribute("aria-invalid", "true");
    else each.removeAttribute("aria-invalid");
  }
  if (text) {
    control.focus({ preventScroll: true });
    field.scrollIntoView({ block: "center" });
  }
  return Boolean(text);
}

export function choice(name, legend, options, { hint = null, onpick = null, chosen = null } = {}) {
  const group = unique(name);
  const error = h("p", { class: "error", id: `${group}-error` });
  return h(
    "fieldset",
    { class: "choice", "data-field": name, "aria-describedby": error.id },
    h("legend", {}, legend),
    hint && h("p", { class: "hint" }, hint),
    h(
      "div",
      { class: "options" },
      options.map(({ value, label, note }) =>
        h(
          "label",
          { class: "option" },
          h("input", { type: "radio", name: group, value, checked: chosen === value, onchange: () => onpick?.(value) }),
          h("span", {}, label, note && h("small", {}, note)),
        ),
      ),
    ),
    error,
  );
}

export function picked(container, name) {
  return container.querySelector(`[data-field="${name}"] input:checked`)?.value ?? null;
}

export function tick(name, label) {
  const id = unique(name);
  return h(
    "div",
    { class: "tickbox", "data-field": name },
    h("label", { class: "option" }, h("input", { type: "checkbox", id, "aria-describedby": `${id}-error` }), h("span", {}, label)),
    h("p", { class: "error", id: `${id}-error` }),
  );
}

export function ticked(container, name) {
  return container.querySelector(`[data-field="${name}"] input`).checked;
}
