// Shows the panels' HTML, keeps what has not changed, follows links without a reload, draws the map, listens for pushes.
const bus = { versions: {}, listeners: new Set() };
/* Where a file of this host is: addresses begin below the path of the pages. */
const here = (address) => window.__streamlit.BACKEND_BASE_URL.slice(0, -1) + address;

/* ---- panels ---- */
let styled = null;
function dress(href) {
  return styled ||= new Promise((done) => {
    const sheet = document.createElement('link');
    sheet.rel = 'stylesheet';
    sheet.href = here(href);
    sheet.onload = sheet.onerror = done;
    document.head.append(sheet);
  });
}

async function unpacked(text) {
  const bytes = Uint8Array.from(atob(text), (one) => one.charCodeAt(0));
  return new Response(new Blob([bytes]).stream().pipeThrough(new DecompressionStream('gzip'))).text();
}

export async function show(component) {
  const { data, parentElement } = component;
  await dress(data.style);
  const html = data.packed ? await unpacked(data.packed) : data.html;
  let root = parentElement.querySelector(':scope > .bw-root');
  if (!root) {
    root = document.createElement('div');
    root.className = 'bw-root';
    parentElement.append(root);
    root.addEventListener('click', (event) => follow(event, root));
    root.addEventListener('submit', (event) => search(event, root));
    root.addEventListener('pointermove', tip);
    root.addEventListener('pointerleave', hideTip);
  }
  root.component = component;
  root.shown = (root.shown || 0) + 1;
  if (root.written !== html) {
    const next = document.createElement('template');
    next.innerHTML = html;
    const ticked = new Set([...root.querySelectorAll('input[name=pick]:checked')].map((one) => one.value));
    morph(root, next.content);
    root.querySelectorAll('input[name=pick]').forEach((one) => { one.checked = ticked.has(one.value); });
    root.written = html;
    const words = root.querySelector('[lang]');
    if (words) document.documentElement.lang = words.lang;
    if (document.documentElement.lang.startsWith('zh') && !bus.chrome) {
      bus.chrome = true;
      inChinese(document.body);
      chrome.observe(document.body, { childList: true, subtree: true });
    }
    remember(root);
    if (root.shown === 1) unroll(root);
  }
  root.querySelectorAll('[data-map]').forEach(drawMap);
  listen(root, data);
}

/* Streamlit's own words are English only: the few that our pages can show are put into Chinese where the page is. */
const CHROME = {
  Upload: '上传', 'Browse files': '选择文件', 'Drag and drop file here': '将文件拖到此处', 'Choose an option': '请选择', 'No results': '无结果', Clear: '清除',
  'Skip to main content': '跳到正文', 'Connection error': '连接中断', 'Press Enter to submit form': '按回车提交', '1MB per file • JSON': 'JSON，不超过1MB',
};
function inChinese(node) {
  if (node.nodeType === Node.TEXT_NODE) {
    const word = CHROME[node.data.trim()];
    if (word) node.data = word;
  } else if (node.nodeType === Node.ELEMENT_NODE && !node.closest('.bw-root')) {
    for (const name of ['aria-label', 'placeholder']) if (CHROME[node.getAttribute(name)]) node.setAttribute(name, CHROME[node.getAttribute(name)]);
    node.childNodes.forEach(inChinese);
  }
}
const chrome = new MutationObserver((changes) => {
  if (document.documentElement.lang.startsWith('zh')) changes.forEach((one) => one.addedNodes.forEach(inChinese));
});

/* What scrolls sideways begins where it matters: the page that is open. */
function unroll(root) {
  const tab = root.querySelector('.pages [aria-current]');
  if (tab) tab.parentElement.scrollLeft = tab.offsetLeft - tab.parentElement.clientWidth / 2;
}

/* ---- figures ---- */
let library = null;
function plotly(address) {
  return library ||= new Promise((done, failed) => {
    const script = document.createElement('script');
    script.src = here(address);
    script.onload = () => done(window.Plotly);
    script.onerror = failed;
    document.head.append(script);
  });
}

