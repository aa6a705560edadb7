// Files that are dropped, and how far they are sent. Without this the form sends them all the same.
"use strict";

function sends(form) {
  const input = form.querySelector("input[type=file]");
  const shown = form.querySelector("[data-progress]");
  const bar = shown.querySelector("progress");

  for (const kind of ["dragenter", "dragover"]) {
    form.addEventListener(kind, (event) => {
      event.preventDefault();
      form.classList.add("over");
    });
  }
  for (const kind of ["dragleave", "drop"]) {
    form.addEventListener(kind, () => form.classList.remove("over"));
  }
  form.addEventListener("drop", (event) => {
    event.preventDefault();
    if (event.dataTransfer.files.length) {
      input.files = event.dataTransfer.files;
      form.requestSubmit();
    }
  });
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    const request = new XMLHttpRequest();
    request.open("POST", form.action);
    request.upload.addEventListener("progress", (told) => {
      if (told.lengthComputable) {
        bar.value = (100 * told.loaded) / told.total;
      }
    });
    request.addEventListener("load", () => {
      if (request.status < 400 && request.status >= 200) {
        location.assign(request.responseURL);
      } else {
        const told = new DOMParser().parseFromString(request.responseText, "text/html").querySelector("#page");
        document.querySelector("#page").replaceWith(told || request.responseText);
      }
    });
    request.addEventListener("error", () => {
      shown.hidden = true;
    });
    shown.hidden = false;
    request.send(new FormData(form));
  });
}

for (const form of document.querySelectorAll("[data-drop]")) {
  sends(form);
}

// The time zone of whoever begins, where nobody has said another than the one a new project has.
for (const field of document.querySelectorAll("[data-zone]")) {
  const known = Intl.DateTimeFormat().resolvedOptions().timeZone;
  if (known && field.value === "UTC") {
    field.value = known;
  }
}
