// Tell errors of the web apart by name.
function explain(error) {
  if (!(error instanceof DOMException)) throw error;
  return error.name === "TimeoutError" ? "too slow" : `${error.name} (${error.code}): ${error.message}`;
}

({ slow: explain(new DOMException("1 s is over", "TimeoutError")), stopped: explain(new DOMException("stop", "AbortError")) });