/* Draws a figure, or makes the one that stands there look like the new one: zoom and hidden series stay as the reader left them. */
export async function figure(component) {
  const { data, parentElement } = component;
  await dress(data.style);
  const spec = JSON.parse(data.packed ? await unpacked(data.packed) : data.html);
  let plot = parentElement.querySelector(':scope > .bw-figure');
  if (!plot) {
    plot = document.createElement('div');
    plot.className = 'bw-figure';
    plot.setAttribute('role', 'img');
    parentElement.append(plot);
  }
  plot.style.height = `${spec.layout.height}px`;
  plot.setAttribute('aria-label', data.alt);
  plot.component = component;
  const Plotly = await plotly(data.plotly), fresh = !plot.drawn;
  plot.drawn = true;
  await Plotly.react(plot, spec.data, coloured(spec.layout), data.config);
  if (fresh) plot.on('plotly_click', ({ points: [point] }) => {
    const link = point && plot.component.data.links[point.pointIndex];
    if (link) plot.component.setTriggerValue('go', link);
  });
  if (fresh) plot.on('plotly_selected', (chosen) => {
    const { data: now } = plot.component, days = chosen?.range?.x;
    if (!now.brush || !days) return;
    Plotly.relayout(plot, { selections: [] });
    plot.component.setTriggerValue('go', now.brush.replace('FIRST_LAST', dragged(days)));
  });
}

/* The whole days that a dragged range touches; bars stand around midnight. */
function dragged(days) {
  const [first, last] = days.map((day) => Date.parse(`${day.replace(' ', 'T').slice(0, 19)}Z`.replace(/^(\d{4}-\d\d-\d\d)Z$/, '$1T00:00Z')) + 43_200_000).sort((a, b) => a - b);
  return [first, last].map((at) => new Date(at).toISOString().slice(0, 10)).join('_');
}

/* Text, grid and tips in the colours and the typeface of the page. */
function coloured(layout) {
  const look = getComputedStyle(document.documentElement), colour = (name) => look.getPropertyValue(name).trim();
  const family = getComputedStyle(document.body).fontFamily;
  layout.font = { ...layout.font, family, color: colour('--soft') };
  layout.hoverlabel = { ...layout.hoverlabel, bgcolor: colour('--card'), bordercolor: colour('--line'), font: { family, color: colour('--ink') } };
  for (const [name, axis] of Object.entries(layout)) if (/^[xy]axis/.test(name)) Object.assign(axis, { gridcolor: colour('--line'), linecolor: colour('--line') });
  layout.modebar = { bgcolor: 'rgba(0,0,0,0)', color: colour('--line'), activecolor: colour('--accent') };
  return layout;
}

/* A figure as a picture, made here from what is drawn: its layers in one SVG, on paper of the page's colour, its title above. */
function picture(button) {
  const plot = document.querySelector(`[class*="st-key-plot-${CSS.escape(button.dataset.of)}"] .bw-figure`);
  if (!plot) return;
  const layers = [...plot.querySelectorAll('svg.main-svg')];
  const { width, height } = layers[0].getBoundingClientRect();
  const look = getComputedStyle(document.documentElement), title = button.closest('.pictures').dataset.title, top = 34;
  const text = layers.map((layer) => [...layer.childNodes].map((node) => new XMLSerializer().serializeToString(node)).join('')).join('');
  const escaped = title.replace(/[&<>]/g, (one) => ({ '&': '&amp;', '<': '&lt;', '>': '&gt;' })[one]);
  const svg = `<svg xmlns="http://www.w3.org/2000/svg" xmlns:xlink="http://www.w3.org/1999/xlink" width="${width}" height="${height + top}" `
    + `viewBox="0 0 ${width} ${height + top}" font-family="'Noto Sans CJK SC','PingFang SC','Microsoft YaHei',sans-serif">`
    + `<rect width="100%" height="100%" fill="${look.getPropertyValue('--card')}"/><text x="10" y="22" font-size="16" font-weight="700" `
    + `fill="${look.getPropertyValue('--ink')}">${escaped}</text><g transform="translate(0 ${top})">${text}</g></svg>`;
  const file = new Blob([svg], { type: 'image/svg+xml' });
  if (button.dataset.picture === 'svg') return save(file, `${button.dataset.of}.svg`);
  const image = new Image();
  image.onload = () => {
    const canvas = document.createElement('canvas');
    canvas.width = width * 2;
    canvas.height = (height + top) * 2;
    canvas.getContext('2d').drawImage(image, 0, 0, canvas.width, canvas.height);
    canvas.toBlob((blob) => save(blob, `${button.dataset.of}.png`));
    URL.revokeObjectURL(image.src);
  };
  image.src = URL.createObjectURL(file);
}
function save(blob, name) {
  const way = document.createElement('a');
  way.href = URL.createObjectURL(blob);
  way.download = name;
  way.click();
  setTimeout(() => URL.revokeObjectURL(way.href), 10_000);
}

