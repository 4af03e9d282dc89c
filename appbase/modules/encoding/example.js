// A text that arrives in pieces which do not end between characters.
const bytes = new TextEncoder().encode("grüß dich €");
const decoder = new TextDecoder();
let text = "";
for (const byte of bytes) text += decoder.decode(Uint8Array.of(byte), { stream: true });
text += decoder.decode();

({ text, bytes: bytes.length, base64: btoa("key:secret"), back: atob("a2V5OnNlY3JldA==") });
