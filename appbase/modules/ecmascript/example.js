// The first five even squares of an endless sequence, and a resource that is given back.
function* naturals() { for (let n = 1; ; n++) yield n; }
const squares = naturals().filter((n) => n % 2 === 0).map((n) => n * n).take(5).toArray();

const log = [];
const stack = new DisposableStack();
stack.defer(() => log.push("closed"));
stack.dispose();

({ squares, log, sum: Math.sumPrecise([0.1, 0.2, 0.3, -0.3, -0.2, -0.1]) });
