// As the value of a @Shared field, all workers of the app see these, and reloads keep them.
const scores = new SharedMap({ ann: 1, bob: 2 });
const last = new SharedList(["hello"], { max: 100 });
const hits = new SharedCounter(10);

[scores, last, hits].length;
