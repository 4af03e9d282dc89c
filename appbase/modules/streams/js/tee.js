// Two branches of one stream (Streams standard 4.9.1: ReadableStreamTee).

/** The states of two streams that give the same; copies: the second gets copies of the chunks, which must be bytes. */
function tee(stream, copies) {
  return stream.controller.bytes ? teeBytes(stream) : teeDefault(stream, copies);
}

/** What both kinds share: the branches, their cancellation, and which of them are gone. */
function newTee(stream) {
  return { stream, canceled: [false, false], reasons: [undefined, undefined], branches: [null, null], cancelled: new Deferred() };
}

function cancelBranch(t, i, reason) {
  t.canceled[i] = true;
  t.reasons[i] = reason;
  if (t.canceled[1 - i]) t.cancelled.resolve(cancelReadable(t.stream, t.reasons));
  return t.cancelled.promise;
}

const ended = (t) => { if (!t.canceled[0] || !t.canceled[1]) t.cancelled.resolve(undefined); };

function teeDefault(stream, copies) {
  const t = newTee(stream), reader = acquireReader(stream);
  let reading = false, again = false;
  const pull = () => {
    if (reading) {
      again = true;
      return resolvedWith(undefined);
    }
    reading = true;
    readDefault(reader, {
      chunk: (chunk) => queueJob(() => {
        again = false;
        for (const i of [0, 1]) {
          if (t.canceled[i]) continue;
          let own = chunk;
          if (i === 1 && copies) {
            try {
              own = copyOf(chunk);
            } catch (error) {
              t.branches.forEach((branch) => errorDefault(branch.controller, error));
              t.cancelled.resolve(cancelReadable(stream, error));
              return;
            }
          }
          enqueueDefault(t.branches[i].controller, own);
        }
        reading = false;
        if (again) pull();
      }),
      close: () => {
        reading = false;
        t.branches.forEach((branch, i) => { if (!t.canceled[i]) closeDefault(branch.controller); });
        ended(t);
      },
      error: () => { reading = false; },
    });
    return resolvedWith(undefined);
  };
  for (const i of [0, 1]) t.branches[i] = createReadable(noop, pull, (reason) => cancelBranch(t, i, reason));
  upon(reader.closed.promise, undefined, (error) => {
    t.branches.forEach((branch) => errorDefault(branch.controller, error));
    ended(t);
  });
  return t.branches;
}

/** Runs a function as a microtask of its own. */
function queueJob(job) { upon(resolvedWith(undefined), job); }

/** A copy of a chunk of bytes; others are shared by the branches only if they cannot change. */
function copyOf(chunk) {
  if (isBytes(chunk)) return chunk.slice();
  if (isObject(chunk)) return globalThis.structuredClone(chunk);
  return chunk;
}

/** The reader is of the kind that the branch which pulls needs (ReadableByteStreamTee). */
function teeBytes(stream) {
  const t = newTee(stream);
  let reader = acquireReader(stream), reading = false;
  const again = [false, false];

  const watch = (mine) => upon(mine.closed.promise, undefined, (error) => {
    if (mine !== reader) return;
    t.branches.forEach((branch) => errorBytes(branch.controller, error));
    ended(t);
  });
  const replace = (acquire) => {
    releaseReader(reader);
    reader = acquire(stream);
    watch(reader);
  };
  const lost = (error) => {
    t.branches.forEach((branch) => errorBytes(branch.controller, error));
    t.cancelled.resolve(cancelReadable(stream, error));
  };
  const goOn = () => {
    reading = false;
    if (again[0]) pull(0);
    else if (again[1]) pull(1);
  };
  const closeBoth = () => {
    t.branches.forEach((branch, i) => { if (!t.canceled[i]) closeBytes(branch.controller); });
    for (const branch of t.branches) if (branch.controller.pending.length > 0) respond(branch.controller, 0);
    ended(t);
  };

  const pullDefault = () => {
    if (reader.byob) replace(acquireReader);
    readDefault(reader, {
      chunk: (chunk) => queueJob(() => {
        again[0] = again[1] = false;
        let second = chunk;
        if (!t.canceled[0] && !t.canceled[1]) {
          try {
            second = chunk.slice();
          } catch (error) {
            return lost(error);
          }
        }
        if (!t.canceled[0]) enqueueBytes(t.branches[0].controller, chunk);
        if (!t.canceled[1]) enqueueBytes(t.branches[1].controller, second);
        goOn();
      }),
      close: () => {
        reading = false;
        closeBoth();
      },
      error: () => { reading = false; },
    });
  };

  const pullByob = (view, i) => {
    if (!reader.byob) replace(acquireByobReader);
    const mine = t.branches[i].controller, other = t.branches[1 - i].controller;
    readInto(reader, view, 1, {
      chunk: (chunk) => queueJob(() => {
        again[0] = again[1] = false;
        if (!t.canceled[1 - i]) {
          let copy;
          try {
            copy = new Uint8Array(chunk.buffer.slice(chunk.byteOffset, chunk.byteOffset + chunk.byteLength));
          } catch (error) {
            return lost(error);
          }
          if (!t.canceled[i]) respondWithView(mine, chunk);
          enqueueBytes(other, copy);
        } else if (!t.canceled[i]) {
          respondWithView(mine, chunk);
        }
        goOn();
      }),
      close: (chunk) => {
        reading = false;
        if (!t.canceled[i]) closeBytes(mine);
        if (!t.canceled[1 - i]) closeBytes(other);
        if (chunk !== undefined) {
          if (!t.canceled[i]) respondWithView(mine, chunk);
          if (!t.canceled[1 - i] && other.pending.length > 0) respond(other, 0);
        }
        ended(t);
      },
      error: () => { reading = false; },
    });
  };

  const pull = (i) => {
    if (reading) {
      again[i] = true;
      return resolvedWith(undefined);
    }
    reading = true;
    const request = byobRequest(t.branches[i].controller);
    if (request === null) pullDefault();
    else pullByob(request.view, i);
    return resolvedWith(undefined);
  };

  for (const i of [0, 1]) t.branches[i] = createByteReadable(noop, () => pull(i), (reason) => cancelBranch(t, i, reason));
  watch(reader);
  return t.branches;
}
