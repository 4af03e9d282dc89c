// How long something takes, whatever happens to the server's clock.
const start = performance.now();
let sum = 0;
for (let i = 0; i < 1000; i++) sum += i;
const milliseconds = performance.now() - start;

({ sum, measured: milliseconds >= 0, date: new Date(performance.timeOrigin + start) <= new Date(Date.now() + 1000) });
