// What makes reading quicker where scripts run. Everything works without it.
"use strict";

const told = (text) => {
  const place = document.querySelector("[data-told]");
  if (place) place.textContent = text;
};

const copies = (button, text, said) => {
  if (!navigator.clipboard) return;
  button.hidden = false;
  button.addEventListener("click", async () => {
    await navigator.clipboard.writeText(text());
    told(said);
  });
};
const linkOf = (button) => new URL(button.dataset.copy, location.href).href;
for (const button of document.querySelectorAll("[data-copy]")) {
  copies(button, () => linkOf(button), "The link is copied.");
}

// the bottom line as it may be handed on: what is asked, how it stands, each claim with its sources
const textOf = (selector) =>
  [...document.querySelectorAll(selector)].map((each) => each.textContent.replace(/\s+/g, " ").trim());
for (const button of document.querySelectorAll("[data-copy-claims]")) {
  const claims = [...document.querySelectorAll(".bottom-line .copy pre")];
  copies(
    button,
    () =>
      [
        ...textOf("h1"),
        [textOf(".status dt"), textOf(".status dd")]
          .reduce((names, values) => names.map((name, place) => `${name} ${values[place]}`))
          .slice(0, 2)
          .join("; "),
        ...textOf(".banner"),
        ...claims.map((each) => each.textContent.trim()),
        linkOf(document.querySelector("[data-copy]")),
      ].join("\n\n"),
    "The bottom line is copied, with its references.",
  );
}

for (const button of document.querySelectorAll("[data-print]")) {
  button.hidden = false;
  button.addEventListener("click", () => window.print());
}

// a passage is shown beside its number while the pointer or the focus rests on it
const card = document.createElement("div");
card.className = "hover-card";
card.setAttribute("aria-hidden", "true");
card.hidden = true;
document.body.append(card);

const show = (link) => {
  const passage = document.getElementById(link.hash.slice(1));
  const quote = passage?.querySelector("blockquote");
  if (!quote || passage.matches(":target")) return;
  const title = passage.querySelector("h3").textContent;
  const head = document.createElement("p");
  head.className = "hover-title";
  head.textContent = title;
  const body = document.createElement("p");
  body.textContent = quote.textContent;
  card.replaceChildren(head, body);
  card.hidden = false;
  const at = link.getBoundingClientRect();
  const below = at.bottom + card.offsetHeight + 12 < innerHeight;
  card.style.setProperty("top", `${below ? at.bottom + 6 : at.top - card.offsetHeight - 6}px`);
  card.style.setProperty("left", `${Math.max(8, Math.min(at.left, innerWidth - card.offsetWidth - 8))}px`);
};
const hide = () => {
  card.hidden = true;
};
for (const link of document.querySelectorAll("a.cite")) {
  link.removeAttribute("title");
  link.addEventListener("pointerenter", (event) => event.pointerType === "mouse" && show(link));
  link.addEventListener("pointerleave", hide);
  link.addEventListener("focus", () => link.matches(":focus-visible") && show(link));
  link.addEventListener("blur", hide);
}
addEventListener("scroll", hide, { passive: true });

// the keys can be turned off, as speech input types letters that nobody meant as keys
const KEYS = "curbside-keys-off";
const keysAreOff = () => localStorage.getItem(KEYS) !== null;
for (const button of document.querySelectorAll("[data-keys]")) {
  const name = () => {
    button.textContent = keysAreOff() ? "Turn the keys on" : "Turn the keys off";
  };
  button.hidden = false;
  name();
  button.addEventListener("click", () => {
    if (keysAreOff()) localStorage.removeItem(KEYS);
    else localStorage.setItem(KEYS, "");
    name();
  });
}

// what is being read is looked at again until it is done
if (document.querySelector("[data-unfinished]")) setTimeout(() => location.reload(), 1500);

// "/" goes to the box to ask in; Escape closes what is open
addEventListener("keydown", (event) => {
  if (keysAreOff()) return;
  const inField = event.target.closest?.("input, textarea, select");
  if (event.key === "Escape") {
    hide();
    const open = document.querySelector(".passage:target");
    if (open) {
      const back = document.querySelector(`a.cite[href="#${CSS.escape(open.id)}"]`);
      location.hash = "closed";
      (window.lastCite ?? back)?.focus({ preventScroll: true });
    }
  } else if (event.key === "/" && !inField && !event.ctrlKey && !event.metaKey && !event.altKey) {
    const box = document.querySelector("input[name=q]");
    if (box) {
      event.preventDefault();
      box.focus();
      box.select();
    }
  }
});
addEventListener("click", (event) => {
  const link = event.target.closest?.("a.cite");
  if (link) window.lastCite = link;
});