/* In a frame Streamlit leaves signing in to the page around it, and few providers may be framed: it is done in a window of its own, after which
   the frame is drawn anew. Without such a window people sign in within the frame; signing out needs no page. */
const DOOR = { in: 'burdenwatch-in', out: 'burdenwatch-out' };
function door(event) {
  if (event.source !== window || event.origin !== location.origin || event.data?.type !== 'REDIRECT_TO_URL') return;
  const address = new URL(event.data.url, location.href), out = address.pathname.endsWith('/auth/logout');
  if (address.origin !== location.origin) return;
  bus.going = '';
  const opened = window.open(address, out ? DOOR.out : DOOR.in, 'popup,width=560,height=720');
  if (!opened && out) return fetch(address, { redirect: 'manual' }).then(() => location.reload());
  if (!opened) return location.assign(address);
  const watch = setInterval(() => { if (opened.closed) { clearInterval(watch); location.reload(); } }, 300);
}
if (window !== window.parent) window.addEventListener('message', door);

/* Signing in ends on the first page: where somebody wanted to go is kept meanwhile, and gone to afterwards. */
function remember(root) {
  if (window.name === DOOR.in && root.querySelector('.whoami') || window.name === DOOR.out && root.querySelector('[data-wanted]')) return window.close();
  if (root.querySelector('[data-wanted]')) sessionStorage.setItem('wanted', location.pathname + location.search);
  else if (root.querySelector('.whoami')) {
    const wanted = sessionStorage.getItem('wanted');
    sessionStorage.removeItem('wanted');
    if (wanted && wanted !== location.pathname + location.search) location.replace(wanted);
  }
}

/* Makes `old` look like `wanted` while keeping elements that are the same: focus, open notes and moving bars survive. */
function morph(old, wanted) {
  const want = [...wanted.childNodes], have = [...old.childNodes];
  want.forEach((node, place) => {
    const mine = have[place];
    if (!mine) old.append(node);
    else if (mine.nodeType !== node.nodeType || mine.nodeName !== node.nodeName || mine.dataset?.key !== node.dataset?.key) mine.replaceWith(node);
    else if (node.nodeType === Node.TEXT_NODE) { if (mine.data !== node.data) mine.data = node.data; }
    else {
      const live = mine.dataset?.live !== undefined && mine.textContent !== node.textContent;
      for (const { name } of [...mine.attributes]) if (!node.hasAttribute(name)) mine.removeAttribute(name);
      for (const { name, value } of [...node.attributes]) if (mine.getAttribute(name) !== value) mine.setAttribute(name, value);
      if (mine.dataset?.keep === undefined) morph(mine, node);
      if (live) { mine.classList.remove('moved'); void mine.offsetWidth; mine.classList.add('moved'); }
    }
  });
  have.slice(want.length).forEach((node) => node.remove());
}

