// The quick-leave link: blanks the page at once, forgets what it kept here, and puts another site in its place.
"use strict";

for (const link of document.querySelectorAll("[data-leave]"))
  link.addEventListener("click", (event) => {
    event.preventDefault();
    document.title = "";
    document.body.replaceChildren();
    draft.forget();
    location.replace(link.href);
  });
