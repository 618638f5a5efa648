// The stages of an answer while it is made, and a way to give it up. Without scripts, or where
// anything here fails, the browser goes to the question's address and waits for the page itself.
"use strict";

(() => {
  const SHOWN_AFTER_MS = 150;
  let under = null;

  const end = () => {
    under?.stop();
    under = null;
  };

  const panel = () => {
    const box = document.createElement("div");
    box.className = "stages";
    box.hidden = true;
    const told = document.createElement("div");
    told.setAttribute("role", "status");
    told.setAttribute("aria-label", "What is done of the answer");
    const list = document.createElement("ol");
    told.append(list);
    const cancel = document.createElement("button");
    cancel.type = "button";
    cancel.className = "cancel";
    cancel.textContent = "Cancel";
    box.append(told, cancel);
    return { box, list, cancel };
  };

  const say = (list, words) => {
    const line = document.createElement("li");
    line.textContent = words;
    list.append(line);
  };

  // the lines of a response as they come
  async function* lines(response) {
    const reader = response.body.pipeThrough(new TextDecoderStream()).getReader();
    let rest = "";
    for (;;) {
      const { done, value } = await reader.read();
      if (done) return;
      const parts = (rest + value).split("\n");
      rest = parts.pop();
      yield* parts.map((part) => JSON.parse(part));
    }
  }

  const begin = async (query, place, field) => {
    end();
    const leaving = new AbortController();
    const { box, list, cancel } = panel();
    place.after(box);
    place.classList.add("busy");
    const showing = setTimeout(() => {
      box.hidden = false;
    }, SHOWN_AFTER_MS);
    const mine = {
      stop: () => {
        clearTimeout(showing);
        leaving.abort();
        box.remove();
        place.classList.remove("busy");
      },
    };
    under = mine;
    cancel.addEventListener("click", () => {
      end();
      field?.focus();
    });
    const plain = `/ask?${query}`;
    try {
      const response = await fetch(`/ask/stages?${query}`, { signal: leaving.signal });
      if (!response.ok) throw new Error(String(response.status));
      for await (const told of lines(response)) {
        if (under !== mine) return;
        if (told.address) {
          location.assign(told.address);
          return;
        }
        say(list, told.stage);
      }
      throw new Error("no address");
    } catch {
      // given up by the reader: nothing; anything else is told where it is asked plainly
      if (under === mine) location.assign(plain);
    }
  };

  if (!window.TextDecoderStream) return;

  for (const form of document.querySelectorAll("form[data-progress]")) {
    form.addEventListener("submit", (event) => {
      event.preventDefault();
      begin(new URLSearchParams(new FormData(form)), form, form.querySelector("input[name=q]"));
    });
  }

  addEventListener("click", (event) => {
    const link = event.target.closest?.('a[href^="/ask?"]');
    const isPlain = !(event.ctrlKey || event.metaKey || event.shiftKey || event.altKey);
    if (!link || !isPlain || event.button !== 0 || event.defaultPrevented) return;
    event.preventDefault();
    begin(new URL(link.href).searchParams, link, link);
  });

  addEventListener("keydown", (event) => {
    if (event.key === "Escape" && localStorage.getItem("curbside-keys-off") === null) end();
  });

  // a page that the browser kept is shown as it was before it was left
  addEventListener("pageshow", end);
})();
