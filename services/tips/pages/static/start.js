// Offers the draft that this device keeps, if it was asked to keep one.
"use strict";

const offer = document.getElementById("draft");
const kept = draft.read();
if (kept) {
  for (const name of ["category", "province"]) offer.querySelector(`[data-${name}]`).value = kept[name] ?? "";
  offer.hidden = false;
  document.getElementById("forget").addEventListener("click", () => { draft.forget(); offer.hidden = true; });
}
