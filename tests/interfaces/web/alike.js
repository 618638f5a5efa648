// Takes out of a page what is built like something that stands beside it: the same elements with
// the same classes and states in the same order, whatever their words and addresses are. What is
// left looks the same to every rule that judges an element by itself and its surroundings. Gives how
// it is built: two pages of which that is the same differ in words alone.
() => {
  const STATES = ["class", "role", "type", "hidden", "open", "disabled", "tabindex", "aria-current"];
  const needed = new Map();
  for (const each of document.querySelectorAll("[for], [aria-labelledby], [aria-describedby]")) {
    for (const name of ["for", "aria-labelledby", "aria-describedby"]) {
      for (const id of (each.getAttribute(name) ?? "").split(/\s+/).filter(Boolean)) {
        needed.set(id, [...(needed.get(id) ?? []), each]);
      }
    }
  }
  const isNeeded = (part) =>
    [part, ...part.querySelectorAll("[id]")].some((each) =>
      (needed.get(each.id) ?? []).some((by) => !part.contains(by)),
    );
  const shape = (node) => {
    if (node.nodeType === Node.TEXT_NODE) return node.data.trim() ? "t" : "";
    if (node.nodeType !== Node.ELEMENT_NODE) return "";
    const seen = new Set();
    const inner = [...node.childNodes].map((child) => {
      const told = shape(child);
      const isCell = ["TD", "TH"].includes(child.nodeName);
      if (seen.has(told) && child.nodeType === Node.ELEMENT_NODE && !isCell && !isNeeded(child)) {
        child.remove();
        return "";
      }
      seen.add(told);
      return told;
    });
    const states = STATES.map((name) => node.getAttribute(name) ?? "").join("|");
    return `${node.nodeName}[${states}](${inner.join("")})`;
  };
  return shape(document.body);
}
