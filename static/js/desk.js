/* Single keys for the desk. Off while typing, while an input method is composing, and for whoever switches them off. */

const SWITCH = "single-keys";
const TYPING = "textarea, select, [contenteditable], input:not([type=checkbox], [type=radio], [type=button], [type=submit])";
const ALWAYS = [
  ["/", "搜尋"],
  ["j", "下一列"],
  ["k", "上一列"],
  ["Enter", "打開所在的一列"],
  ["Ctrl + Enter", "送出正在填寫的表單"],
  ["?", "顯示這份說明"],
];

function isOn() {
  try {
    return localStorage.getItem(SWITCH) !== "off";
  } catch {
    return true;
  }
}

function remember(on) {
  try {
    localStorage.setItem(SWITCH, on ? "on" : "off");
  } catch {
    // without storage the choice lasts as long as the page
  }
}

const visible = (element) => element.checkVisibility();

function keyed() {
  return [...document.querySelectorAll("[data-key]")].filter(visible);
}

function use(element) {
  if (element.matches(`${TYPING}, [type=radio]`)) element.focus();
  else element.click();
}

function moveRow(step) {
  const rows = [...document.querySelectorAll("[data-row]")].filter(visible);
  const at = rows.findIndex((row) => row.contains(document.activeElement));
  const row = rows[at < 0 && step < 0 ? rows.length - 1 : at + step];
  row?.querySelector("a[href], button")?.focus();
}

function line(key, words) {
  const row = document.createElement("div");
  const term = document.createElement("dt");
  const meaning = document.createElement("dd");
  const cap = document.createElement("kbd");
  cap.textContent = key;
  term.append(cap);
  meaning.textContent = words;
  row.append(term, meaning);
  return row;
}

function buildHelp() {
  const dialog = document.createElement("dialog");
  dialog.className = "keys-help";
  dialog.setAttribute("aria-labelledby", "keys-help-title");
  dialog.innerHTML = `
    <h2 id="keys-help-title">快速鍵</h2>
    <dl></dl>
    <div class="form-check">
      <input class="form-check-input" type="checkbox" id="keys-on">
      <label class="form-check-label" for="keys-on">使用單鍵快速鍵</label>
    </div>
    <form method="dialog"><button class="btn btn-outline-secondary">關閉</button></form>`;
  const choice = dialog.querySelector("#keys-on");
  choice.addEventListener("change", () => remember(choice.checked));
  document.body.append(dialog);
  return dialog;
}

let help = null;

function showHelp() {
  help ??= buildHelp();
  const own = new Map(keyed().map((element) => [element.dataset.key, element.dataset.keyLabel]));
  const all = [...own, ...ALWAYS.filter(([key]) => !own.has(key))];
  help.querySelector("dl").replaceChildren(...all.map(([key, words]) => line(key, words)));
  help.querySelector("#keys-on").checked = isOn();
  help.showModal();
}

const COMMON = new Map([
  ["?", showHelp],
  ["/", () => document.querySelector("[data-search]")?.focus()],
  ["j", () => moveRow(1)],
  ["k", () => moveRow(-1)],
]);

/* What a key does on this page; the page's own keys come first, before those of the bar above it. */
function meaning(key) {
  const element = keyed().findLast((candidate) => candidate.dataset.key === key);
  return element ? () => use(element) : COMMON.get(key);
}

document.addEventListener("keydown", (event) => {
  if (event.isComposing || event.keyCode === 229 || event.defaultPrevented) return; // 229: Safari ends composing too early
  const form = event.target.closest("form");
  if (event.key === "Enter" && (event.ctrlKey || event.metaKey) && form) {
    event.preventDefault();
    form.requestSubmit(form.querySelector("[data-saves]") ?? form.querySelector("button:not([type]), [type=submit]"));
    return;
  }
  if (event.ctrlKey || event.metaKey || event.altKey || event.target.matches(TYPING)) return;
  if (!isOn() || help?.open) return;
  const action = meaning(event.key);
  if (!action) return;
  event.preventDefault();
  action();
});

document.querySelectorAll("[data-keys-help]").forEach((button) => {
  button.hidden = false;
  button.addEventListener("click", showHelp);
});

/* Puts a text that the server writes for the form's facts below what stands in an answer box. */
async function insertText(button) {
  const box = document.getElementById(button.dataset.into);
  const answer = await fetch(button.dataset.insert, { method: "POST", body: new FormData(button.form) });
  if (!answer.ok) {
    button.form.requestSubmit(button); // the page says what is wrong
    return;
  }
  const text = await answer.text();
  box.value = box.value.trim() ? `${box.value.trimEnd()}\n\n${text}` : text;
  box.dispatchEvent(new Event("input", { bubbles: true }));
  box.focus();
  box.setSelectionRange(box.value.length, box.value.length);
}

document.addEventListener("click", (event) => {
  const button = event.target.closest("[data-insert]");
  if (!button || !document.getElementById(button.dataset.into)) return;
  event.preventDefault();
  insertText(button);
});

/* Enter in a field that acts by itself, within a form that does something else, raises the event it names. */
document.addEventListener("keydown", (event) => {
  if (event.key !== "Enter" || event.ctrlKey || event.metaKey || event.isComposing || !event.target.matches("[data-enter]")) return;
  event.preventDefault();
  event.target.dispatchEvent(new Event(event.target.dataset.enter, { bubbles: true }));
});

/* A place that draws itself anew after a field in it changed tells which, and in which folded part it stands. */
document.addEventListener("htmx:configRequest", (event) => {
  const field = event.detail.triggeringEvent?.target;
  if (!event.target.matches("[data-tells-field]") || !field?.name) return;
  event.detail.parameters.answered = field.name;
  event.detail.parameters.answered_in = field.closest("details")?.id ?? "";
});

/* What was unfolded in a place stays so when the place is drawn anew. */
let unfolded = [];
document.addEventListener("htmx:beforeSwap", (event) => {
  unfolded = [...event.detail.target.querySelectorAll("details[id][open]")].map((details) => details.id);
});
document.addEventListener("htmx:afterSwap", () => {
  for (const id of unfolded) document.getElementById(id)?.setAttribute("open", "");
  unfolded = [];
});

/* An answer given while the panel is being drawn anew is not drawn over: the request that follows it draws it. */
const ANSWERS = "#match";
let answeredAt = 0;
const begunAt = new WeakMap();

for (const kind of ["input", "change"]) {
  document.addEventListener(kind, (event) => {
    if (event.target.closest(ANSWERS)) answeredAt = performance.now();
  }, true);
}
document.addEventListener("htmx:beforeRequest", ({ detail }) => begunAt.set(detail.xhr, performance.now()));
document.addEventListener("htmx:beforeSwap", ({ detail }) => {
  if (detail.target.matches(ANSWERS) && answeredAt > begunAt.get(detail.xhr)) detail.shouldSwap = false;
});
