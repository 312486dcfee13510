/* Tideover at the desk. Every page works without this file; it saves keystrokes and keeps what was typed. */
(function () {
  "use strict";
  var doc = document, body = doc.body;
  function all(selector, root) { return Array.prototype.slice.call((root || doc).querySelectorAll(selector)); }
  function one(selector) { return doc.querySelector(selector); }
  function say(words, stays) {
    var line = doc.getElementById("line");
    if (!line || !words) { return; }
    line.textContent = words;
    line.hidden = false;
    clearTimeout(say.timer);
    if (!stays) { say.timer = setTimeout(function () { line.hidden = true; }, 6000); }
  }
  function typing(target) {
    return target && (target.isContentEditable || /^(INPUT|TEXTAREA|SELECT)$/.test(target.tagName) &&
      !/^(checkbox|radio|submit|button)$/.test(target.type));
  }

  /* ---- amounts: how what is typed is understood, from the reader of the house itself ---- */
  function understand(input) {
    var place = input.closest(".in") || input.parentNode, told = place.querySelector(".understood");
    if (!told) {
      told = doc.createElement("span");
      told.className = "hint understood";
      told.setAttribute("role", "status");
      place.appendChild(told);
    }
    if (!input.value.trim()) { told.textContent = ""; return; }
    fetch("/amount?typed=" + encodeURIComponent(input.value) + "&lang=" + doc.documentElement.lang)
      .then(function (answer) { return answer.ok ? answer.text() : ""; })
      .then(function (words) { told.textContent = words; })
      .catch(function () { told.textContent = ""; });
  }
  doc.addEventListener("input", function (event) {
    if (!event.target.matches || !event.target.matches("[data-amount]")) { return; }
    clearTimeout(understand.timer);
    understand.timer = setTimeout(understand, 300, event.target);
  });

  /* ---- dates: 3/11, 03112026, today, +14 ---- */
  var BEFORE = { today: 0, yesterday: -1, tomorrow: 1, "ມື້ນີ້": 0, "ມື້ວານ": -1, "ມື້ອື່ນ": 1, "วันนี้": 0, "เมื่อวาน": -1, "พรุ่งนี้": 1, "hôm nay": 0, "hôm qua": -1, "ngày mai": 1, "ယနေ့": 0, "ဒီနေ့": 0 };
  function today() {
    var set = one("[data-today]"), now = set /* the house's day, not this computer's */ ? new Date(set.dataset.today + "T00:00") : new Date();
    return new Date(now.getFullYear(), now.getMonth(), now.getDate());
  }
  function real(y, m, d) {
    if (y > 2399 && doc.documentElement.lang === "th") { y -= 543; }
    var day = new Date(y, m - 1, d);
    return y >= 1900 && y <= 2200 && day.getMonth() === m - 1 && day.getDate() === d ? day : null;
  }
  function readDate(typed) {
    var raw = typed.trim().toLowerCase().replace(/[໐-໙]/g, function (c) { return c.charCodeAt(0) - 0xED0; })
      .replace(/[๐-๙]/g, function (c) { return c.charCodeAt(0) - 0xE50; })
      .replace(/[၀-၉]/g, function (c) { return c.charCodeAt(0) - 0x1040; });
    var now = today(), found;
    if (raw in BEFORE) { now.setDate(now.getDate() + BEFORE[raw]); return now; }
    if ((found = /^([+\-−])\s?(\d{1,4})$/.exec(raw))) { now.setDate(now.getDate() + (found[1] === "+" ? 1 : -1) * found[2]); return now; }
    if ((found = /^(\d{4})-(\d{1,2})-(\d{1,2})$/.exec(raw))) { return real(+found[1], +found[2], +found[3]); }
    found = /^(\d{1,2})[\/.\- ](\d{1,2})(?:[\/.\- ](\d{4}|\d{2}))?$/.exec(raw) || /^(\d{2})(\d{2})(\d{4}|\d{2})?$/.exec(raw);
    if (!found) { return null; }
    if (found[3]) {
      if (found[3].length === 2 && doc.documentElement.lang === "th") { return null; }
      var y = +found[3];
      if (found[3].length === 2) { y += 2000; if (y > now.getFullYear() + 20) { y -= 100; } }
      return real(y, +found[2], +found[1]);
    }
    var near = [-1, 0, 1].map(function (n) { return real(now.getFullYear() + n, +found[2], +found[1]); })
      .filter(Boolean).sort(function (a, b) { return Math.abs(a - now) - Math.abs(b - now); });
    return near[0] || null;
  }
  /* What is wrong stands under its own field and in no other, until it is mended. */
  function mark(input, words) {
    var place = input.closest(".row") || input.parentNode, id = "e-" + input.name, line = doc.getElementById(id);
    if (words && !line && place) {
      line = doc.createElement("p");
      line.className = "error";
      line.id = id;
      line.setAttribute("role", "alert");
      place.appendChild(line);
    }
    if (line) { line.textContent = words ? "✗ " + words : ""; line.hidden = !words; }
    if (words) { input.setAttribute("aria-invalid", "true"); input.setAttribute("aria-describedby", id); }
    else { input.removeAttribute("aria-invalid"); }
  }
  /* Why it is no day is said by the reader of the house itself, as the server will say it. */
  function unread(input) {
    var typed = input.value;
    input.setCustomValidity(body.dataset.notdate || "?");
    mark(input, body.dataset.notdate);
    fetch("/day?typed=" + encodeURIComponent(typed) + "&lang=" + doc.documentElement.lang)
      .then(function (answer) { return answer.ok ? answer.text() : ""; })
      .then(function (words) { if (words && input.value === typed) { input.setCustomValidity(words); mark(input, words); } })
      .catch(function () { /* the line is gone; the plain sentence stands */ });
  }
  function settle(input) {
    if (!input.value.trim()) { input.setCustomValidity(""); return; }
    var day = readDate(input.value);
    if (!day && !input.validity.customError) { unread(input); }
    if (day) {
      input.setCustomValidity("");
      mark(input, "");
      var thai = doc.documentElement.lang === "th";
      var parts = [day.getDate(), day.getMonth() + 1, day.getFullYear() + (thai ? 543 : 0)];
      var two = function (n) { return (n < 10 ? "0" : "") + n; };
      input.value = parts.join("/");
      input.title = day.getFullYear() + "-" + two(parts[1]) + "-" + two(parts[0]);
    }
  }
  doc.addEventListener("change", function (event) { if (event.target.matches("[data-date]")) { settle(event.target); } }, true);

  /* ---- print ---- */
  all("[data-print]").forEach(function (button) {
    if (button.tagName === "BUTTON") { button.addEventListener("click", function () { window.print(); }); }
  });

  /* ---- keys ---- */
  var before = "", beforeAt = 0, at = -1;
  function rows() { return all("[data-row]").filter(function (row) { return row.offsetParent; }); }
  function move(step) {
    var list = rows();
    if (!list.length) { return; }
    list.forEach(function (row) { row.classList.remove("sel"); });
    at = Math.max(0, Math.min(list.length - 1, at + step));
    list[at].classList.add("sel");
    var link = list[at].querySelector("a, button");
    if (link) { link.focus({ preventScroll: true }); }
    list[at].scrollIntoView({ block: "nearest" });
  }
  function go(key) {
    var link = all("[data-key]").filter(function (a) { return a.dataset.key === key; })[0];
    if (link) { link.click(); }
    return !!link;
  }
  doc.addEventListener("keydown", function (event) {
    if ((event.ctrlKey || event.metaKey) && event.key === "Enter") {
      var main = one("[data-main]");
      event.preventDefault();
      if (!main) { var why = doc.getElementById("why"); say(why ? why.textContent.trim() : body.dataset.nothing, true); return; }
      if (doc.activeElement) { doc.activeElement.blur(); }
      /* A click while Ctrl is held would open a new tab. */
      if (main.tagName === "A") { location.assign(main.href); } else { main.click(); }
      return;
    }
    if (event.ctrlKey || event.metaKey || event.altKey || event.isComposing || one("dialog[open]")) { return; }
    if (typing(event.target)) {
      if (event.key === "Escape") { event.target.blur(); }
      return;
    }
    var now = Date.now(), pair = now - beforeAt < 1200 ? before + " " + event.key : "";
    before = event.key; beforeAt = now;
    if (pair && go(pair)) { event.preventDefault(); before = ""; return; }
    var done = true;
    if (event.key === "/") { var q = one("#q"); if (q) { q.focus(); q.select(); } }
    else if (event.key === "?") { var keys = doc.getElementById("keys"); if (keys && keys.showModal) { keys.showModal(); } }
    else if (event.key === "j") { move(1); }
    else if (event.key === "k") { move(-1); }
    else if (event.key === "w") {
      var open = all("[data-warning]"), next = open[(open.indexOf(move.warned) + 1) % (open.length || 1)];
      if (next) { move.warned = next; next.tabIndex = -1; (next.querySelector("select, input, a, button") || next).focus(); next.scrollIntoView({ block: "center" }); }
    }
    else if (event.key === "Enter" && rows()[at] && event.target === body) { var a = rows()[at].querySelector("a"); if (a) { a.click(); } }
    else if (event.key === "p" && one("[data-print]")) { one("[data-print]").click(); }
    else if (event.key === "p" && !go("p")) { say(body.dataset.noprint); }
    else if (event.key === "n" && !go("n")) {
      var box = one("#q");
      if (box) { box.focus(); box.select(); say(body.dataset.whofirst); }
    }
    else if (event.key !== "p" && event.key !== "n") { done = go(event.key); }
    if (done) { event.preventDefault(); }
  });
  /* Help is one key away from its field, so that Tab keeps to the paper's order. */
  all(".help > summary").forEach(function (mark) { mark.tabIndex = -1; });
  doc.addEventListener("keydown", function (event) {
    var row = event.key === "F1" && event.target.closest && event.target.closest(".row"), help = row && row.querySelector(".help");
    if (help) { event.preventDefault(); help.open = !help.open; }
  });
  doc.addEventListener("keydown", function (event) {
    /* Enter in a field goes on to the next one; a form leaves by its button or Ctrl-Enter. */
    var from = event.target;
    if (event.key !== "Enter" || event.ctrlKey || event.metaKey || !from.form || from.tagName !== "INPUT" || from.form.method === "get" || from.closest("[data-enter]")) { return; }
    if (/^(checkbox|radio|submit|button|file)$/.test(from.type)) { return; }
    event.preventDefault();
    var fields = Array.prototype.filter.call(from.form.elements, function (el) { return el.offsetParent && !el.disabled && el.tagName !== "FIELDSET"; });
    var next = fields[fields.indexOf(from) + 1];
    if (next) { next.focus(); }
  });

  /* ---- nothing half-filled leaves; nothing leaves twice ---- */
  doc.addEventListener("submit", function (event) {
    var form = event.target;
    if (form.method !== "post") { return; }
    all("[data-date]", form).forEach(settle);
    if (form.dataset.sent) { event.preventDefault(); return; }
    var takenIn = form.hasAttribute("data-intake") && window.tideoverIntake; /* with or without a line (intake.js) */
    if (!navigator.onLine && !takenIn) { event.preventDefault(); store(form); say(body.dataset.offline, true); return; }
    var empty = Array.prototype.filter.call(form.elements, function (el) { return el.willValidate && !el.checkValidity(); })[0];
    if (empty && !(event.submitter && event.submitter.formNoValidate)) {
      event.preventDefault();
      var label = empty.labels && empty.labels[0] ? empty.labels[0].textContent.trim() : empty.name;
      var words = empty.validity.customError ? empty.validationMessage : (body.dataset.half || "").replace("%s", label);
      say(words, true);
      mark(empty, words);
      reveal(empty);
      empty.focus();
      return;
    }
    if (takenIn) { return; }
    store(form);
    if (!form.hasAttribute("hx-post") || form.hasAttribute("hx-trigger")) { form.dataset.sent = "1"; setTimeout(function () { delete form.dataset.sent; }, 8000); }
  });
  all("form").forEach(function (form) { form.noValidate = true; });

  /* ---- from the summary of errors to the field, wherever it is folded away ---- */
  doc.addEventListener("click", function (event) {
    var link = event.target.closest && event.target.closest(".errors a"), field = link && doc.getElementById(link.hash.slice(1));
    if (field) { event.preventDefault(); reveal(field); field.focus(); field.scrollIntoView({ block: "center" }); }
  });

  /* ---- what was typed is kept until the server has it ---- */
  var DAY = 864e5, subtle = window.crypto && crypto.subtle;
  /* It lies here sealed (AES-256-GCM) under the key of whoever signed in, which comes with her session, goes when she
     signs out, and cannot be read out; without such a key nothing is kept. */
  function keys(work) {
    return new Promise(function (done, fail) {
      var asked = indexedDB.open("tideover-keep", 1);
      asked.onupgradeneeded = function () { asked.result.createObjectStore("keys"); };
      asked.onerror = function () { fail(asked.error); };
      asked.onsuccess = function () {
        var all = asked.result.transaction("keys", "readwrite"), found = work(all.objectStore("keys"));
        all.oncomplete = function () { asked.result.close(); done(found && found.result); };
        all.onerror = all.onabort = function () { asked.result.close(); fail(all.error); };
      };
    });
  }
  function keepKey() {
    var given = body.dataset.keepKey, name = body.dataset.user || "-";
    delete body.dataset.keepKey;
    if (!subtle || !window.indexedDB) { return Promise.resolve(null); }
    if (!given) {
      return keys(function (all) { return all.get(name); }).then(function (found) {
        if (found || body.dataset.user) { return found || null; }
        return subtle.generateKey({ name: "AES-GCM", length: 256 }, false, ["encrypt", "decrypt"]).then(function (key) {
          return keys(function (all) { return all.put(key, name); }).then(function () { return key; });
        });
      });
    }
    var raw = Uint8Array.from(atob(given), function (c) { return c.charCodeAt(0); });
    return subtle.importKey("raw", raw, "AES-GCM", false, ["encrypt", "decrypt"]).then(function (key) {
      return keys(function (all) { all.clear(); return all.put(key, name); }).then(function () { return key; });
    });
  }
  var keyed = keepKey().catch(function () { return null; });
  function text64(data) { return btoa(Array.prototype.map.call(new Uint8Array(data), function (n) { return String.fromCharCode(n); }).join("")); }
  function sealed(text) {
    return keyed.then(function (key) {
      if (!key) { return null; }
      var start = crypto.getRandomValues(new Uint8Array(12));
      return subtle.encrypt({ name: "AES-GCM", iv: start }, key, new TextEncoder().encode(text)).then(function (closed) { return text64(start) + "." + text64(closed); });
    });
  }
  function opened(text) {
    var parts = (text || "").split(".");
    return keyed.then(function (key) {
      if (!key || parts.length !== 2) { return null; }
      var raw = parts.map(function (part) { return Uint8Array.from(atob(part), function (c) { return c.charCodeAt(0); }); });
      return subtle.decrypt({ name: "AES-GCM", iv: raw[0] }, key, raw[1]).then(function (plain) { return new TextDecoder().decode(plain); });
    }).catch(function () { return null; });
  }
  doc.addEventListener("submit", function (event) {
    if (event.target.getAttribute("action") === "/session/sign-out") {
      try { indexedDB.deleteDatabase("tideover-keep"); if (window.caches) { caches.delete("tideover-intake"); } } catch (none) { /* nothing kept */ }
    }
  });
  var who = "kept:" + (body.dataset.user || "") + ":";
  try {
    /* A counter is shared: what another person typed is not for this one. */
    if (body.dataset.user) { Object.keys(localStorage).forEach(function (key) { if (key.indexOf("kept:") === 0 && key.indexOf(who) !== 0) { localStorage.removeItem(key); } }); }
  } catch (none) { /* nothing kept */ }
  function place(form) { return who + location.pathname + ":" + (form.id || form.getAttribute("action") || ""); }
  function keeps(form) { return form.method === "post" && form.dataset.keep !== "off"; }
  function store(form) {
    if (!keeps(form)) { return; }
    var kept = {};
    Array.prototype.forEach.call(form.elements, function (el) {
      if (!el.name || /^(hidden|password|file|submit|button)$/.test(el.type) || el.name === "csrf_token" || el.dataset.keep === "off") { return; }
      if (/^(checkbox|radio)$/.test(el.type)) { (kept[el.name] = kept[el.name] || []).push([el.value, el.checked]); }
      else if (el.value !== el.defaultValue) { kept[el.name] = el.value; }
    });
    var where = place(form), turn = form.kept = (form.kept || 0) + 1;
    sealed(JSON.stringify({ at: Date.now(), values: kept })).then(function (text) {
      if (text && form.kept === turn) { localStorage.setItem(where, text); }
    }).catch(function () { /* no room: the page still works */ });
  }
  function reveal(el) { var fold = el.closest("details"); if (fold) { fold.open = true; } }
  function restore(form) {
    var there;
    try { there = localStorage.getItem(place(form)); } catch (none) { there = null; }
    if (!there) { return; }
    opened(there).then(function (text) {
      if (text) { putBack(form, JSON.parse(text)); } else { forget(form); }
    }).catch(function () { forget(form); });
  }
  function putBack(form, kept) {
    if (!kept || Date.now() - kept.at > DAY) { return; }
    var changed = false;
    Array.prototype.forEach.call(form.elements, function (el) {
      var value = kept.values[el.name];
      if (value === undefined || el.type === "hidden") { return; }
      if (Array.isArray(value)) { value.forEach(function (pair) { if (pair[0] === el.value && el.checked !== pair[1]) { el.checked = pair[1]; changed = true; reveal(el); } }); }
      else if (el.value !== value && typeof value === "string") { el.value = value; changed = true; reveal(el); }
    });
    if (changed) { say(body.dataset.kept, true); } else { forget(form); }
  }
  function forget(form) { form.kept = (form.kept || 0) + 1; try { localStorage.removeItem(place(form)); } catch (none) { /* nothing kept */ } }
  /* The server answers a saved form with another page, or says data-saved for this one. */
  if (one("[data-saved]")) { all("form").forEach(forget); }
  try {
    var last = sessionStorage.getItem("sent");
    if (last && body.dataset.status === undefined && last.indexOf(who + location.pathname + ":") !== 0) { localStorage.removeItem(last); }
    sessionStorage.removeItem("sent");
  } catch (none) { /* private window */ }
  doc.addEventListener("submit", function (event) {
    if (!event.defaultPrevented && keeps(event.target)) { try { sessionStorage.setItem("sent", place(event.target)); } catch (none) { /* private window */ } }
  });
  all("form").filter(keeps).forEach(restore);
  var pause;
  doc.addEventListener("input", function (event) {
    var form = event.target.form;
    if (event.target.setCustomValidity && event.target.matches("[data-date]")) { event.target.setCustomValidity(""); }
    if (event.target.getAttribute("aria-invalid")) { mark(event.target, ""); }
    if (form) { clearTimeout(pause); pause = setTimeout(function () { store(form); }, 400); }
  });

  /* ---- the line ---- */
  window.addEventListener("offline", function () { say(body.dataset.offline, true); });
  window.addEventListener("online", function () { say(body.dataset.online); });
  if (!navigator.onLine) { say(body.dataset.offline, true); }
  ["htmx:sendError", "htmx:timeout", "htmx:responseError"].forEach(function (name) {
    doc.addEventListener(name, function (event) {
      var xhr = event.detail && event.detail.xhr;
      if (name === "htmx:responseError" && xhr && xhr.status < 500) { return; }
      say(body.dataset.failed, true);
    });
  });

  var first = one("[data-focus]");
  if (first) { first.focus(); }
  window.tideover = { readDate: readDate, forget: forget };
})();
