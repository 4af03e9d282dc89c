(function () {
  "use strict";
  const { defineProperty } = Reflect;
  // The names by the numbers of their constants; a null has no error name any more.
  const legacy = [
    ["INDEX_SIZE_ERR", "IndexSizeError"], ["DOMSTRING_SIZE_ERR", null], ["HIERARCHY_REQUEST_ERR", "HierarchyRequestError"],
    ["WRONG_DOCUMENT_ERR", "WrongDocumentError"], ["INVALID_CHARACTER_ERR", "InvalidCharacterError"], ["NO_DATA_ALLOWED_ERR", null],
    ["NO_MODIFICATION_ALLOWED_ERR", "NoModificationAllowedError"], ["NOT_FOUND_ERR", "NotFoundError"],
    ["NOT_SUPPORTED_ERR", "NotSupportedError"], ["INUSE_ATTRIBUTE_ERR", "InUseAttributeError"], ["INVALID_STATE_ERR", "InvalidStateError"],
    ["SYNTAX_ERR", "SyntaxError"], ["INVALID_MODIFICATION_ERR", "InvalidModificationError"], ["NAMESPACE_ERR", "NamespaceError"],
    ["INVALID_ACCESS_ERR", "InvalidAccessError"], ["VALIDATION_ERR", null], ["TYPE_MISMATCH_ERR", "TypeMismatchError"],
    ["SECURITY_ERR", "SecurityError"], ["NETWORK_ERR", "NetworkError"], ["ABORT_ERR", "AbortError"], ["URL_MISMATCH_ERR", "URLMismatchError"],
    ["QUOTA_EXCEEDED_ERR", "QuotaExceededError"], ["TIMEOUT_ERR", "TimeoutError"], ["INVALID_NODE_TYPE_ERR", "InvalidNodeTypeError"],
    ["DATA_CLONE_ERR", "DataCloneError"],
  ];
  const codes = { __proto__: null };

  class DOMException extends Error {
    #name; #message;
    constructor(message = "", name = "Error") {
      super();
      this.#message = `${message}`;
      this.#name = `${name}`;
    }
    get name() { return this.#name; }
    get message() { return this.#message; }
    get code() { return codes[this.#name] ?? 0; }
  }

  for (let i = 0; i < legacy.length; i++) {
    const [constant, name] = legacy[i], property = { value: i + 1, writable: false, enumerable: true, configurable: false };
    if (name !== null) codes[name] = i + 1;
    defineProperty(DOMException, constant, property);
    defineProperty(DOMException.prototype, constant, property);
  }
  defineProperty(DOMException.prototype, Symbol.toStringTag, { value: "DOMException", writable: false, enumerable: false, configurable: true });
  return { DOMException };
})
