// What allauth's passkey scripts leave to the page: a calm sentence when the browser's own window was closed or failed.
"use strict";
document.addEventListener("allauth.error", (event) => {
  event.preventDefault(); // or it would be written to the console for nobody
  const line = document.getElementById("passkey-trouble");
  if (line) line.textContent = "No passkey was used: the window was closed, or this device has none for this site. Try again, or choose another way.";
});
