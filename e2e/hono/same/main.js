// Runs the cases as an app.
import { run } from "./cases.mjs";

export default { fetch: async () => Response.json(await run()) };
