const file = new File(["Hello, ", new Uint8Array([119, 111, 114, 108, 100])], "hello.txt", { type: "text/plain" });
if (file.size !== 12 || file.name !== "hello.txt") throw new Error(`${file.size} bytes`);
file.slice(-5).text().then((text) => { if (text !== "world") throw new Error(text); });
