// What a server might tell while it works.
console.info("listening on port %d", 8081);
console.group("request %s", "GET /items");
console.log({ id: 7, tags: ["new", "sale"], seen: new Map([["anna", 2]]) });
console.warn("slow:", 1250, "ms");
console.groupEnd();
console.table([{ name: "anna", age: 34 }, { name: "ben", age: 27 }]);
console.count("requests");
