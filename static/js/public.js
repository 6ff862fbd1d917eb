/* Loaded on every page: sends a form once, leads to errors, keeps drafts, counts characters. Pages work without it. */

const DRAFT = "draft:";
const DRAFT_LIFETIME = 7 * 24 * 60 * 60 * 1000;
const RESEND_AFTER = 10_000; // an answer that is a download leaves the page as it is

function sendOnce(form) {
  form.addEventListener("submit", (event) => {
    if (event.defaultPrevented || form.matches("[hx-post]")) return;
    if (form.dataset.sent) {
      event.preventDefault();
      return;
    }
    form.dataset.sent = "yes";
    setTimeout(() => delete form.dataset.sent, RESEND_AFTER);
  });
}

/* Private windows and full disks refuse storage; a draft is a courtesy, never a condition. */
function stored(action) {
  try {
    return action(localStorage);
  } catch {
    return null;
  }
}

function forget(key) {
  stored((storage) => {
    const drafts = Object.keys(storage).filter((name) => name.startsWith(DRAFT));
    for (const name of drafts) if (key === "*" || name === DRAFT + key) storage.removeItem(name);
  });
}

function keepDraft(textarea) {
  const key = DRAFT + (textarea.dataset.draft || `${location.pathname}#${textarea.name}`);
  const draft = stored((storage) => JSON.parse(storage.getItem(key)));
  const fresh = draft && Date.now() - draft.at < DRAFT_LIFETIME;
  if (fresh && !textarea.value) textarea.value = draft.text;
  textarea.addEventListener("input", () => {
    stored((storage) => {
      if (!textarea.value) return storage.removeItem(key);
      return storage.setItem(key, JSON.stringify({ text: textarea.value, at: Date.now() }));
    });
  });
}

function clearDraft(element) {
  const clear = () => forget(element.dataset.clearDraft);
  if (element instanceof HTMLFormElement) element.addEventListener("submit", clear);
  else clear();
}

function countCharacters(textarea) {
  const limit = textarea.maxLength;
  if (limit < 1) return;
  const line = document.createElement("p");
  line.className = "hint num";
  const show = () => {
    const left = limit - textarea.value.length;
    line.textContent = `還可以輸入 ${left} 字`;
    if (left < limit / 10) line.setAttribute("role", "status");
    else line.removeAttribute("role");
  };
  textarea.after(line);
  textarea.addEventListener("input", show);
  show();
}

function prepare(part) {
  part.querySelectorAll("form[method=post]").forEach(sendOnce);
  part.querySelectorAll("[data-clear-draft]").forEach(clearDraft);
  part.querySelectorAll("textarea[data-draft]").forEach(keepDraft);
  part.querySelectorAll("textarea[data-counter]").forEach(countCharacters);
}

prepare(document);
document.addEventListener("htmx:load", (event) => {
  if (event.target !== document.body) prepare(event.target);
});
window.addEventListener("pageshow", () => {
  document.querySelectorAll("form[data-sent]").forEach((form) => delete form.dataset.sent);
});

const summary = document.querySelector("[data-error-summary]");
if (summary) {
  if (!document.title.startsWith("錯誤：")) document.title = `錯誤：${document.title}`;
  summary.focus();
}
