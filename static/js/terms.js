/* Changes of terms: shows how far a change has come while it is applied, ticks the counties of a region at once. */

const EVERY = 1000;

async function showProgress(place, url) {
  try {
    const answer = await fetch(url, { credentials: "same-origin" });
    if (answer.ok && !answer.redirected) place.innerHTML = await answer.text();
  } catch {
    // the page is on its way out, or the network is: the change goes on either way
  }
}

document.querySelectorAll("form[data-progress]").forEach((form) => {
  const place = form.querySelector("[data-progress-place]");
  let timer = null;
  form.addEventListener("submit", (event) => {
    if (event.defaultPrevented || timer || event.submitter?.hasAttribute("formaction")) return;
    place.hidden = false;
    showProgress(place, form.dataset.progress);
    timer = setInterval(showProgress, EVERY, place, form.dataset.progress);
  });
  window.addEventListener("pageshow", () => {
    clearInterval(timer);
    timer = null;
    place.hidden = true;
  });
});

document.querySelectorAll("[data-region]").forEach((region) => {
  const boxes = [...region.querySelectorAll("input[type=checkbox]")];
  const button = region.querySelector("[data-region-toggle]");
  const say = () => {
    button.textContent = boxes.every((box) => box.checked) ? "取消整區" : "選整區";
  };
  button.hidden = false;
  say();
  button.addEventListener("click", () => {
    const all = !boxes.every((box) => box.checked);
    boxes.forEach((box) => {
      box.checked = all;
      box.dispatchEvent(new Event("change", { bubbles: true }));
    });
  });
  region.addEventListener("change", say);
});

/* A ticked county means counties; everywhere means no county. */
const everywhere = document.getElementById("scope");
const counties = document.getElementById("scope-2");
if (everywhere && counties) {
  const boxes = [...document.querySelectorAll("[data-region] input[type=checkbox]")];
  boxes.forEach((box) => box.addEventListener("change", () => {
    if (box.checked) counties.checked = true;
  }));
  everywhere.addEventListener("change", () => {
    const ticked = boxes.filter((box) => box.checked);
    ticked.forEach((box) => {
      box.checked = false;
      box.dispatchEvent(new Event("change", { bubbles: true }));
    });
  });
}
