// Asks a server one question.
const ask = (url, question) => new Promise((resolve, reject) => {
  const socket = new WebSocket(url, "answers");
  socket.onopen = () => socket.send(question);
  socket.onmessage = (event) => { resolve(event.data); socket.close(1000, "thanks"); };
  socket.onerror = (event) => reject(event.error);
});

({ ask: ask.length });
