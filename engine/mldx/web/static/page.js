/* What the page does beyond its forms: files dropped or pasted anywhere, keys for choices, the link, the theme, the focus. */
const $ = (id) => document.getElementById(id);
const press = (value) => document.querySelector(`button[name="do"][value="${value}"]`)?.click();
const writing = (element) => element.matches?.("input, textarea, select, [contenteditable]");

function take(files) {
  const input = $("log");
  if (!input || !files.length) return;
  input.files = files;
  press("read");
}

function announceDrop(on) {
  document.body.classList.toggle("dropping", on);
}

document.addEventListener("dragover", (event) => {
  if (![...event.dataTransfer.types].includes("Files") || !$("log")) return;
  event.preventDefault();
  announceDrop(true);
});
document.addEventListener("dragleave", (event) => { if (!event.relatedTarget) announceDrop(false); });
document.addEventListener("drop", (event) => {
  announceDrop(false);
  if (!event.dataTransfer.files.length || !$("log")) return;
  event.preventDefault();
  take(event.dataTransfer.files);
});
document.addEventListener("change", (event) => { if (event.target.id === "log" && event.target.files.length) press("read"); });
document.addEventListener("paste", (event) => {
  if (writing(event.target) || !$("text")) return;
  const text = event.clipboardData.getData("text");
  if (!text.includes("\n")) return;
  event.preventDefault();
  $("text").value = text;
  press("read");
});

function unfold(id) {
  const details = $(id);
  if (!details) return;
  details.open = !details.open;
  details.querySelector("summary").focus();
}

const keys = {
  "b": () => press("back"),
  "Backspace": () => press("back"),
  "w": () => unfold("why"),
  "?": () => unfold("where"),
};

/* In a field a key is a letter; in an empty one that takes a number, or where no answer begins so, it is a key still. */
function typed(field, key) {
  if (!writing(field) || field.type === "checkbox") return false;
  const empty = field.id === "words" && field.value === "";
  return !empty || !(key === "?" || (field.dataset.kind === "number" && (key === "b" || key === "w")));
}

document.addEventListener("keydown", (event) => {
  if (event.ctrlKey || event.metaKey || event.altKey || !document.querySelector(".ask")) return;
  if (event.key === "Escape" && writing(event.target)) event.target.blur();
  if (typed(event.target, event.key)) return;
  const choice = document.querySelector(`button[data-key="${CSS.escape(event.key)}"]`);
  const action = choice ? () => choice.click() : keys[event.key];
  if (!action) return;
  event.preventDefault();
  action();
});

document.addEventListener("click", async (event) => {
  if (event.target.id !== "link") return;
  event.preventDefault();
  const link = new URL(event.target.getAttribute("href"), location).href;
  try {
    await navigator.clipboard.writeText(link);
    event.target.textContent = "Link copied";
  } catch {
    location.href = link;
  }
});

const toggle = $("theme");
toggle.hidden = false;
toggle.addEventListener("click", () => {
  const root = document.documentElement;
  const dark = root.dataset.theme ? root.dataset.theme === "dark" : matchMedia("(prefers-color-scheme: dark)").matches;
  root.dataset.theme = dark ? "light" : "dark";
  localStorage.setItem("theme", root.dataset.theme);
});

let opened = new Set();
document.addEventListener("htmx:beforeSwap", () => {
  opened = new Set([...document.querySelectorAll(".ranking details[open]")].map((one) => one.id));
});
document.addEventListener("htmx:afterSettle", () => {
  for (const id of opened) $(id)?.setAttribute("open", "");
  const fault = document.querySelector("#alert .fault");
  (fault ? $("alert") : $("heading"))?.focus({ preventScroll: !fault });
  document.title = document.querySelector(".banner .verdict") ? `${document.querySelector(".banner .verdict").textContent} · mldx` : "mldx";
});
function tell(words) {
  const fault = document.createElement("div");
  fault.className = "fault";
  fault.textContent = words;
  $("alert").replaceChildren(fault);
  $("alert").focus();
}
document.addEventListener("htmx:sendError", () => tell("The server does not answer. Is mldx serve still running?"));
document.addEventListener("htmx:responseError", (event) => tell(event.detail.xhr.responseText || "The server refused this."));
