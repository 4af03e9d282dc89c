// The first event of a stream, or that there is none.
const first = (url) => new Promise((resolve) => {
  const source = new EventSource(url);
  source.onmessage = (event) => { resolve(event.data); source.close(); };
  source.onerror = () => { resolve("no stream"); source.close(); };
});

({ first: first.length });
