const upper = new TransformStream({ transform(chunk, controller) { controller.enqueue(chunk.toUpperCase()); } });
const words = new ReadableStream({
  start(controller) {
    for (const word of ["streams", "are", "lazy"]) controller.enqueue(word);
    controller.close();
  },
});
const reader = words.pipeThrough(upper).pipeThrough(new TextEncoderStream()).getReader();
reader.read().then(({ value }) => {
  if (new TextDecoder().decode(value) !== "STREAMS") throw new Error("not in capitals");
  return reader.cancel("enough");
});
