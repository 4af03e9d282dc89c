// A copy to work on, while the original stays as it is.
const order = { id: 7, placed: new Date(0), lines: new Map([["tea", { count: 2 }]]) };
order.self = order;

const draft = structuredClone(order);
draft.lines.get("tea").count = 3;

({ original: order.lines.get("tea").count, draft: draft.lines.get("tea").count, cyclic: draft.self === draft, placed: draft.placed });
