// Data in messages: JSON values as they are, bytes in base64.

export const encode = (data) =>
  data instanceof ArrayBuffer || ArrayBuffer.isView(data) ? { base64: toBase64(data) } : { data };

function toBase64(data) {
  const bytes = data instanceof ArrayBuffer ? new Uint8Array(data) : new Uint8Array(data.buffer, data.byteOffset, data.byteLength);
  let text = "";
  for (const byte of bytes) text += String.fromCharCode(byte);
  return btoa(text);
}

export const decode = (message) =>
  message.base64 === undefined ? message.data : Uint8Array.from(atob(message.base64), (c) => c.charCodeAt(0)).buffer;
