// A place for one file: dropped, chosen, or taken as a picture; with how far its upload is.

import { h, icon, tell } from "./dom.js";
import { t } from "./words.js";

const MOST = 20 * 1024 * 1024;
const TYPES = { "application/pdf": "PDF", "image/png": "PNG", "image/jpeg": "JPEG" };

// Drop a file, choose one, or take a picture. Type and size are looked at here for a quick answer, and again by the service.
export function drop(chosen, of) {
  const name = h("p", { class: "file-name" }, t("proof_none"));
  const picker = h("input", { type: "file", accept: Object.keys(TYPES).join(","), class: "unseen", id: `${of}-file`, tabindex: "-1", "aria-label": t("proof_file") });
  const camera = h("input", { type: "file", accept: "image/*", capture: "environment", class: "unseen", id: `${of}-camera`, tabindex: "-1", "aria-label": t("proof_camera") });
  const error = h("p", { class: "error", id: "file-error" });
  const bar = h("progress", { max: "100", value: "0", hidden: true, id: `${of}-progress`, "aria-label": t("proof_progress") });
  const area = h(
    "div",
    { class: "drop", "data-field": "file" },
    icon("file"),
    h("p", {}, t(`${of}_drop`)),
    h(
      "div",
      { class: "pair" },
      h("button", { type: "button", class: "button quiet", id: "choose-file", onclick: () => picker.click() }, t("proof_file")),
      h("button", { type: "button", class: "button quiet touch", id: "take-photo", onclick: () => camera.click() }, icon("camera"), t("proof_camera")),
    ),
    picker,
    camera,
    name,
    bar,
    error,
  );
  const take = (file) => {
    chosen.file = null;
    chosen.key = crypto.randomUUID();
    error.textContent = "";
    if (!file) return;
    if (!(file.type in TYPES)) error.textContent = t("proof_wrong_type");
    else if (file.size > MOST) error.textContent = t("proof_too_large", { most: MOST / 1024 / 1024 });
    else chosen.file = file;
    area.classList.toggle("full", chosen.file !== null);
    name.textContent = chosen.file ? `${file.name} · ${Math.ceil(file.size / 1024)} KB` : t("proof_none");
    tell(error.textContent || name.textContent);
  };
  for (const input of [picker, camera]) input.addEventListener("change", () => take(input.files[0]));
  for (const kind of ["dragover", "dragleave", "drop"]) {
    area.addEventListener(kind, (event) => {
      event.preventDefault();
      area.classList.toggle("over", kind === "dragover");
      if (kind === "drop") take(event.dataTransfer.files[0]);
    });
  }
  return area;
}
