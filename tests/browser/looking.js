// What axe does not look for; see looking.py. Each answers with faults, as lines that say where.

const html = (one) => one.outerHTML.replace(/\s+/g, " ").slice(0, 110);
const all = (what) => [...document.querySelectorAll(what)];
const HIDDEN_FROM_EYES = ".govuk-visually-hidden, .govuk-skip-link, [class*=visually-hidden]";

const looking = {
  built() {
    const found = [];
    const count = (what) => all(what).length;
    if (count("h1") !== 1) found.push(`${count("h1")} h1`);
    if (document.documentElement.lang !== "en") found.push("no lang");
    const title = document.title.match(/^(Error: )?(.+) - reviewflow$/);
    if (!title || !title[2].trim()) found.push(`title: ${document.title}`);
    for (const name of ["body > header", "main", "main#main-content", "body > footer"])
      if (count(name) !== 1) found.push(`${count(name)} ${name}`);
    for (const nav of all("nav"))
      if (!nav.getAttribute("aria-label") && !nav.getAttribute("aria-labelledby")) found.push("a nav without a name");
    for (const one of all("[tabindex]")) if (one.tabIndex > 0) found.push(`tabindex: ${html(one)}`);
    const ids = all("[id]").map((one) => one.id);
    for (const id of new Set(ids.filter((id, place) => ids.indexOf(id) !== place))) found.push(`id twice: ${id}`);
    for (const link of all(".govuk-error-summary a"))
      if (!document.getElementById(decodeURIComponent(link.hash.slice(1)))) found.push(`leads nowhere: ${link.hash}`);
    // What is reached one after the other stands in that order: nothing is put elsewhere by style.
    for (const one of all("body *")) {
      const style = getComputedStyle(one);
      if (style.order !== "0" || /reverse/.test(style.flexDirection)) found.push(`order: ${html(one)}`);
    }
    const first = document.querySelector("a[href], button, input:not([type=hidden]), select, textarea, summary");
    if (!first || first.getAttribute("href") !== "#main-content") found.push("the skip link is not first");
    return found;
  },

  // WCAG 2.2, 2.5.8. It leaves out targets within a sentence.
  small() {
    const inText = (one) => getComputedStyle(one).display === "inline" &&
      [...one.parentElement.childNodes].some((near) => near.nodeType === 3 && near.textContent.trim());
    return all("a[href], button, summary, select, textarea, input:not([type=hidden])")
      .filter((one) => one.checkVisibility() && !inText(one) && !one.matches(HIDDEN_FROM_EYES))
      .map((one) => [one, (["checkbox", "radio"].includes(one.type) && one.labels[0]) || one])
      .map(([one, target]) => [one, target.getBoundingClientRect()])
      .filter(([, box]) => box.height < 23.9 || box.width < 23.9)
      .map(([one, box]) => `${Math.round(box.width)} x ${Math.round(box.height)}: ${html(one)}`);
  },

  // WCAG 2.2, 1.4.10: no scrolling in two directions, and nothing that cannot be read at all.
  cutOff() {
    const found = [];
    const left = `.rf-scroll, svg, textarea, select, ${HIDDEN_FROM_EYES}`;
    const width = document.documentElement.scrollWidth;
    if (width > innerWidth) {
      const wide = all("body *").filter((one) => one.getBoundingClientRect().right > innerWidth + 1 && !one.closest(left));
      found.push(`${width} pixels wide: ${wide.slice(0, 3).map(html)}`);
    }
    const clips = (way) => ["hidden", "clip"].includes(way);
    for (const one of all("body *")) {
      if (one.matches("input") || one.closest(left) || !one.textContent.trim() || !one.checkVisibility()) continue;
      const style = getComputedStyle(one);
      if ((clips(style.overflowY) && one.scrollHeight > one.clientHeight + 1) ||
          (clips(style.overflowX) && one.scrollWidth > one.clientWidth + 1) || style.textOverflow === "ellipsis")
        found.push(`cut off: ${html(one)}`);
    }
    return found;
  },

  // WCAG 2.2, 1.4.12: what readers may set. Set by script: the pages take no other style than their own.
  spaced() {
    const sheet = new CSSStyleSheet();
    const set = { "line-height": "1.5", "letter-spacing": "0.12em", "word-spacing": "0.16em" };
    const rules = Object.entries(set).map(([name, value]) => `${name}: ${value} !important`).join("; ");
    sheet.replaceSync(`* { ${rules} } p { margin-bottom: 2em !important }`);
    document.adoptedStyleSheets = [...document.adoptedStyleSheets, sheet];
    return looking.cutOff();
  },

  moves() {
    return all("*").filter((one) => {
      const style = getComputedStyle(one);
      const lasts = style.animationDuration.split(",").some((part) => parseFloat(part) > 0.01);
      return (style.animationName !== "none" && lasts) || style.scrollBehavior === "smooth";
    }).map(html);
  },

  // Text with too little contrast to what is behind it, in the colours that are shown just now.
  unreadable() {
    const numbers = (text) => (text.match(/[\d.]+/g) || []).map(Number);
    const bright = (part) => (part / 255 <= 0.04045 ? part / 255 / 12.92 : ((part / 255 + 0.055) / 1.055) ** 2.4);
    const light = ([r, g, b]) => 0.2126 * bright(r) + 0.7152 * bright(g) + 0.0722 * bright(b);
    const behind = (one) => {
      for (let at = one; at; at = at.parentElement) {
        const [r, g, b, opaque = 1] = numbers(getComputedStyle(at).backgroundColor);
        if (opaque > 0.99) return [r, g, b];
      }
      return [255, 255, 255];
    };
    const texts = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
    const found = new Set();
    while (texts.nextNode()) {
      const one = texts.currentNode.parentElement;
      if (!texts.currentNode.textContent.trim() || !one.checkVisibility()) continue;
      if (one.closest(`script, style, svg, ${HIDDEN_FROM_EYES}`)) continue;
      const back = behind(one), fore = numbers(getComputedStyle(one).color).slice(0, 3);
      const [more, less] = [light(fore), light(back)].sort((x, y) => y - x);
      if ((more + 0.05) / (less + 0.05) < 4.5) found.add(`${fore} on ${back}: ${html(one)}`);
    }
    return [...found];
  },
};
