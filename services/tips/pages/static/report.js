// What a script adds to the form: faults are read first, a rough position on request, a draft that this device
// keeps when asked to, and a report that waits for a lost connection to come back. The form's token makes one tip of it.
"use strict";

const AGAIN = 5000;
const form = document.getElementById("report");
const keeping = document.getElementById("keep");
const say = document.getElementById("say");
let waiting = 0; // counts attempts, so that an overtaken one ends by itself

document.getElementById("faults")?.focus();

function fields() {
  return Object.fromEntries([...new FormData(form)].filter(([name]) => name !== "lang" && name !== "step"));
}

function fill(kept) {
  for (const field of form.elements) {
    if (!(field.name in kept) || field.name === "lang") continue;
    if (field.type === "radio") field.checked = field.value === kept[field.name];
    else if (field.name === "token" || field.type !== "hidden") field.value = kept[field.name];
  }
}

function remember() {
  if (keeping.checked) draft.keep(fields());
  else draft.forget();
}

const kept = draft.read();
if (kept?.category === form.elements.category.value) {
  keeping.checked = true;
  // A form that came back with faults holds what was typed last.
  if (!document.getElementById("faults")) fill(kept);
  remember();
}
keeping.closest("[hidden]").hidden = false;
keeping.addEventListener("change", remember);
form.addEventListener("input", () => {
  if (say.textContent) { waiting++; say.textContent = ""; } // what changes now is not sent by itself
  if (keeping.checked) remember();
});

// Nothing is sent before the other side answers: a browser's error page would take the text with it.
async function reachable() {
  try { return (await fetch(form.action, { method: "HEAD", cache: "no-store", signal: AbortSignal.timeout(8000) })).ok; }
  catch { return false; }
}

form.addEventListener("submit", async (event) => {
  if (event.submitter?.name === "language") return;
  event.preventDefault();
  const mine = ++waiting;
  while (!(await reachable())) {
    if (mine !== waiting) return;
    say.textContent = say.dataset.waiting;
    await new Promise((back) => {
      addEventListener("online", back, { once: true });
      setTimeout(back, AGAIN);
    });
  }
  if (mine !== waiting) return;
  const step = Object.assign(document.createElement("input"), { type: "hidden", name: "step", value: "send" });
  form.append(step);
  form.submit();
});

const point = document.getElementById("point");
const locate = document.getElementById("locate");
if (navigator.geolocation && isSecureContext) {
  locate.hidden = false;
  locate.addEventListener("click", () => {
    navigator.geolocation.getCurrentPosition(
      // Three decimals are about 100 m; nothing finer leaves the device.
      ({ coords }) => { point.value = `${coords.latitude.toFixed(3)}, ${coords.longitude.toFixed(3)}`; point.focus(); },
      () => point.focus(), // not allowed, or not found: it can be typed
      { enableHighAccuracy: false, timeout: 10000, maximumAge: 60000 },
    );
  });
}