/* Asks for another place. A click that falls into a redraw may be lost on its way: it is said again, at last as a plain address. */
function go(root, query) {
  bus.going = query;
  let tries = 0;
  const plain = (where) => where.pathname + '?' + [...where.searchParams].filter(([, value]) => value).sort().join('&');
  const wanted = plain(new URL(query, location.href));
  const ask = () => { root.component.setTriggerValue('go', query); setTimeout(check, 900); };
  const check = () => {
    if (bus.going !== query || plain(new URL(location.href)) === wanted) return;
    if (document.querySelector('[data-testid=stApp]')?.dataset.testScriptState !== 'notRunning') return setTimeout(check, 300);
    if (++tries <= 2 && root.isConnected) ask();
    else if (!/^sign(in|out)\?/.test(query)) location.assign(query);  // no page has that address
  };
  ask();
}

function follow(event, root) {
  if (event.target.closest('[data-print]')) return window.print();
  const all = event.target.closest('input[data-all]');
  if (all) return root.querySelectorAll('input[name=pick]').forEach((one) => { one.checked = all.checked; });
  const form = event.target.closest('[data-picture]');
  if (form) return picture(form);
  const link = event.target.closest('[data-go]');
  if (!link || event.metaKey || event.ctrlKey || event.shiftKey || event.button) return;
  event.preventDefault();
  hideTip();
  if ((link.dataset.go.includes('area=') || !link.dataset.go.startsWith('?')) && !link.closest('.choices, .choice')) window.scrollTo({ top: 0 });
  if (/^(remark|filter)\?/.test(link.dataset.go)) return root.component.setTriggerValue('go', link.dataset.go);
  go(root, link.dataset.go);
}

/* What is ticked goes with the act that is chosen; said once and never again by itself: acts are written. */
function wish(form, root) {
  const picks = [...root.querySelectorAll('input[name=pick]:checked')].map((one) => one.value);
  const said = new URLSearchParams([...new FormData(form)].filter(([name]) => name !== 'pick'));
  said.set('picks', picks.join(','));
  root.querySelectorAll('input[name=pick], input[data-all]').forEach((one) => { one.checked = false; });
  root.component.setTriggerValue('go', `${form.dataset.wish}?${said}`);
}

function search(event, root) {
  event.preventDefault();
  if (event.target.dataset.wish) return wish(event.target, root);
  const field = event.target.querySelector('input');
  go(root, event.target.dataset.base + '&q=' + encodeURIComponent(field.value));
}

/* ---- push ---- */
/* Asks for a redraw; two panels that ask in the same moment may lose one of the two, so it is asked again. */
function tick(root, again) {
  const shown = root.shown;
  root.component.setTriggerValue('tick', root.seen);
  if (again) setTimeout(() => { if (root.isConnected && root.shown === shown) tick(root, again - 1); }, 700);
}

function listen(root, data) {
  if (!bus.source) {
    bus.source = new EventSource(here(data.stream));
    bus.source.onmessage = (message) => {
      bus.versions = JSON.parse(message.data);
      bus.listeners.forEach((listener) => listener());
    };
    document.addEventListener('visibilitychange', () => bus.listeners.forEach((listener) => listener()));
  }
  root.topic = data.topic;
  if (!data.topic || root.hears) return;
  root.hears = true;
  root.seen = bus.versions[data.topic];
  const listener = () => {
    if (!root.isConnected) { bus.listeners.delete(listener); return; }
    const now = bus.versions[root.topic];
    if (document.hidden || now === root.seen) return;
    const first = root.seen === undefined;
    root.seen = now;
    if (!first) tick(root, 2);
  };
  bus.listeners.add(listener);
}

/* ---- the tip of a bar ---- */
let tipBox = null;
function tip(event) {
  const bar = event.target.closest('[data-tip]');
  if (!bar) return hideTip();
  if (!tipBox) { tipBox = document.createElement('div'); tipBox.className = 'tip'; document.body.append(tipBox); }
  tipBox.textContent = bar.dataset.tip;
  const box = tipBox.getBoundingClientRect();
  tipBox.style.left = Math.max(8, Math.min(event.clientX + 14, innerWidth - box.width - 8)) + 'px';
  tipBox.style.top = Math.max(8, event.clientY - box.height - 12) + 'px';
}
function hideTip() { tipBox?.remove(); tipBox = null; }

