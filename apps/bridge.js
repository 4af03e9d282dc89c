// Bytes in, bytes out: a bridge for devices that speak binary.
//
// Every binary message is answered by "ack:" and the same bytes.

const ACK = new TextEncoder().encode("ack:");

export default class Bridge extends AppBase {
  @Websocket bridge(ws) {
    ws.onBinary((buffer) => {
      const answer = new Uint8Array(ACK.length + buffer.byteLength);
      answer.set(ACK);
      answer.set(new Uint8Array(buffer), ACK.length);
      ws.sendBytes(answer);
    });

    // A text is a mistake here. Codes from 4000 on are yours to define.
    ws.onMessage(() => ws.close(4000, "binary only"));
  }
}
