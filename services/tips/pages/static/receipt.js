// The report has arrived: no draft of it stays. Printing needs script; else the browser's menu prints the same page.
"use strict";

draft.forget();

const print = document.getElementById("print");
print.hidden = false;
print.addEventListener("click", () => window.print());
