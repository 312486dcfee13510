/* Opens the form for taking claims in while the line is down. It keeps that one page, its scripts and its styles; no
   other page and no answer of the house ever lies in its store. */
"use strict";
var STORE = "tideover-intake", FORM = "/desk/intake";
self.addEventListener("install", function () { self.skipWaiting(); });
self.addEventListener("activate", function (event) { event.waitUntil(self.clients.claim()); });

function kept(request) {
  return caches.open(STORE).then(function (store) {
    return store.match(request).then(function (exact) { return exact || store.match(request, { ignoreSearch: true }); });
  });
}
/* What the page is made of is fetched anew where there is a line, and taken from the store where there is none. */
function part(request) {
  return fetch(request).then(function (answer) {
    if (answer.ok) {
      var copy = answer.clone();
      caches.open(STORE).then(function (store) { store.put(request, copy); });
    }
    return answer;
  }).catch(function (gone) { return kept(request).then(function (found) { if (found) { return found; } throw gone; }); });
}
function page(request) {
  return fetch(request).then(function (answer) {
    /* Whatever stands before the house (a proxy, a satellite's box) says that it is not there. */
    return answer.status === 502 || answer.status === 504 ? Promise.reject(answer) : answer;
  }).catch(function (gone) {
    return kept(FORM).then(function (found) {
      if (found) { return found; }
      if (gone instanceof Response) { return gone; }
      throw gone;
    });
  });
}
self.addEventListener("fetch", function (event) {
  var request = event.request, url = new URL(request.url);
  if (request.method !== "GET" || url.origin !== self.location.origin) { return; }
  if (request.mode === "navigate" && url.pathname.indexOf("/desk") === 0) { event.respondWith(page(request)); }
  else if (url.pathname.indexOf("/static/") === 0) { event.respondWith(part(request)); }
});
