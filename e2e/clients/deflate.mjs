// Echoes through every combination of the parameters of permessage-deflate that ws can offer.
import { open, print } from "./client.mjs";

const bits = [undefined, 9, 10, 12, 15];
const random = (seed) => () => ((seed = (seed * 1103515245 + 12345) & 0x7fffffff) / 0x7fffffff);
const words = ["alpha ", "beta ", "gamma ", "δέλτα ", "👋 "];

const message = (next) => {
  let text = "";
  for (let n = next() * 400; n > 0; n--) text += words[Math.floor(next() * words.length)];
  return next() < 0.3 ? Buffer.from(text) : text;
};

let offers = 0, agreed = 0, messages = 0;
for (const serverNoContextTakeover of [false, true])
  for (const clientNoContextTakeover of [false, true])
    for (const serverMaxWindowBits of bits)
      for (const clientMaxWindowBits of [true, ...bits]) {
        const offer = { threshold: 0 };
        if (serverNoContextTakeover) offer.serverNoContextTakeover = true;
        if (clientNoContextTakeover) offer.clientNoContextTakeover = true; // false would forbid the server to ask for it
        if (serverMaxWindowBits) offer.serverMaxWindowBits = serverMaxWindowBits;
        if (clientMaxWindowBits) offer.clientMaxWindowBits = clientMaxWindowBits;
        const ws = await open("/app/packed", {}, { perMessageDeflate: offer });
        const next = random(++offers), small = serverMaxWindowBits && serverMaxWindowBits < 15;
        if (ws.extensions) agreed++;
        if (!ws.extensions !== !!small) throw new Error(`${JSON.stringify(offer)} was answered "${ws.extensions}"`);
        const sent = Array.from({ length: 12 }, () => message(next));
        for (const data of sent) {
          if (next() < 0.4 && data.length > 2) { // in fragments
            const at = 1 + Math.floor(next() * (data.length - 2)), bytes = Buffer.from(data), binary = typeof data !== "string";
            ws.send(bytes.subarray(0, at), { binary, fin: false });
            ws.send(bytes.subarray(at), { binary, fin: true });
          } else ws.send(data);
        }
        for (const data of sent) {
          const got = await ws.next();
          if (Buffer.compare(Buffer.from(got), Buffer.from(data)) || typeof got !== typeof data) throw new Error(`${JSON.stringify(offer)}: ${data.length} came back as ${got.length}`);
          messages++;
        }
        ws.close(1000);
        await ws.ended();
      }
print(`${offers} offers, ${agreed} agreed, ${messages} messages`);
