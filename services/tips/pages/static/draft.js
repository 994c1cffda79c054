// A draft that somebody asked this device to keep: for a day at most, and until it is sent or forgotten.
"use strict";

const draft = {
  name: "liengia.draft",
  day: 24 * 60 * 60 * 1000,
  read() {
    try {
      const kept = JSON.parse(localStorage.getItem(this.name));
      if (kept && Date.now() - kept.at < this.day) return kept.fields;
    } catch { /* storage is off, or holds something else */ }
    this.forget();
    return null;
  },
  keep(fields) {
    try { localStorage.setItem(this.name, JSON.stringify({ at: Date.now(), fields })); } catch { /* full or off */ }
  },
  forget() {
    try { localStorage.removeItem(this.name); } catch { /* storage is off: nothing was kept */ }
  },
};
