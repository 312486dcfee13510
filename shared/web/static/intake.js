/* At the counter while the line is down: each item is sealed to the house as soon as it is taken in (JWE, RFC 7516,
   ECDH-ES with A256GCM; this computer cannot open it again), waits in IndexedDB, and is sent until it was answered.
   Nothing is changed once it is sealed; its id is the draft's id for ever. */
(function () {
  "use strict";
  var doc = document, body = doc.body, subtle = window.crypto && crypto.subtle;
  var STORE = "tideover-intake", FORM = "/desk/intake", EVERY = 30000;
  if (!subtle || !window.indexedDB) { return; }
  function one(selector) { return doc.querySelector(selector); }

  /* ---- what waits ---- */
  var opening;
  /* One tab sends; what it sent or could not send is seen in the others at once. */
  var others = window.BroadcastChannel ? new BroadcastChannel(STORE) : null;
  function base() {
    opening = opening || new Promise(function (done, fail) {
      var asked = indexedDB.open(STORE, 1);
      asked.onupgradeneeded = function () { asked.result.createObjectStore("items", { keyPath: "id" }); };
      asked.onsuccess = function () { done(asked.result); };
      asked.onerror = function () { opening = null; fail(asked.error); };
    });
    return opening;
  }
  function within(mode, work) {
    return base().then(function (db) {
      return new Promise(function (done, fail) {
        var all = mode === "readwrite" ? db.transaction("items", mode, { durability: "strict" }) : db.transaction("items", mode);
        var asked = work(all.objectStore("items"));
        all.oncomplete = function () {
          if (others && mode === "readwrite") { others.postMessage(null); }
          done(asked && asked.result);
        };
        all.onabort = all.onerror = function () { fail(all.error); };
      });
    });
  }
  function waiting() {
    return within("readonly", function (items) { return items.getAll(); }).then(function (found) {
      return found.sort(function (a, b) { return a.at - b.at; });
    });
  }
  function put(item) { return within("readwrite", function (items) { return items.add(item); }); }
  function mark(item) { return within("readwrite", function (items) { return items.put(item); }); }
  function forget(id) { return within("readwrite", function (items) { return items.delete(id); }); }

  /* ---- sealing ---- */
  function bytes(text) { return new TextEncoder().encode(text); }
  function plain64(data) {
    var text = "", list = new Uint8Array(data), n;
    for (n = 0; n < list.length; n++) { text += String.fromCharCode(list[n]); }
    return btoa(text).replace(/\+/g, "-").replace(/\//g, "_").replace(/=+$/, "");
  }
  function length(n) { return new Uint8Array([n >>> 24, n >>> 16, n >>> 8, n]); }
  function joined(parts) {
    var size = parts.reduce(function (sum, part) { return sum + part.length; }, 0), all = new Uint8Array(size), at = 0;
    parts.forEach(function (part) { all.set(part, at); at += part.length; });
    return all;
  }
  /* The key of one item: Concat KDF of RFC 7518, section 4.6.2. */
  function keyOf(shared) {
    var name = bytes("A256GCM");
    var told = joined([length(1), new Uint8Array(shared), length(name.length), name, length(0), length(0), length(256)]);
    return subtle.digest("SHA-256", told).then(function (key) { return subtle.importKey("raw", key, "AES-GCM", false, ["encrypt"]); });
  }
  function seal(house, text) {
    var curve = { name: "ECDH", namedCurve: "P-256" }, own, head;
    return Promise.all([
      subtle.importKey("jwk", { kty: "EC", crv: "P-256", x: house.x, y: house.y }, curve, false, []),
      subtle.generateKey(curve, true, ["deriveBits"])
    ]).then(function (keys) {
      own = keys[1];
      return Promise.all([
        subtle.deriveBits({ name: "ECDH", public: keys[0] }, own.privateKey, 256), subtle.exportKey("jwk", own.publicKey)
      ]);
    }).then(function (found) {
      var epk = { kty: "EC", crv: "P-256", x: found[1].x, y: found[1].y };
      head = plain64(bytes(JSON.stringify({ alg: "ECDH-ES", enc: "A256GCM", epk: epk })));
      return keyOf(found[0]);
    }).then(function (key) {
      var start = crypto.getRandomValues(new Uint8Array(12));
      var how = { name: "AES-GCM", iv: start, additionalData: bytes(head), tagLength: 128 };
      return subtle.encrypt(how, key, bytes(text)).then(function (closed) {
        var all = new Uint8Array(closed), end = all.length - 16;
        return [head, "", plain64(start), plain64(all.slice(0, end)), plain64(all.slice(end))].join(".");
      });
    });
  }
  var DIGITS = "0123456789ABCDEFGHJKMNPQRSTVWXYZ";
  function receipt(id) {
    var bits = parseInt(id.replace(/-/g, "").slice(0, 10), 16), found = "", n;
    for (n = 0; n < 8; n++) { found = DIGITS[bits % 32] + found; bits = Math.floor(bits / 32); }
    return found.slice(0, 4) + "-" + found.slice(4);
  }

  /* ---- taking in ---- */
  function said(form) {
    var found = {};
    Array.prototype.forEach.call(form.elements, function (el) {
      if (el.name && el.value && !/^(csrf_token|_key|item)$/.test(el.name) && !/^(submit|button)$/.test(el.type)) { found[el.name] = el.value; }
    });
    return found;
  }
  function takeIn(form) {
    var id = crypto.randomUUID(), typed = said(form), at = Date.now();
    var told = { id: id, at: new Date(at).toISOString(), language: doc.documentElement.lang, ticket: form.dataset.ticket, form: typed };
    return seal(JSON.parse(form.dataset.key), JSON.stringify(told)).then(function (closed) {
      /* Only what is needed to know that something waits stands outside the seal. */
      return put({ id: id, at: at, receipt: receipt(id), sealed: closed });
    }).then(function () { return { id: id, receipt: receipt(id), typed: typed }; });
  }
  function slip(form, taken) {
    var place = one("[data-slip]"), words = form.dataset.words;
    one("[data-slip-receipt]").textContent = taken.receipt;
    one("[data-slip-words]").textContent = words.replace("{name}", taken.typed.name || "").replace("{date}", taken.typed.received_on || "");
    place.hidden = false;
  }
  function fresh(form) {
    form.reset();
    if (window.tideover) { window.tideover.forget(form); }
    dated(form);
    asked(form);
    var first = form.elements.name;
    if (first) { first.focus(); }
  }
  /* The page may have been kept since yesterday: the day is this computer's, but in the sandbox. */
  function dated(form) {
    var now = new Date(), played = one("#sandbox, .sandbox, [data-sandbox]");
    if (played) { return; }
    body.dataset.today = now.getFullYear() + "-" + ("0" + (now.getMonth() + 1)).slice(-2) + "-" + ("0" + now.getDate()).slice(-2);
    var thai = doc.documentElement.lang === "th" ? 543 : 0;
    form.elements.received_on.value = form.elements.received_on.defaultValue = now.getDate() + "/" + (now.getMonth() + 1) + "/" + (now.getFullYear() + thai);
  }
  function asked(form) {
    var benefit = form.elements.benefit.value;
    Array.prototype.forEach.call(form.querySelectorAll("[data-benefits]"), function (row) {
      row.hidden = row.dataset.benefits.split(" ").indexOf(benefit) < 0;
    });
  }
  var form = one("form[data-intake]");
  if (form) {
    asked(form);
    dated(form);
    form.elements.benefit.addEventListener("change", function () { asked(form); });
    window.addEventListener("submit", function (event) {
      if (event.target !== form || event.defaultPrevented) { return; }
      event.preventDefault();
      event.stopImmediatePropagation();
      if (form.dataset.busy) { return; }
      form.dataset.busy = "1";
      takeIn(form).then(function (taken) {
        /* The next one is typed while this one is sent, however long that takes. */
        delete form.dataset.busy;
        slip(form, taken);
        fresh(form);
        show().then(function () { return send(); });
        doc.dispatchEvent(new CustomEvent("tideover:taken", { detail: taken }));
      }).catch(function (wrong) {
        /* No room, no key: it goes the plain way, by the line. */
        if (window.console) { console.warn(String(wrong && wrong.name)); }
        form.submit();
      });
    });
  }

  /* ---- sending: one tab, the oldest first, until each was answered ---- */
  function away(answer) { return !answer || answer.redirected || answer.status === 401 || answer.status === 403 || !/json/.test(answer.headers.get("Content-Type") || ""); }
  /* A line that neither answers nor breaks holds nobody for longer than half a minute; what was asked is asked again. */
  function patient(how) {
    how.credentials = "same-origin";
    if (window.AbortSignal && AbortSignal.timeout) { how.signal = AbortSignal.timeout(30000); }
    return how;
  }
  function post(token, item) {
    var told = new URLSearchParams({ csrf_token: token, id: item.id, sealed: item.sealed });
    return fetch("/desk/intake/items", patient({ method: "POST", body: told }));
  }
  function each(items, token) {
    var item = items.shift();
    if (!item) { return each.left ? Promise.reject("left") : Promise.resolve(true); }
    return post(token, item).then(function (answer) {
      if (answer.ok && !away(answer)) { return answer.json().then(function (done) { sendNow.pause = 500; return done.id === item.id ? forget(item.id) : null; }).then(show); }
      if (answer.status === 422 || answer.status === 413 || answer.status === 404) { item.refused = answer.status; item.tried = Date.now(); return mark(item).then(show); }
      /* What the house cannot take now is sent again later, and stops no other; what is signed out stops all. */
      if (answer.status >= 500 || answer.status === 409 || answer.status === 429) { each.left = true; return null; }
      return Promise.reject(answer.status);
    }).then(function () { return each(items, token); });
  }
  function sendNow(all) {
    each.left = false;
    return waiting().then(function (items) {
      /* A key that has just changed is known everywhere soon: what was refused is tried again within the hour. */
      items = items.filter(function (item) { return all === true || !item.refused || Date.now() - (item.tried || 0) > 36e5; });
      if (!items.length || !navigator.onLine) { return null; }
      return fetch("/desk/intake/state", patient({})).then(function (answer) {
        if (!answer.ok || away(answer)) { return null; }
        return answer.json().then(function (state) {
          if (form) { form.dataset.key = JSON.stringify(state.key); }
          return each(items, state.csrf);
        });
      });
    }).catch(function () {
      /* The line is gone again; what waits, waits: half a second, one, two, at most half a minute. */
      clearTimeout(sendNow.later);
      sendNow.later = setTimeout(function () { send(); }, sendNow.pause);
      sendNow.pause = Math.min(sendNow.pause * 2, EVERY);
    });
  }
  sendNow.pause = 500;
  function send(all) {
    if (!navigator.locks) { return sendNow(all); }
    return navigator.locks.request("tideover-intake", { ifAvailable: true }, function (held) { return held ? sendNow(all) : null; });
  }

  /* ---- always in sight ---- */
  function old(item) {
    var minutes = Math.floor((Date.now() - item.at) / 60000), n, unit;
    if (minutes < 60) { n = minutes; unit = "minute"; } else if (minutes < 2880) { n = Math.floor(minutes / 60); unit = "hour"; } else { n = Math.floor(minutes / 1440); unit = "day"; }
    try { return new Intl.NumberFormat(doc.documentElement.lang, { style: "unit", unit: unit, unitDisplay: "long" }).format(n); } catch (none) { return n + " " + unit; }
  }
  function show() {
    return waiting().then(function (items) {
      var chip = doc.getElementById("unsent-chip"), list = one("[data-unsent-list]");
      if (chip) {
        chip.hidden = !items.length;
        if (items.length) { chip.textContent = chip.dataset.words.replace("{n}", items.length).replace("{age}", old(items[0])); }
      }
      if (!list) { return; }
      list.hidden = !items.length;
      one("[data-unsent-count]").textContent = String(items.length);
      var rows = one("[data-unsent-items]");
      rows.textContent = "";
      items.slice(0, 50).forEach(function (item) {
        var row = doc.createElement("li");
        row.textContent = item.receipt + " · " + old(item) + (item.refused ? " · ✗ " + item.refused : "");
        rows.appendChild(row);
      });
    });
  }
  var now = one("[data-unsent-send]"), save = one("[data-unsent-save]");
  if (now) { now.addEventListener("click", function () { send(true).then(show); }); }
  if (save) {
    save.addEventListener("click", function () {
      waiting().then(function (items) {
        var told = items.map(function (item) { return { id: item.id, receipt: item.receipt, sealed: item.sealed }; });
        var link = doc.createElement("a");
        link.href = URL.createObjectURL(new Blob([JSON.stringify({ items: told })], { type: "application/json" }));
        link.download = "taken-in-" + new Date().toISOString().slice(0, 10) + ".sealed.json";
        link.click();
        setTimeout(function () { URL.revokeObjectURL(link.href); }, 10000);
      });
    });
  }

  /* ---- the form lies ready for the day on which there is no line ---- */
  function ready() {
    if (!("serviceWorker" in navigator) || location.pathname.indexOf("/desk") !== 0) { return; }
    navigator.serviceWorker.register("/desk/sw.js", { scope: "/desk" }).catch(function () { /* the page works without */ });
    if (!window.caches || !navigator.onLine) { return; }
    /* Fetched anew for another person, in another language, after an hour, or by the form's own page. */
    var mark = body.dataset.user + " " + doc.documentElement.lang;
    caches.open(STORE).then(function (store) {
      return store.match(FORM).then(function (had) {
        var since = had && had.headers.get("X-For") === mark ? Number(had.headers.get("X-At")) : 0;
        return !form && Date.now() - since < 36e5 ? null : keep(store, mark);
      });
    }).catch(function () { /* another time */ });
  }
  function keep(store, mark) {
    return fetch(FORM, { credentials: "same-origin" }).then(function (answer) {
      if (!answer.ok || answer.redirected) { return null; }
      return answer.text().then(function (text) {
        /* Neither the key of what is typed nor the token of a session lies at rest. */
        text = text.replace(/data-keep-key="[^"]*"/, "").replace(/(name="csrf_token" value=")[^"]*/g, "$1").replace(/<section class="sheet[^>]*id="faults"[\s\S]*?<\/section>/, "");
        var parts = (text.match(/(?:src|href)="\/static\/[^"]+"/g) || []).map(function (found) { return found.split('"')[1]; });
        return store.put(FORM, new Response(text, { headers: { "Content-Type": "text/html; charset=utf-8", "X-For": mark, "X-At": String(Date.now()) } })).then(function () {
          /* What an earlier version was made of goes, once this one is whole. */
          return Promise.all(parts.map(function (name) { return store.match(name).then(function (has) { return has ? null : store.add(name); }); })).then(function () {
            return store.keys();
          }).then(function (kept) {
            return Promise.all(kept.filter(function (one) {
              var url = new URL(one.url);
              return /\.(js|css)$/.test(url.pathname) && parts.indexOf(url.pathname + url.search) < 0;
            }).map(function (one) { return store.delete(one); }));
          });
        });
      });
    });
  }
  if (others) { others.onmessage = function () { show(); }; }
  window.addEventListener("online", function () { send(); });
  setInterval(function () { send(); show(); }, EVERY);
  show().then(function () { return send(); }).catch(function () { /* a private window keeps nothing */ });
  ready();
  window.tideoverIntake = { takeIn: takeIn, send: send, waiting: waiting };
})();
