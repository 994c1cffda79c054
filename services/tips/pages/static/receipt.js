// Printing needs script; without it the browser's menu prints the same page.
"use strict";

const print = document.getElementById("print");
print.hidden = false;
print.addEventListener("click", () => window.print());
