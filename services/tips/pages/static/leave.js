// The quick-leave link: blanks the page at once, forgets what it kept here, and puts another site in its place.
"use strict";

for (const link of document.querySelectorAll("[data-leave]"))
  link.addEventListener("click", (event) => {
    event.preventDefault();
    document.title = "";
    document.body.replaceChildren();
    try { localStorage.removeItem("liengia.draft"); } catch { /* storage is off: nothing was kept */ }
    location.replace(link.href);
  });
