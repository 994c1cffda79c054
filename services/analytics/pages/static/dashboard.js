// Fetches the figures with the tab's token, and fetches them again when /live says so.
"use strict";

const LANG = document.documentElement.lang;
const question = document.getElementById("question");
const figures = document.getElementById("figures");
let stream = null; // aborts the open live stream
let connected = null; // what is to be said of it
let waiting = null; // a fetch that is about to happen

const pause = (milliseconds) => new Promise((done) => setTimeout(done, milliseconds));

const session = new Session({
  opened() { refresh(); listen(); },
  closed() {
    stream?.abort();
    figures.replaceChildren();
  },
});

function live(word) {
  connected = word;
  session.say(word);
}

async function refresh() {
  if (!session.token) return;
  const wanted = new URLSearchParams({ lang: LANG });
  for (const [name, value] of new FormData(question)) if (value.trim()) wanted.set(name, value.trim());
  if (await session.show(`/partials/figures?${wanted}`, figures)) session.say(connected);
}

async function refreshReported() {
  const answer = await fetch(`/partials/statistics?lang=${LANG}`, { cache: "no-store" });
  if (answer.ok) document.getElementById("reported").innerHTML = await answer.text();
}

function soon() {
  waiting ??= setTimeout(() => { waiting = null; refresh(); }, 300);
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
  for (let tries = 0; !mine.signal.aborted; ) {
    try {
      const answer = await session.fetch("/live", { signal: mine.signal });
      if (answer === null) return;
      if (!answer.ok) throw new Error("live");
      tries = 0;
      live("on");
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
    live("off");
    await pause(Math.min(30000, 1000 * 2 ** tries++) * (0.5 + Math.random() / 2));
  }
}

question.addEventListener("submit", (event) => { event.preventDefault(); refresh(); });
session.start();
