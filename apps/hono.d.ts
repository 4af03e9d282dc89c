// Hono by the name that it has on JSR. An editor knows no types of it here: what is in node_modules is the code alone.
declare module "@hono/hono";
declare module "@hono/hono/*";
