// The sign-in form of a page: keeps the token in this tab, fetches with it, and says why something is refused.
"use strict";

class Session {
  #key = "liengia.token";
  #form = document.getElementById("sign-in");
  #say = document.getElementById("say");
  #asked = 0; // answers that were overtaken are dropped
  #opened;
  #closed;

  // `opened` is called once there is a token, `closed` once there is none any more.
  constructor({ opened, closed }) {
    this.#opened = opened;
    this.#closed = closed;
    this.#form.addEventListener("submit", (event) => {
      event.preventDefault();
      const field = this.#form.querySelector("input");
      sessionStorage.setItem(this.#key, field.value.trim());
      field.value = "";
      this.say("");
      this.start();
      document.querySelector("[data-signed-in]")?.querySelector("input, select, button")?.focus(); // the form is gone
    });
    for (const button of document.querySelectorAll("[data-sign-out]"))
      button.addEventListener("click", () => this.end(""));
  }

  get token() {
    return sessionStorage.getItem(this.#key);
  }

  // Says one of the sentences that the page brought along, or nothing.
  say(name) {
    const words = this.#say.dataset[name] ?? "";
    if (this.#say.textContent !== words) this.#say.textContent = words; // said anew it would be read out again
  }

  start() {
    this.#form.hidden = Boolean(this.token);
    for (const part of document.querySelectorAll("[data-signed-in]")) part.hidden = !this.token;
    if (this.token) this.#opened();
  }

  end(name) {
    sessionStorage.removeItem(this.#key);
    this.#asked++;
    this.say(name);
    this.#closed();
    this.start();
    this.#form.querySelector("input").focus();
  }

  // The answer, or null when the token is no good: then the session has ended.
  async fetch(address, options = {}) {
    const token = this.token;
    const headers = { Authorization: `Bearer ${token}` };
    const answer = await fetch(address, { cache: "no-store", ...options, headers });
    if (answer.status !== 401) return answer;
    if (token === this.token) this.end("401");
    return null;
  }

  // Puts a part of the page in place: escaped on the server, our own. True when it stands there.
  async show(address, place) {
    const mine = ++this.#asked;
    place.setAttribute("aria-busy", "true");
    try {
      const answer = await this.fetch(address);
      if (answer === null || mine !== this.#asked) return false;
      if (answer.ok) place.innerHTML = await answer.text();
      else this.say([403, 422].includes(answer.status) ? String(answer.status) : "away");
      return answer.ok;
    } catch {
      this.say("away");
      return false;
    } finally {
      place.removeAttribute("aria-busy");
    }
  }
}
