// Everything here is a comfort: each page works without it.
"use strict";

// The gate. htmx acts only on elements that our own templates wrote: those that carry this response's nonce in
// hx-nonce (the attribute htmx's own hx-csp extension reads, which the packaged htmx does not bring yet).
// An hx-post that came in with somebody's words has no nonce and stays inert; htmx is not given scripts either.
const pageNonce = document.currentScript.nonce;
const ours = (element) => element.getAttribute?.("hx-nonce") === pageNonce;
document.addEventListener("htmx:before:process", () => {
  htmx.registerExtension("upturn-gate", {
    init(api) {
      api.initSecurity(window.trustedTypes?.createPolicy("htmx", { createHTML: (html) => html, createScript: () => "" }));
    },
    htmx_before_init: ours,
    htmx_before_on_init: () => false,
    // A fragment carries the nonce of its own response: it is read from the header, which no writer can forge.
    htmx_after_request(element, { ctx }) {
      const theirs = ctx.response.headers.get("Content-Security-Policy")?.match(/'nonce-([\w-]{20,})'/)?.[1];
      if (theirs) ctx.text = ctx.text.replaceAll(`hx-nonce="${theirs}"`, `hx-nonce="${pageNonce}"`);
    },
  });
}, { once: true });

// A page with errors begins at its error summary.
document.addEventListener("DOMContentLoaded", () => document.getElementById("error-summary")?.focus());

// The autosave line while it waits and when it fails. When it succeeds, the server's answer replaces it.
const say = (words) => { const line = document.getElementById("autosave"); if (line) line.textContent = words; };
const unsaved = new Set();
const isDraft = (element) => element.matches?.("form[data-autosave]");
document.addEventListener("input", ({ target }) => { if (isDraft(target.form ?? target)) unsaved.add(target.form); });
document.addEventListener("htmx:before:request", ({ target }) => { if (isDraft(target)) { say("Saving…"); unsaved.delete(target); } });
for (const failure of ["htmx:error", "htmx:response:error"]) {
  document.addEventListener(failure, ({ target }) => {
    if (!isDraft(target)) return;
    unsaved.add(target);
    say("Not saved: no connection. Your words are still here. They are saved again when you go on typing.");
  });
}
document.addEventListener("submit", (event) => unsaved.delete(event.target));
// The last words before somebody leaves the page.
document.addEventListener("visibilitychange", () => {
  if (document.visibilityState !== "hidden") return;
  for (const form of unsaved) if (navigator.sendBeacon(form.dataset.autosave, new FormData(form))) unsaved.delete(form);
});

// One press, one request: a second press of the same form within two seconds is a slip of the hand.
const pressed = new WeakMap();
document.addEventListener("submit", (event) => {
  if (performance.now() - (pressed.get(event.target) ?? -Infinity) < 2000) event.preventDefault();
  pressed.set(event.target, performance.now());
});

// Dialogs where the browser does not know commandfor yet.
if (!("command" in HTMLButtonElement.prototype)) {
  document.addEventListener("click", (event) => {
    const button = event.target.closest?.("button[commandfor]");
    const dialog = button && document.getElementById(button.getAttribute("commandfor"));
    if (dialog instanceof HTMLDialogElement) button.getAttribute("command") === "close" ? dialog.close() : dialog.showModal();
  });
}