/* ---- the map: equal-area outlines on a canvas ---- */
const files = {};
async function outlines(url) {
  files[url] ||= fetch(here(url)).then((answer) => { if (!answer.ok) throw new Error(url); return answer.json(); });
  return files[url];
}

function albers(box) {
  const rad = Math.PI / 180, country = box[2] - box[0] > 40;
  const [south, north] = country ? [25, 47] : [box[1] + (box[3] - box[1]) / 6, box[3] - (box[3] - box[1]) / 6];
  const lon0 = (country ? 105 : (box[0] + box[2]) / 2) * rad;
  const n = (Math.sin(south * rad) + Math.sin(north * rad)) / 2 || 1e-6;
  const c = Math.cos(south * rad) ** 2 + 2 * n * Math.sin(south * rad);
  return ([lon, lat]) => {
    const rho = Math.sqrt(Math.max(0, c - 2 * n * Math.sin(lat * rad))) / n, theta = n * (lon * rad - lon0);
    return [rho * Math.sin(theta), rho * Math.cos(theta)];
  };
}

function flat(geometry) {
  const parts = { Polygon: [geometry.coordinates], MultiPolygon: geometry.coordinates, LineString: [[geometry.coordinates]], MultiLineString: [geometry.coordinates] };
  return parts[geometry.type].flat();
}

async function drawMap(frame) {
  const ranked = JSON.parse(frame.dataset.places);
  const places = Object.fromEntries(ranked.map(([code, ...rest]) => [code, rest]));
  const canvas = frame.querySelector('canvas');
  const state = (frame.state ||= {});
  state.frame = frame; state.canvas = canvas; state.places = places; state.order = ranked.map(([code]) => code); state.told = frame.parentElement.querySelector('.told');
  if (state.url !== frame.dataset.map || state.area !== frame.dataset.area) {
    state.url = frame.dataset.map; state.area = frame.dataset.area; state.lit = null; state.shapes = null;
    const file = await outlines(frame.dataset.map);
    if (state.url !== frame.dataset.map || state.area !== frame.dataset.area) return;
    const chosen = file.features.filter((one) => !one.properties?.code || !state.area || places[one.properties.code]);
    prepare(state, chosen);
  }
  if (!state.shapes) return;
  if (!state.bound) bind(state);
  paint(state);
  frame.dataset.drawn = state.area + ':' + state.shapes.length;
}

function prepare(state, features) {
  const raw = features.map((one) => ({ code: one.properties?.code || '', rings: flat(one.geometry) }));
  const areas = raw.filter((one) => one.code);
  const box = [180, 90, -180, -90];
  const scope = state.area ? areas : raw;
  for (const one of scope) for (const ring of one.rings) for (const [lon, lat] of ring) {
    box[0] = Math.min(box[0], lon); box[1] = Math.min(box[1], lat); box[2] = Math.max(box[2], lon); box[3] = Math.max(box[3], lat);
  }
  const project = albers(box), edge = [Infinity, Infinity, -Infinity, -Infinity];
  const done = raw.map((one) => ({ code: one.code, rings: one.rings.map((ring) => ring.map(project)) }));
  for (const one of done) if (one.code || !state.area) for (const ring of one.rings) for (const [x, y] of ring) {
    edge[0] = Math.min(edge[0], x); edge[1] = Math.min(edge[1], y); edge[2] = Math.max(edge[2], x); edge[3] = Math.max(edge[3], y);
  }
  state.edge = edge;
  state.shapes = done.map(({ code, rings }) => {
    const path = new Path2D();
    for (const ring of rings) { ring.forEach(([x, y], n) => (n ? path.lineTo(x, y) : path.moveTo(x, y))); if (code) path.closePath(); }
    return { code, path };
  });
}

