// Takes out of a page what is built like something before it that stands in the like of its place:
// the same elements with the same classes and states, inside and around, whatever their words and
// addresses are. What is left looks the same to every rule that judges an element by itself and its
// surroundings. Gives how it is built: two pages of which that is the same differ in words alone; and
// which places it has: what stands in the like of a place has the same colours.
() => {
  const STATES = ["class", "role", "type", "hidden", "open", "disabled", "tabindex", "aria-current"];
  // what can go though nothing like it stands beside it, as nothing is left empty or unnamed by it
  const PARTS = new Set("LI TR DIV SECTION ARTICLE P UL OL DL DETAILS FIGURE".split(" "));
  const CELLS = new Set(["TD", "TH"]);
  const names = ["for", "aria-labelledby", "aria-describedby"];
  const ties = [...document.querySelectorAll(names.map((name) => `[${name}]`).join())].flatMap(
    (from) =>
      names
        .flatMap((name) => (from.getAttribute(name) ?? "").split(/\s+/).filter(Boolean))
        .map((id) => [from, document.getElementById(id)]),
  );
  const isTied = (part) => ties.some(([from, to]) => part.contains(from) !== part.contains(to));
  const signOf = (node) =>
    `${node.nodeName}[${STATES.map((name) => node.getAttribute(name) ?? "").join("|")}]`;
  const at = new Map();
  const shape = (node, around) => {
    if (node.nodeType === Node.TEXT_NODE) return node.data.trim() ? "t" : "";
    if (node.nodeType !== Node.ELEMENT_NODE) return "";
    const here = `${around}>${signOf(node)}`;
    const before = at.get(here) ?? new Set();
    at.set(here, before);
    const beside = new Set();
    const inner = [...node.childNodes].map((child) => {
      const told = shape(child, here);
      const seen = PARTS.has(child.nodeName) ? before : beside;
      const isPart = child.nodeType === Node.ELEMENT_NODE && !CELLS.has(child.nodeName);
      if (isPart && seen.has(told) && !isTied(child)) {
        child.remove();
        return "";
      }
      seen.add(told);
      return told;
    });
    return `${signOf(node)}(${inner.join("")})`;
  };
  // FNV-1a, as the names of all places would be longer than the page
  const hash = (text) => {
    let value = 0x811c9dc5;
    for (let i = 0; i < text.length; i += 1) value = Math.imul(value ^ text.charCodeAt(i), 16777619);
    return value;
  };
  const built = shape(document.body, "");
  return { built: `${built.length} ${hash(built)}`, places: [...at.keys()].map(hash) };
}
