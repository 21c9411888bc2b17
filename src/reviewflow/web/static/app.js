// Makes pages pleasanter; every page works without it.

// A form that is being filled in is kept as a draft, a moment after somebody stops typing, and again and again while
// there is no connection. It is sealed on the server; nothing of it is stored in this browser.
for (const form of document.querySelectorAll("form[data-keep]")) keep(form);

// Last: whoever types at once is not to wait for it.
try {
  const { initAll } = await import(`./govuk/govuk-frontend.js${new URL(import.meta.url).search}`);
  document.body.classList.add("js-enabled", "govuk-frontend-supported");
  initAll();
} catch {
  // The components are not there: pages work as they are.
}

function keep(form) {
  const told = form.querySelector(".rf-kept");
  let waiting = 0;
  let sent = false;

  const later = (milliseconds) => {
    clearTimeout(waiting);
    waiting = setTimeout(save, milliseconds);
  };
  const save = async () => {
    if (sent) return;
    const fields = new FormData(form);
    fields.set("save", "yes");
    try {
      const answer = await fetch(form.action, { method: "POST", body: new URLSearchParams(fields), redirect: "manual" });
      if (answer.type !== "opaqueredirect" && !answer.ok) throw new Error(String(answer.status));
      const time = new Date().toLocaleTimeString([], { hour: "2-digit", minute: "2-digit" });
      told.textContent = `Kept as your draft at ${time}.`;
    } catch {
      told.textContent = "Not kept: there is no connection just now. Leave this page open; it tries again by itself.";
      later(10_000);
    }
  };
  form.addEventListener("input", () => later(2_500));
  form.addEventListener("submit", () => {
    sent = true;
    clearTimeout(waiting);
  });
  addEventListener("online", () => told.textContent.startsWith("Not kept") && later(0));
  addEventListener("pageshow", () => { sent = false; });
}
