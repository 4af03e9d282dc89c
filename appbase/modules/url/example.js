// A link to the next page of a listing, whatever else its query holds.
const url = new URL("../items?tag=a%20b&page=2", "https://example.com/shop/cart/");
url.searchParams.set("page", Number(url.searchParams.get("page")) + 1);
url.hash = "list";

// Which item a path is about.
const items = new URLPattern({ pathname: "/shop/items/:id(\\d+)?" });

({ href: url.href, item: items.exec("https://example.com/shop/items/7").pathname.groups.id, host: url.host, query: Object.fromEntries(url.searchParams), valid: URL.canParse("//nowhere") });
