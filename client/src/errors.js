// What calls are refused with.

export class RpcError extends Error {
  constructor({ code, message, data }) {
    super(message);
    this.name = "RpcError";
    this.code = code;
    this.data = data;
  }
}

export class ConnectionLost extends Error {
  name = "ConnectionLost";
}
