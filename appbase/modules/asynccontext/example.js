// Who asks is known everywhere below a request, without being passed on.
const asker = new AsyncLocalStorage();

async function audit(text) {
  await null;
  return `${asker.getStore() ?? "nobody"}: ${text}`;
}

Promise.all([asker.run("ann", audit, "reads"), asker.run("bob", audit, "writes"), audit("idles")]);
