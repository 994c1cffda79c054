// Fetches the board with the tab's token, again every half minute while somebody can see it, and when asked.
"use strict";

const EVERY = 30000;
const question = document.getElementById("question");
const board = document.getElementById("board");

const session = new Session({ opened: refresh, closed: () => board.replaceChildren() });

async function refresh() {
  if (!session.token) return;
  const wanted = new URLSearchParams({ lang: document.documentElement.lang });
  const area = question.elements.area.value.trim();
  if (area) wanted.set("area", area);
  if (await session.show(`/partials/board?${wanted}`, board)) session.say("");
}

question.addEventListener("submit", (event) => { event.preventDefault(); refresh(); });
document.getElementById("refresh").addEventListener("click", refresh);
document.addEventListener("visibilitychange", () => { if (!document.hidden) refresh(); });
setInterval(() => { if (!document.hidden) refresh(); }, EVERY);
session.start();
