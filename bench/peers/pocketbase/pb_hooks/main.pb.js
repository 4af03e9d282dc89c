routerAdd("GET", "/bench/text", (e) => e.string(200, "Hello, world!"));
routerAdd("GET", "/bench/items/{id}", (e) => e.json(200, { id: e.request.pathValue("id"), name: "item" }));
