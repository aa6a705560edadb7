/* A little work before a form is sent: nothing to a person, much to who sends thousands. Without it, what is sent is
   held for review. SHA-256 after FIPS 180-4, so that it works where pages come without TLS, too. */
(() => {
  const form = document.querySelector("form[data-challenge]");
  if (!form) return;
  const field = form.elements["-nonce"], bits = Number(form.dataset.bits), start = `${form.dataset.challenge}:`;
  const primes = [];
  for (let n = 2; primes.length < 64; n++) if (primes.every((p) => n % p)) primes.push(n);
  const part = (x) => ((x - Math.floor(x)) * 2 ** 32) | 0;
  const K = primes.map((p) => part(Math.cbrt(p))), H = primes.slice(0, 8).map((p) => part(Math.sqrt(p)));
  const turn = (x, n) => (x >>> n) | (x << (32 - n));
  const w = new Int32Array(64);

  // the first word of the hash of a text of plain signs, which is all that the zeros are looked for in
  const hash = (text) => {
    const length = text.length, blocks = ((length + 8) >> 6) + 1, words = new Int32Array(blocks * 16);
    for (let i = 0; i < length; i++) words[i >> 2] |= text.charCodeAt(i) << (24 - (i % 4) * 8);
    words[length >> 2] |= 0x80 << (24 - (length % 4) * 8);
    words[blocks * 16 - 1] = length * 8;
    const state = H.slice();
    for (let block = 0; block < blocks; block++) {
      for (let i = 0; i < 64; i++) {
        if (i < 16) { w[i] = words[block * 16 + i]; continue; }
        const x = w[i - 15], y = w[i - 2];
        w[i] = w[i - 16] + (turn(x, 7) ^ turn(x, 18) ^ (x >>> 3)) + w[i - 7] + (turn(y, 17) ^ turn(y, 19) ^ (y >>> 10));
      }
      let [a, b, c, d, e, f, g, h] = state;
      for (let i = 0; i < 64; i++) {
        const one = (h + (turn(e, 6) ^ turn(e, 11) ^ turn(e, 25)) + ((e & f) ^ (~e & g)) + K[i] + w[i]) | 0;
        const two = ((turn(a, 2) ^ turn(a, 13) ^ turn(a, 22)) + ((a & b) ^ (a & c) ^ (b & c))) | 0;
        h = g; g = f; f = e; e = (d + one) | 0; d = c; c = b; b = a; a = (one + two) | 0;
      }
      [a, b, c, d, e, f, g, h].forEach((value, i) => { state[i] = (state[i] + value) | 0; });
    }
    return state[0] >>> 0;
  };

  let nonce = 0, done = false, busy = false, waiting = false;
  const go = () => { if (waiting && done && !busy) form.requestSubmit(); };
  const work = () => {
    const until = performance.now() + 12;
    while (performance.now() < until) {
      for (let i = 0; i < 200; i++, nonce++) {
        if (hash(start + nonce) >>> (32 - bits) === 0) {
          field.value = nonce;
          done = true;
          go();
          return;
        }
      }
    }
    setTimeout(work, 0);
  };
  form.addEventListener("submit", (event) => {
    if (done && !busy) return;
    event.preventDefault();
    waiting = true;
  });
  // a picture that is too large is sent smaller, without what a camera writes into it
  const smaller = async (file) => {
    if (!file.type.startsWith("image/") || file.size <= 400000) return file;
    const drawn = await createImageBitmap(file).catch(() => null);
    if (!drawn) return file;
    const scale = Math.min(1, 1600 / Math.max(drawn.width, drawn.height)), canvas = document.createElement("canvas");
    canvas.width = Math.max(1, Math.round(drawn.width * scale));
    canvas.height = Math.max(1, Math.round(drawn.height * scale));
    canvas.getContext("2d").drawImage(drawn, 0, 0, canvas.width, canvas.height);
    const blob = await new Promise((told) => canvas.toBlob(told, "image/jpeg", 0.8));
    return blob && blob.size < file.size ? new File([blob], "picture.jpg", { type: blob.type }) : file;
  };
  const picked = form.querySelector("input[type=file]");
  picked?.addEventListener("change", async () => {
    busy = true;
    const chosen = await Promise.all([...picked.files].map(smaller)), kept = new DataTransfer();
    chosen.forEach((file) => kept.items.add(file));
    picked.files = kept.files;
    const size = chosen.reduce((sum, file) => sum + file.size, 0);
    const tooMuch = size > Number(picked.dataset.bytes) || chosen.length > Number(picked.dataset.files);
    picked.setCustomValidity(tooMuch ? picked.dataset.problem : "");
    busy = false;
    if (tooMuch) { waiting = false; picked.reportValidity(); } else go();
  });
  addEventListener("pageshow", (event) => { if (event.persisted && done) field.value = nonce; });
  work();
})();
