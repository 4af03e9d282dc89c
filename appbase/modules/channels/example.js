const { port1, port2 } = new MessageChannel();
port2.onmessage = ({ data }) => port2.postMessage({ twice: data.n * 2 });
port1.addEventListener("message", ({ data }) => {
  port1.close();
  if (data.twice !== 42) throw new Error(JSON.stringify(data));
}, { once: true });
port1.start();
port1.postMessage({ n: 21 });
