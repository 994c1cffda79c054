// Keeps the token in this tab, fetches the figures with it, and fetches them again when /live says so.
"use strict";

const KEY = "liengia.token";
const say = document.body.dataset;
const signIn = document.getElementById("sign-in");
const question = document.getElementById("question");
const figures = document.getElementById("figures");
const status = document.getElementById("say");
let stream = null; // aborts the open live stream
let waiting = null; // a fetch that is about to happen
let asked = 0; // answers that were overtaken are dropped

const token = () => sessionStorage.getItem(KEY);
const headers = () => ({ Authorization: `Bearer ${token()}` });
const pause = (milliseconds) => new Promise((done) => setTimeout(done, milliseconds));

function show() {
  signIn.hidden = Boolean(token());
  question.hidden = !token();
  if (!token()) figures.replaceChildren();
}

function signOut(words) {
  sessionStorage.removeItem(KEY);
  stream?.abort();
  stream = null;
  status.textContent = words;
  show();
}

async function refresh() {
  if (!token()) return;
  const mine = ++asked;
  const wanted = new URLSearchParams({ lang: say.lang });
  for (const [name, value] of new FormData(question)) if (value.trim()) wanted.set(name, value.trim());
  figures.setAttribute("aria-busy", "true");
  try {
    const answer = await fetch(`/partials/figures?${wanted}`, { headers: headers(), cache: "no-store" });
    if (mine !== asked) return;
    if (answer.status === 401) return signOut(say["say-401"]);
    if (!answer.ok) {
      status.textContent = { 403: say["say-403"], 422: say["say-422"] }[answer.status] ?? say.sayAway;
      return;
    }
    figures.innerHTML = await answer.text(); // our own page, escaped on the server
    if (status.textContent !== say.sayOff) status.textContent = stream ? say.sayOn : "";
  } catch {
    status.textContent = say.sayAway;
  } finally {
    figures.removeAttribute("aria-busy");
  }
}

async function refreshReported() {
  const answer = await fetch(`/partials/statistics?lang=${say.lang}`, { cache: "no-store" });
  if (answer.ok) document.getElementById("reported").innerHTML = await answer.text();
}

function soon() {
  if (waiting) return;
  waiting = setTimeout(() => { waiting = null; refresh(); }, 300);
}

function heard(block) {
  const data = block.split(/\r?\n/).filter((line) => line.startsWith("data:")).map((line) => line.slice(5)).join("\n");
  if (!data) return;
  const news = JSON.parse(data);
  soon();
  if (news.everything || news.statistics?.length) refreshReported();
}

async function listen() {
  stream?.abort();
  const mine = (stream = new AbortController());
  let tries = 0;
  while (token() && stream === mine) {
    try {
      const answer = await fetch("/live", { headers: headers(), signal: mine.signal, cache: "no-store" });
      if (answer.status === 401) return signOut(say["say-401"]);
      if (!answer.ok) throw new Error("live");
      tries = 0;
      status.textContent = say.sayOn;
      const reader = answer.body.pipeThrough(new TextDecoderStream()).getReader();
      for (let rest = ""; ; ) {
        const { value, done } = await reader.read();
        if (done) break;
        const blocks = (rest + value).split(/\r?\n\r?\n/);
        rest = blocks.pop();
        blocks.forEach(heard);
      }
    } catch {
      if (mine.signal.aborted) return;
    }
    status.textContent = say.sayOff;
    await pause(Math.min(30000, 1000 * 2 ** tries++) * (0.5 + Math.random() / 2));
  }
}

signIn.addEventListener("submit", (event) => {
  event.preventDefault();
  const field = document.getElementById("token");
  sessionStorage.setItem(KEY, field.value.trim());
  field.value = "";
  status.textContent = "";
  show();
  refresh();
  listen();
});
question.addEventListener("submit", (event) => { event.preventDefault(); refresh(); });
document.getElementById("sign-out").addEventListener("click", () => signOut(""));

show();
if (token()) { refresh(); listen(); }
