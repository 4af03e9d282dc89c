// How long something takes, whatever happens to the server's clock.
performance.mark("start");
let sum = 0;
for (let i = 0; i < 1000; i++) sum += i;
const { startTime, duration } = performance.measure("sum", "start");
performance.clearMarks("start");

({ sum, measured: duration >= 0, date: new Date(performance.timeOrigin + startTime) <= new Date(Date.now() + 1000) });