function paint(state) {
  if (!state.shapes || !state.canvas.isConnected) return;
  const { canvas, edge } = state, ratio = devicePixelRatio || 1;
  const width = canvas.clientWidth, height = canvas.clientHeight;
  if (!width) return;
  canvas.width = width * ratio; canvas.height = height * ratio;
  const style = getComputedStyle(document.documentElement), colour = (name) => style.getPropertyValue('--' + name).trim();
  const pad = 10, k = Math.min((width - 2 * pad) / (edge[2] - edge[0]), (height - 2 * pad) / (edge[3] - edge[1]));
  const x = (width - k * (edge[2] - edge[0])) / 2 - k * edge[0], y = (height - k * (edge[3] - edge[1])) / 2 - k * edge[1];
  const ctx = canvas.getContext('2d');
  state.matrix = [k * ratio, 0, 0, k * ratio, x * ratio, y * ratio];
  ctx.setTransform(...state.matrix);
  ctx.lineJoin = 'round';
  for (const { code, path } of state.shapes) {
    if (!code) continue;
    ctx.fillStyle = colour('c' + (state.places[code]?.[0] ?? 0));
    ctx.fill(path);
    ctx.lineWidth = 0.8 / k; ctx.strokeStyle = colour('edge'); ctx.stroke(path);
    ctx.lineWidth = 0.5 / k; ctx.strokeStyle = colour('soft'); ctx.globalAlpha = 0.55; ctx.stroke(path); ctx.globalAlpha = 1;
  }
  ctx.strokeStyle = colour('dash'); ctx.lineWidth = 1.3 / k;
  for (const { code, path } of state.shapes) if (!code) ctx.stroke(path);
  const lit = state.shapes.find((one) => one.code && one.code === state.lit);
  if (lit) { ctx.lineWidth = 2.4 / k; ctx.strokeStyle = colour('bad'); ctx.stroke(lit.path); }
}

function light(state, code) {
  if (state.lit === code) return;
  if (!state.shapes || !state.frame.isConnected) return;
  state.lit = code;
  paint(state);
  const known = state.places[code];
  state.told.textContent = known ? known[1] : code ? state.frame.dataset.nothing : '';
  state.frame.closest('.card').querySelectorAll('tr[data-code]').forEach((row) => row.classList.toggle('lit', row.dataset.code === code));
}

function under(state, event) {
  if (!state.shapes || !state.matrix) return null;
  const ctx = state.canvas.getContext('2d'), ratio = devicePixelRatio || 1, box = state.canvas.getBoundingClientRect();
  ctx.setTransform(...state.matrix);
  const px = (event.clientX - box.left) * ratio, py = (event.clientY - box.top) * ratio;
  return state.shapes.find((one) => one.code && ctx.isPointInPath(one.path, px, py))?.code ?? null;
}

function bind(state) {
  state.bound = true;
  const { canvas, frame } = state, open = (code) => state.places[code] && go(frame.closest('.bw-root'), state.places[code][2]);
  canvas.addEventListener('pointermove', (event) => light(state, under(state, event)));
  canvas.addEventListener('pointerleave', () => light(state, null));
  canvas.addEventListener('click', (event) => open(under(state, event)));
  canvas.addEventListener('keydown', (event) => {
    const step = { ArrowDown: 1, ArrowRight: 1, ArrowUp: -1, ArrowLeft: -1 }[event.key];
    const order = state.order;
    if (step) { event.preventDefault(); light(state, order[(order.indexOf(state.lit) + step + order.length) % order.length]); }
    if (event.key === 'Enter') open(state.lit);
    if (event.key === 'Escape') light(state, null);
  });
  const card = frame.closest('.card');
  card.addEventListener('pointerover', (event) => { const row = event.target.closest('tr[data-code]'); if (row) light(state, row.dataset.code); });
  new ResizeObserver(() => paint(state)).observe(canvas);
  matchMedia('(prefers-color-scheme: dark)').addEventListener('change', () => paint(state));
}
