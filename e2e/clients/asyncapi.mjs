// Has the AsyncAPI documents of apps checked by AsyncAPI's own parser: one line for each app, and one for each mistake.
// node asyncapi.mjs <address> <app>...
import { Parser } from "@asyncapi/parser";

const [address, ...apps] = process.argv.slice(2);
const parser = new Parser();

for (const app of apps) {
  for (const suffix of ["", ".json"]) {
    const response = await fetch(`http://${address}/${app}/asyncapi${suffix}`);
    const { document, diagnostics } = await parser.parse(await response.text());
    for (const { severity, code, message, path } of diagnostics) {
      if (severity <= 1 && code !== "asyncapi-id") console.log(`${app}: ${code}: ${message} at ${path.join("/")}`);
    }
    if (suffix === "" && document) console.log(`${app}: ${document.version()} ${document.allChannels().all().map((channel) => channel.address()).sort().join(" ")}`.trimEnd());
  }
}
