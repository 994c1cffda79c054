// Shows the bulletin anew when the public stream says so, and now and then, since alerts also end by themselves.
"use strict";

const EVERY = 5 * 60000;
const AGAIN = 15000;
const bulletin = document.getElementById("bulletin");
const status = document.getElementById("say");
let asked = 0; // answers that were overtaken are dropped

async function refresh() {
  const mine = ++asked;
  try {
    const answer = await fetch(bulletin.dataset.part, { cache: "no-store" });
    if (!answer.ok || mine !== asked) return false;
    bulletin.innerHTML = await answer.text(); // our own page, escaped on the server
    return true;
  } catch {
    return false; // the stream tells that the service is away
  }
}

function follow() {
  const stream = new EventSource(bulletin.dataset.stream);
  // What came between the page and the stream, or while it was away.
  stream.onopen = async () => { if (await refresh()) status.textContent = status.dataset.on; };
  stream.onerror = () => {
    status.textContent = status.dataset.off;
    if (stream.readyState === EventSource.CLOSED) setTimeout(follow, AGAIN * (1 + Math.random()));
  };
  const news = async () => { if (await refresh()) status.textContent = status.dataset.news; };
  for (const type of bulletin.dataset.types.split(" ")) stream.addEventListener(type, news);
}

follow();
setInterval(() => { if (!document.hidden) refresh(); }, EVERY);
