// What becomes of a client's message: always an object, and nothing of it is lost.

/** A JSON object as it is; every other text whole, as { text }. */
export function readText(text: string): Record<string, unknown> {
  try {
    const value = JSON.parse(text);
    if (typeof value === "object" && value !== null && !Array.isArray(value)) return value;
  } catch {} // then it is a text
  return { text };
}

/** Bytes, as { base64 }. */
export function readBinary(bytes: ArrayBuffer): Record<string, unknown> {
  const view = new Uint8Array(bytes);
  const parts: string[] = [];
  for (let i = 0; i < view.length; i += 8192) parts.push(String.fromCharCode(...view.subarray(i, i + 8192)));
  return { base64: btoa(parts.join("")) };
}
