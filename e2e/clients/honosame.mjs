// Runs the cases of hono/same here and in the app at the address given, and prints where they differ, or how many there are.
import { run } from "../hono/same/cases.mjs";

const response = await fetch(`${process.argv[2]}/same/`);
if (response.status !== 200) throw new Error(`${response.status} ${await response.text()}`);
const got = await response.json(), want = JSON.parse(JSON.stringify(await run()));
const differ = Object.keys(want).filter((name) => JSON.stringify(got[name]) !== JSON.stringify(want[name]));
for (const name of differ) console.log(`${name}\n got ${JSON.stringify(got[name])}\nwant ${JSON.stringify(want[name])}`);
if (differ.length === 0) console.log(`all ${Object.keys(want).length} are the same`);
process.exit(0); // a stream that was abandoned may have a timer left
