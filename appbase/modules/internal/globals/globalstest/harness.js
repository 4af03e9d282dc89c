// A harness for tests of web names: small enough to run in any engine.
const allTests = [];

function test(name, run) { allTests.push([name, run]); }

function text(value) {
  if (typeof value === "string") return JSON.stringify(value);
  if (Array.isArray(value)) return `[${value.map(text).join(", ")}]`;
  if (ArrayBuffer.isView(value) && value.length !== undefined) return `${value.constructor.name}(${Array.from(value).join(", ")})`;
  if (value instanceof Error) return `${value.name}: ${value.message}`;
  if (Object(value) === value && Object.getPrototypeOf(value) === Object.prototype) {
    return `{${Object.keys(value).map((key) => `${key}: ${text(value[key])}`).join(", ")}}`;
  }
  return String(value);
}

/** Fails unless both look the same: numbers, texts, arrays, typed arrays and plain objects of them. */
function equal(got, want, what = "value") {
  if (text(got) !== text(want)) throw new Error(`${what} is ${text(got)}, want ${text(want)}`);
}

function same(got, want, what = "value") {
  if (!Object.is(got, want)) throw new Error(`${what} is ${text(got)}, want the very ${text(want)}`);
}

function checkError(error, wanted, how) {
  const ok = typeof wanted === "string" ? error?.name === wanted : error === wanted;
  if (!ok) throw new Error(`${how} ${text(error)}, want ${text(wanted)}`);
  return error;
}

/** Fails unless the function throws an error of that name, or that very value. */
function throws(run, wanted) {
  try {
    run();
  } catch (error) {
    return checkError(error, wanted, "threw");
  }
  throw new Error(`did not throw ${text(wanted)}`);
}

/** Fails unless the promise is rejected with an error of that name, or that very value. */
async function rejects(promise, wanted) {
  let value;
  try {
    value = await promise;
  } catch (error) {
    return checkError(error, wanted, "was rejected with");
  }
  throw new Error(`was fulfilled with ${text(value)}, want the rejection ${text(wanted)}`);
}

/** Waits until all microtasks of now have run. */
const settled = () => new Promise((resolve) => setTimeout(resolve, 1));

async function runTests() {
  const results = [];
  for (const [name, run] of allTests) {
    try {
      await run();
      results.push([name, ""]);
    } catch (error) {
      results.push([name, `${error?.message ?? error}\n${error?.stack ?? ""}`]);
    }
  }
  return results;
}
