// Solves what the server asks of an address that sends much (altcha: a number whose hash is known), then sends.
"use strict";

const BATCH = 500; // between batches the page stays usable
const proof = document.querySelector("[data-proof]");

async function hash(text) {
  const bytes = new Uint8Array(await crypto.subtle.digest("SHA-256", new TextEncoder().encode(text)));
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("");
}

async function solve({ algorithm, challenge, maxnumber, salt, signature }) {
  for (let first = 0; first <= maxnumber; first += BATCH) {
    const numbers = Array.from({ length: BATCH }, (_, place) => first + place);
    const hashes = await Promise.all(numbers.map((number) => hash(salt + number)));
    const found = hashes.indexOf(challenge);
    if (found >= 0) return btoa(JSON.stringify({ algorithm, challenge, number: first + found, salt, signature }));
  }
  return "";
}

// Without a secure context there is no hashing: then the wait is left, as without script.
if (proof && isSecureContext)
  solve(JSON.parse(proof.dataset.proof)).then((solution) => {
    if (!solution) return;
    proof.value = solution;
    proof.form.append(Object.assign(document.createElement("input"), { type: "hidden", name: "step", value: "send" }));
    HTMLFormElement.prototype.submit.call(proof.form);
  });
